// Takes JupyterLab's trust from a cell whose outputs somebody else is about to change.

import type { INotebookModel } from '@jupyterlab/notebook';

import type { AnodeNotebook } from './notebook';

/**
 * Follow the trust of a notebook's cells as long as it is open.
 *
 * @param notebook - the shared model that sees the change coming.
 * @param model - the model whose cells render with or without trust.
 */
export function watchTrust(
  notebook: AnodeNotebook,
  model: INotebookModel
): void {
  notebook.trustRevoked.connect((_, id) => {
    for (const cell of model.cells) {
      if (cell.id === id) {
        cell.trusted = false;
      }
    }
  }, model);
}
