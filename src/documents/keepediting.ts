// Keeps the cursor where a person types while others move, retype or delete the cell under it.

import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';

import { KeyRest } from './keyrest';
import type { AnodeNotebook } from './notebook';

/**
 * What was typed in the last moment comes into the new cell by way of the server: at the latest with
 * the acknowledgement of the own changes, which says nothing about what others sent before it.
 */
const CARRIED_MS = 2_000;

/**
 * A server that acknowledges nothing for so long is not waited for.
 */
const PATIENCE_MS = 15_000;

/**
 * How often is looked whether the new cell can be entered: its editor comes when it is in view.
 */
const LOOK_MS = 50;

/**
 * Where a person is typing.
 */
interface IHold {
  readonly id: string;
  readonly widget: Cell;

  /**
   * The text before the end of the selection, and the length of the selection.
   */
  readonly before: string;
  readonly selected: number;
}

/**
 * Follow the typing in a notebook as long as it is open.
 *
 * @param isUnderWay - whether own changes are on their way to the server.
 */
export function keepEditing(
  notebook: AnodeNotebook,
  widget: Notebook,
  isUnderWay: () => boolean
): void {
  const keeper = new Keeper(widget, isUnderWay);
  notebook.foreignChange.connect((_, phase) => {
    if (phase === 'begin') {
      keeper.look();
    } else {
      // Not before Yjs is done: until then what is typed into the new cell does not show.
      queueMicrotask(() => {
        keeper.goOn();
      });
    }
  }, keeper);
  widget.disposed.connect(() => keeper.dispose(), keeper);
}

/**
 * For Yjs and JupyterLab a moved or retyped cell is a new one: its editor goes, and what is typed
 * next would be taken for commands (`d d` deletes a cell). So the new cell is entered, with the
 * selection where it was; until it can be, keys are kept, and typed into it afterwards. When the
 * cell is gone for good, keys lead nowhere until the person notices.
 */
class Keeper {
  constructor(
    private readonly _widget: Notebook,
    private readonly _isUnderWay: () => boolean
  ) {}

  /**
   * Before a change: remember where the person types.
   */
  look(): void {
    if (!this._rest.isActive && !this._hold?.widget.isDisposed) {
      this._hold = whereTyping(this._widget);
      this._since = performance.now();
    }
  }

  /**
   * After a change, or when an editor was built: go on typing.
   */
  goOn(): void {
    const hold = this._hold;
    if (!hold || this._widget.isDisposed || !hold.widget.isDisposed) {
      return;
    }
    if (!this._rest.isActive) {
      this._since = performance.now();
    }
    const { widgets } = this._widget;
    const index = widgets.findIndex(cell => cell.model.id === hold.id);
    const cell = widgets[index];
    if (!cell) {
      this._hold = null;
      window.clearTimeout(this._timer);
      this._rest.begin(this._widget.node, () => undefined);
      this._rest.endWhenQuiet(() => {
        this._widget.activate();
      });
      return;
    }
    if (this._widget.activeCell !== cell) {
      // In edit mode JupyterLab would enter the cell at once.
      this._widget.mode = 'command';
      this._widget.activeCellIndex = index;
    }
    if (cell !== this._sought && !cell.isAttached) {
      this._sought = cell;
      this._widget.scrollToItem(index).catch(() => undefined);
    }
    this._enter(cell, hold);
  }

  dispose(): void {
    this._hold = null;
    window.clearTimeout(this._timer);
    this._rest.dispose();
  }

  private _enter(cell: Cell, hold: IHold): void {
    const { editor } = cell;
    const source = cell.model.sharedModel.getSource();
    const isWhole = source.startsWith(hold.before);
    if (editor && cell.isAttached && (isWhole || this._isLate())) {
      const typed = this._rest.end();
      this._hold = null;
      this._widget.mode = 'edit';
      editor.focus();
      const end = Math.min(hold.before.length, source.length);
      const start = Math.max(0, end - hold.selected);
      const at = (offset: number) =>
        editor.getPositionAt(offset) ?? { line: 0, column: 0 };
      editor.setSelection({ start: at(start), end: at(end) });
      if (typed !== '') {
        editor.replaceSelection?.(typed);
      }
      return;
    }
    this._rest.begin(this._widget.node, typed => {
      this._leave(hold, typed);
    });
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      this.goOn();
    }, LOOK_MS);
  }

  /**
   * The person went elsewhere meanwhile: what was typed goes into the cell without them.
   */
  private _leave(hold: IHold, typed: string): void {
    window.clearTimeout(this._timer);
    this._hold = null;
    const cell = this._widget.widgets.find(({ model }) => model.id === hold.id);
    if (cell && typed !== '') {
      const { sharedModel } = cell.model;
      const end = Math.min(hold.before.length, sharedModel.getSource().length);
      sharedModel.updateSource(end, end, typed);
    }
  }

  /**
   * Whether what the person typed will not come any more: others changed the text before it.
   */
  private _isLate(): boolean {
    const waited = performance.now() - this._since;
    return waited > (this._isUnderWay() ? PATIENCE_MS : CARRIED_MS);
  }

  private readonly _rest = new KeyRest();
  private _hold: IHold | null = null;
  private _sought: Cell | null = null;
  private _since = 0;
  private _timer = 0;
}

function whereTyping(widget: Notebook): IHold | null {
  const cell = widget.activeCell;
  const editor = cell?.editor;
  if (widget.mode !== 'edit' || !cell || !editor?.hasFocus()) {
    return null;
  }
  const selection = editor.getSelection();
  const start = editor.getOffsetAt(selection.start);
  const end = editor.getOffsetAt(selection.end);
  const { id, sharedModel } = cell.model;
  return {
    id,
    widget: cell,
    before: sharedModel.getSource().slice(0, end),
    selected: end - start
  };
}
