// Cells that hold the file's version of a cell that both sides changed: which, and how to choose.

import type { ISharedNotebook } from '@jupyter/ydoc';
import type * as nbformat from '@jupyterlab/nbformat';

/**
 * The key of cell metadata under which the server keeps what a cell is for.
 */
export const OURS = 'anode_jlab';

/**
 * What a version is a version of.
 */
export interface IVersion {
  /**
   * The id of the cell that was changed on both sides.
   */
  readonly of: string;

  /**
   * The type that the version has in the file; code waits as a raw cell.
   */
  readonly type: nbformat.CellType;

  /**
   * The branch that it comes from; null when it is simply the version on disk.
   */
  readonly from: string | null;
}

/**
 * What a cell's metadata says; null when it is no version of another cell.
 */
export function versionOf(metadata: unknown): IVersion | null {
  if (typeof metadata !== 'object' || metadata === null) {
    return null;
  }
  const {
    version_of: of,
    cell_type: type,
    from
  } = metadata as Record<string, unknown>;
  if (typeof of !== 'string') {
    return null;
  }
  const known = type === 'code' || type === 'markdown' ? type : 'raw';
  return { of, type: known, from: typeof from === 'string' ? from : null };
}

/**
 * Give the cell the text of its version, which goes.
 */
export function useVersion(notebook: ISharedNotebook, id: string): void {
  const [index, version] = find(notebook, id);
  const cell = notebook.cells.find(other => other.id === version?.of);
  if (version && cell) {
    const source = notebook.cells[index]!.getSource();
    notebook.transact(() => {
      cell.setSource(source);
      notebook.deleteCell(index);
    });
  } else {
    keepVersion(notebook, id);
  }
}

/**
 * Make the version a cell like any other.
 */
export function keepVersion(notebook: ISharedNotebook, id: string): void {
  const [index, version] = find(notebook, id);
  const cell = notebook.cells[index];
  if (!version || !cell) {
    return;
  }
  if (cell.cell_type === version.type) {
    cell.deleteMetadata(OURS);
    return;
  }
  const metadata = { ...cell.getMetadata() };
  delete metadata[OURS];
  const source = cell.getSource();
  notebook.transact(() => {
    notebook.deleteCell(index);
    notebook.insertCell(index, {
      cell_type: version.type,
      id,
      metadata,
      source
    });
  });
}

/**
 * Remove the version.
 */
export function discardVersion(notebook: ISharedNotebook, id: string): void {
  const [index, version] = find(notebook, id);
  if (version) {
    notebook.deleteCell(index);
  }
}

function find(
  notebook: ISharedNotebook,
  id: string
): [number, IVersion | null] {
  const index = notebook.cells.findIndex(cell => cell.id === id);
  const metadata = notebook.cells[index]?.getMetadata(OURS);
  return [index, versionOf(metadata)];
}
