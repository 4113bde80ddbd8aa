// Brings back what was, and lets the person think again.

import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { HistoryApi } from '../api/history';
import type { INotebookConnection } from '../tokens';

/**
 * How long the way back is offered: who looks at what came of it takes their time.
 */
const OFFERED_MS = 60_000;

/**
 * Restores of the notebooks of this page.
 */
export class Restores {
  constructor(
    private readonly _api: Pick<HistoryApi, 'restore' | 'takeBack'>,
    private readonly _trans: TranslationBundle
  ) {}

  /**
   * Whether this person may.
   */
  isAllowed(connection: INotebookConnection): boolean {
    return connection.role !== 'reader' && connection.sync.kind !== 'read-only';
  }

  /**
   * Bring back the moment after an event.
   *
   * @param cells - only these, by id; null for all.
   */
  async restore(
    connection: INotebookConnection,
    seq: number,
    cells: readonly string[] | null
  ): Promise<void> {
    const trans = this._trans;
    const { notebookId } = connection;
    try {
      await this._api.restore(notebookId, seq, cells, connection.seq);
    } catch (error) {
      report(error);
      return;
    }
    const text =
      cells === null
        ? trans.__('The notebook is as it was.')
        : trans._n(
            'A cell is as it was.',
            '%1 cells are as they were.',
            cells.length
          );
    Notification.success(text, {
      autoClose: OFFERED_MS,
      actions: [
        {
          label: trans.__('Undo'),
          callback: () => {
            this._api.takeBack(notebookId).catch(report);
          }
        }
      ]
    });
  }
}

function report(error: unknown): void {
  Notification.error(error instanceof Error ? error.message : String(error));
}
