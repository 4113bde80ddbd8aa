// What notebooks and text files differ in on the way to their rooms.

import type { ISharedDocument } from '@jupyter/ydoc';

import { CellKeeper } from './cellkeeper';
import type { IKeeper } from './keeper';
import { AnodeNotebook } from './notebook';
import type { SharedRoot } from './root';
import { AnodeFile } from './textfile';
import { TextKeeper } from './textkeeper';

/**
 * A shared model that JupyterLab takes.
 */
export type RoomModel = SharedRoot & ISharedDocument;

/**
 * One kind of document.
 */
export interface IRoomKind<M extends RoomModel = RoomModel> {
  create(): M;

  keeper(model: M): IKeeper;
}

/**
 * Notebooks.
 *
 * @param options - what a notebook's model is made with.
 */
export function notebookKind(options: {
  /**
   * JupyterLab's setting of the notebook's undo.
   */
  disableDocumentWideUndoRedo(): boolean;
  readonly storage: Storage | null;
}): IRoomKind<AnodeNotebook> {
  return {
    create: () =>
      new AnodeNotebook({
        disableDocumentWideUndoRedo: options.disableDocumentWideUndoRedo(),
        storage: options.storage
      }),
    keeper: notebook => new CellKeeper(notebook)
  };
}

/**
 * Text files.
 */
export const FILES: IRoomKind<AnodeFile> = {
  create: () => new AnodeFile(),
  keeper: file => new TextKeeper(file)
};
