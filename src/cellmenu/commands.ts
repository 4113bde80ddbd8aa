// Commands for cells that JupyterLab lacks: to the top, to the bottom, delete all below.

import type { INotebookTracker, Notebook } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

/**
 * The ids of the commands of this feature.
 */
export namespace CommandIDs {
  export const toTop = 'anode:move-cell-to-top';
  export const toBottom = 'anode:move-cell-to-bottom';
  export const deleteBelow = 'anode:delete-cells-below';
}

/**
 * A row of selected cells.
 */
export interface ISelection {
  readonly first: number;
  readonly count: number;
}

/**
 * The selected cells, as far as they stand in one row from the first on; the active one is selected.
 */
export function selectionOf(notebook: Notebook): ISelection | null {
  const chosen = notebook.widgets.map(cell =>
    notebook.isSelectedOrActive(cell)
  );
  const first = chosen.indexOf(true);
  if (first < 0) {
    return null;
  }
  const end = chosen.indexOf(false, first);
  return { first, count: (end < 0 ? chosen.length : end) - first };
}

/**
 * Move the selected cells, which stay selected.
 */
export function moveSelection(notebook: Notebook, to: 'top' | 'bottom'): void {
  const selection = selectionOf(notebook);
  const last = notebook.widgets.length - 1;
  if (!selection) {
    return;
  }
  const { first, count } = selection;
  const target = to === 'top' ? 0 : last;
  if (to === 'top' ? first > 0 : first + count - 1 < last) {
    notebook.moveCell(first, target, count);
  }
}

/**
 * Delete what stands below the active cell, but for cells that may not be deleted. One undo brings
 * all of it back.
 */
export function deleteBelow(notebook: Notebook): void {
  const shared = notebook.model?.sharedModel;
  const from = notebook.activeCellIndex + 1;
  if (!shared || from === 0) {
    return;
  }
  shared.transact(() => {
    for (let index = shared.cells.length - 1; index >= from; index--) {
      if (shared.cells[index]?.getMetadata('deletable') !== false) {
        shared.deleteCell(index);
      }
    }
  });
  notebook.deselectAll();
}

/**
 * Register the commands.
 */
export function addCommands(
  commands: CommandRegistry,
  notebooks: INotebookTracker,
  trans: TranslationBundle
): void {
  const describedBy = { args: { type: 'object' as const, properties: {} } };
  const add = (
    id: string,
    label: string,
    execute: (notebook: Notebook) => void
  ): void => {
    commands.addCommand(id, {
      label,
      describedBy,
      isEnabled: () =>
        (notebooks.currentWidget?.content.activeCell ?? null) !== null,
      execute: () => {
        const notebook = notebooks.currentWidget?.content;
        if (notebook) {
          execute(notebook);
        }
      }
    });
  };
  add(CommandIDs.toTop, trans.__('Move Cell to Top'), notebook => {
    moveSelection(notebook, 'top');
  });
  add(CommandIDs.toBottom, trans.__('Move Cell to Bottom'), notebook => {
    moveSelection(notebook, 'bottom');
  });
  add(CommandIDs.deleteBelow, trans.__('Delete All Cells Below'), deleteBelow);
}
