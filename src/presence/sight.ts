// What of a notebook is in view, and bringing into view what somebody else sees.

import { EditorView } from '@codemirror/view';
import type { Cell } from '@jupyterlab/cells';
import { CodeMirrorEditor } from '@jupyterlab/codemirror';
import type { Notebook } from '@jupyterlab/notebook';

import type { ISight } from './whereabouts';

/**
 * The cell at the top of the view, and how much of it is above; null in a notebook that is not seen.
 */
export function sightOf(notebook: Notebook): ISight | null {
  const { top, height } = notebook.outerNode.getBoundingClientRect();
  if (height === 0) {
    return null;
  }
  for (const cell of notebook.widgets) {
    const box = cell.node.getBoundingClientRect();
    if (cell.isAttached && box.bottom > top && box.height > 0) {
      const part = Math.max(0, top - box.top) / box.height;
      return { cell: cell.model.id, part: Math.round(part * 1e3) / 1e3 };
    }
  }
  return null;
}

/**
 * Scroll to what somebody else sees.
 */
export async function lookAt(notebook: Notebook, sight: ISight): Promise<void> {
  const cell = cellOf(notebook, sight.cell);
  if (!cell) {
    return;
  }
  if (!cell.isAttached) {
    await scrollTo(notebook, cell);
  }
  const { outerNode } = notebook;
  const top = outerNode.getBoundingClientRect().top;
  const box = cell.node.getBoundingClientRect();
  outerNode.scrollTop += box.top + sight.part * box.height - top;
}

/**
 * Bring a cell, and a place in its text, into view.
 */
export async function show(
  notebook: Notebook,
  id: string,
  offset: number | null
): Promise<Cell | null> {
  const cell = cellOf(notebook, id);
  if (!cell) {
    return null;
  }
  await scrollTo(notebook, cell);
  if (offset !== null && cell.editor instanceof CodeMirrorEditor) {
    const view = cell.editor.editor;
    const place = Math.min(offset, view.state.doc.length);
    view.dispatch({
      effects: EditorView.scrollIntoView(place, { y: 'nearest' })
    });
  }
  return cell;
}

/**
 * Whether any of a cell is in view.
 */
export function isInView(notebook: Notebook, id: string): boolean {
  const cell = cellOf(notebook, id);
  if (!cell?.isAttached) {
    return false;
  }
  const view = notebook.outerNode.getBoundingClientRect();
  const box = cell.node.getBoundingClientRect();
  return box.bottom > view.top && box.top < view.bottom;
}

async function scrollTo(notebook: Notebook, cell: Cell): Promise<void> {
  const index = notebook.widgets.indexOf(cell);
  // A newer scroll refuses an older one: then there is nothing to do.
  await notebook.scrollToItem(index, 'smart').catch(() => undefined);
}

function cellOf(notebook: Notebook, id: string): Cell | null {
  return notebook.widgets.find(cell => cell.model.id === id) ?? null;
}
