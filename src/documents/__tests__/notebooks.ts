// Notebooks for the tests of the shared model, and somebody else's copies of them.

import type { INotebookContent } from '@jupyterlab/nbformat';
import { YNotebook } from '@jupyter/ydoc';
import * as Y from 'yjs';

import { AnodeNotebook } from '../notebook';

export const HTML = {
  output_type: 'display_data' as const,
  metadata: {},
  data: { 'text/html': '<script>1</script>' }
};

export const CONTENT: INotebookContent = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: 'python3', display_name: 'Python 3' } },
  cells: [
    { id: 'a', cell_type: 'code', source: 'a = 1', metadata: {}, outputs: [] },
    { id: 'b', cell_type: 'markdown', source: 'words', metadata: {} },
    { id: 'c', cell_type: 'raw', source: 'raw', metadata: {} }
  ]
};

/**
 * A notebook on a document that came from the room, open for writing.
 */
export function open(content: INotebookContent = CONTENT): AnodeNotebook {
  const notebook = new AnodeNotebook({
    disableDocumentWideUndoRedo: true,
    storage: localStorage
  });
  // It deletes ids from what it is given.
  const data = JSON.parse(JSON.stringify(content)) as INotebookContent;
  const source = YNotebook.create({ data });
  receive(notebook, source.ydoc);
  notebook.access = 'write';
  source.dispose();
  return notebook;
}

/**
 * Everything in `from` comes in from the room.
 */
export function receive(notebook: AnodeNotebook, from: Y.Doc): void {
  const missing = Y.encodeStateAsUpdate(
    from,
    Y.encodeStateVector(notebook.ydoc)
  );
  Y.applyUpdate(notebook.ydoc, missing, 'room');
}

/**
 * Somebody else's copy of the notebook.
 */
export function copyOf(notebook: AnodeNotebook): YNotebook {
  const copy = new YNotebook({ disableDocumentWideUndoRedo: true });
  Y.applyUpdate(copy.ydoc, Y.encodeStateAsUpdate(notebook.ydoc));
  return copy;
}

/**
 * Whether `f` makes any update.
 */
export function writes(notebook: AnodeNotebook, f: () => void): boolean {
  let written = false;
  const note = () => {
    written = true;
  };
  notebook.ydoc.on('update', note);
  f();
  notebook.ydoc.off('update', note);
  return written;
}

export function sources(notebook: {
  cells: { getSource(): string }[];
}): string[] {
  return notebook.cells.map(cell => cell.getSource());
}
