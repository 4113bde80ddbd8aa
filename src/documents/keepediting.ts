// Keeps the cursor where a person types while others move, retype or delete the cell under it.

import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';

import { KeyRest } from './keyrest';
import type { AnodeNotebook } from './notebook';

/**
 * Where a person is typing.
 */
interface IHold {
  readonly id: string;
  readonly widget: Cell;

  /**
   * Offsets of the selection in UTF-16 units.
   */
  readonly anchor: number;
  readonly head: number;
}

/**
 * Follow the typing in a notebook as long as it is open.
 *
 * For Yjs and JupyterLab a moved or retyped cell is a new one: its editor goes, and what is typed
 * next would be taken for commands (`d d` deletes a cell). So the new cell is entered at once, the
 * selection where it was; and when the cell is gone, keys rest until the person notices.
 */
export function keepEditing(notebook: AnodeNotebook, widget: Notebook): void {
  let hold: IHold | null = null;
  const rest = new KeyRest();
  notebook.cellsChanging.connect((_, phase) => {
    if (phase === 'begin') {
      hold = whereTyping(widget) ?? hold;
    } else if (hold && !widget.isDisposed) {
      if (!hold.widget.isDisposed) {
        hold = null;
        return;
      }
      const held = hold;
      hold = null;
      goOn(widget, held, rest);
    }
  }, widget);
  widget.disposed.connect(() => rest.dispose(), rest);
}

function whereTyping(widget: Notebook): IHold | null {
  const cell = widget.activeCell;
  const editor = cell?.editor;
  if (widget.mode !== 'edit' || !cell || !editor?.hasFocus()) {
    return null;
  }
  const { start, end } = editor.getSelection();
  return {
    id: cell.model.id,
    widget: cell,
    anchor: editor.getOffsetAt(start),
    head: editor.getOffsetAt(end)
  };
}

function goOn(widget: Notebook, hold: IHold, rest: KeyRest): void {
  const index = widget.widgets.findIndex(cell => cell.model.id === hold.id);
  const cell = widget.widgets[index];
  if (!cell) {
    rest.begin(widget.node);
    rest.endSoon(() => {
      if (!widget.isDisposed) {
        widget.activate();
      }
    });
    return;
  }
  widget.activeCellIndex = index;
  if (enter(widget, cell, hold)) {
    return;
  }
  // JupyterLab builds the editor a little later; what is typed until then goes in after it.
  rest.begin(widget.node);
  void cell.ready.then(() => {
    const typed = rest.end();
    const stays = !cell.isDisposed && widget.activeCell === cell;
    if (stays && enter(widget, cell, hold) && typed !== '') {
      cell.editor?.replaceSelection?.(typed);
    }
  });
}

function enter(widget: Notebook, cell: Cell, hold: IHold): boolean {
  const { editor } = cell;
  if (!editor || !cell.isAttached) {
    return false;
  }
  widget.mode = 'edit';
  editor.focus();
  if (!editor.hasFocus()) {
    return false;
  }
  const length = editor.model.sharedModel.getSource().length;
  const at = (offset: number) =>
    editor.getPositionAt(Math.min(offset, length)) ?? { line: 0, column: 0 };
  editor.setSelection({ start: at(hold.anchor), end: at(hold.head) });
  return true;
}
