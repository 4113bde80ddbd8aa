// Gives and takes JupyterLab's trust in cells whose outputs somebody else changes.

import type { ICodeCellModel } from '@jupyterlab/cells';
import type { INotebookModel } from '@jupyterlab/notebook';

import type { AnodeNotebook } from './notebook';
import type { ITrustChange } from './trustjudge';

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
  notebook.trustChanged.connect((_, { id, kind }) => {
    for (const cell of model.cells) {
      if (cell.id === id && cell.type === 'code') {
        apply(cell as ICodeCellModel, kind);
      }
    }
  }, model);
}

function apply(cell: ICodeCellModel, kind: ITrustChange['kind']): void {
  if (kind === 'renewed' && !cell.trusted) {
    // What is about to go must not be shown with trust on its way out.
    cell.outputs.clear();
  }
  cell.trusted = kind !== 'revoked';
}
