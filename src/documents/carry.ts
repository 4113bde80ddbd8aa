// Brings unsaved text onto a notebook of another lineage, cell by cell, as ordinary edits.

import { merge } from './merge';
import type { AnodeNotebook } from './notebook';
import type { IUnsaved } from './shadow';

/**
 * Apply what was not saved. Text is never dropped: a cell that is gone there comes back with what
 * was typed in it; a cell deleted here is deleted there only if nobody changed it meanwhile.
 */
export function carry(unsaved: IUnsaved, notebook: AnodeNotebook): void {
  const find = (id: string | null) =>
    notebook.cells.findIndex(cell => cell.getId() === id);
  for (const { id, cellType, source, base, after } of unsaved.changed) {
    const cell = notebook.cells[find(id)];
    if (cell) {
      cell.setSource(merge(base ?? '', source, cell.getSource()));
    } else {
      const place = after === null ? 0 : find(after) + 1;
      notebook.insertCell(
        after !== null && place === 0 ? notebook.cells.length : place,
        { id, cell_type: cellType, source }
      );
    }
  }
  for (const { id, base } of unsaved.deleted) {
    const index = find(id);
    if (notebook.cells[index]?.getSource() === base) {
      notebook.deleteCell(index);
    }
  }
}
