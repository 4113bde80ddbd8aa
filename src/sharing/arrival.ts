// Coming by a link to a cell: the cell is shown and made the active one.

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

/**
 * Show a cell of a notebook as soon as that is open, once.
 *
 * @param path - contents path.
 * @param cell - the id of the cell; nothing happens when the notebook has no such cell.
 */
export function awaitArrival(
  notebooks: INotebookTracker,
  path: string,
  cell: string
): void {
  const look = (_: unknown, panel: NotebookPanel): void => {
    if (panel.context.path === path) {
      notebooks.widgetAdded.disconnect(look);
      void arrive(panel, cell);
    }
  };
  notebooks.widgetAdded.connect(look);
}

async function arrive(panel: NotebookPanel, id: string): Promise<void> {
  await panel.context.ready;
  await panel.revealed;
  const { content } = panel;
  const index = content.widgets.findIndex(({ model }) => model.id === id);
  if (index < 0 || panel.isDisposed) {
    return;
  }
  content.deselectAll();
  content.activeCellIndex = index;
  // A newer scroll refuses an older one: then there is nothing to do.
  await content.scrollToItem(index, 'center').catch(() => undefined);
}
