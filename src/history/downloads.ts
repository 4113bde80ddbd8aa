// Files that the browser saves, made from the history.

import { Notification } from '@jupyterlab/apputils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { HistoryApi } from '../api/history';
import type { INotebookConnection } from '../tokens';
import { download, stemOf } from '../ui/download';

/**
 * What can be saved.
 */
export type Form = 'replay' | 'events';

/**
 * Saves parts of the history.
 */
export class Downloads {
  constructor(
    private readonly _api: Pick<HistoryApi, 'events' | 'replay'>,
    private readonly _trans: TranslationBundle
  ) {}

  /**
   * Save the whole history of a notebook; says so while it is made.
   */
  async save(connection: INotebookConnection, form: Form): Promise<void> {
    const trans = this._trans;
    const notice = Notification.emit(
      trans.__('Reading the history…'),
      'in-progress',
      {
        autoClose: false
      }
    );
    const { notebookId } = connection;
    const name = stemOf(connection.path);
    try {
      if (form === 'replay') {
        const page = await this._api.replay(notebookId);
        download(`${name}.history.html`, 'text/html', [page]);
      } else {
        const lines = await this._api.events(notebookId);
        download(`${name}.events.jsonl`, 'application/x-ndjson', lines);
      }
      Notification.dismiss(notice);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      Notification.update({
        id: notice,
        message,
        type: 'error',
        autoClose: false
      });
    }
  }
}

/**
 * Save a moment as a notebook.
 *
 * @param seq - the event after which it is.
 */
export function saveMoment(
  path: string,
  seq: number,
  content: INotebookContent
): void {
  const text = `${JSON.stringify(content, null, 1)}\n`;
  download(`${stemOf(path)}.at-${seq}.ipynb`, 'application/x-ipynb+json', [
    text
  ]);
}
