// Makes a shared notebook read as other content, touching only the cells that differ.

import type {
  ISharedCell,
  ISharedCodeCell,
  ISharedNotebook
} from '@jupyter/ydoc';
import type { ICell, ICodeCell, INotebookContent } from '@jupyterlab/nbformat';
import { JSONExt } from '@lumino/coreutils';

/**
 * Change a notebook to what it is to read as. Cells are told apart by their ids.
 */
export function patch(
  notebook: ISharedNotebook,
  wanted: INotebookContent
): void {
  notebook.setMetadata(wanted.metadata);
  const ids = new Set(wanted.cells.map(idOf));
  for (let index = notebook.cells.length - 1; index >= 0; index--) {
    if (!ids.has(notebook.cells[index]!.id)) {
      notebook.deleteCell(index);
    }
  }
  wanted.cells.forEach((cell, index) => {
    const id = idOf(cell);
    const there = notebook.cells[index];
    if (there?.id === id && there?.cell_type === cell.cell_type) {
      update(there, cell);
      return;
    }
    const place = notebook.cells.findIndex(other => other.id === id);
    if (place >= index) {
      notebook.deleteCell(place);
    }
    notebook.insertCell(index, cell);
  });
  if (notebook.cells.length > wanted.cells.length) {
    notebook.deleteCellRange(wanted.cells.length, notebook.cells.length);
  }
}

function update(shared: ISharedCell, cell: ICell): void {
  const source = Array.isArray(cell.source)
    ? cell.source.join('')
    : cell.source;
  if (shared.getSource() !== source) {
    shared.setSource(source);
  }
  if (!JSONExt.deepEqual(shared.getMetadata(), cell.metadata)) {
    shared.setMetadata(cell.metadata);
  }
  if (shared.cell_type === 'code') {
    const code = shared as ISharedCodeCell;
    const { outputs, execution_count } = cell as ICodeCell;
    if (!JSONExt.deepEqual(code.getOutputs(), outputs)) {
      code.setOutputs(outputs);
    }
    code.execution_count = execution_count;
  }
}

function idOf(cell: ICell): unknown {
  return (cell as { id?: unknown }).id;
}
