// Says quietly that another program changed the file: how much, and what a person can do.

import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { NotebooksApi } from '../api/notebooks';
import type { IEnvelope, INotebookConnection } from '../tokens';
import { flash, showNext } from './flash';
import type { IFileChanges } from './model';
import { NO_CHANGES, withEvents } from './model';
import { PassingNotification } from './passing';

/**
 * What a notice works with.
 */
export interface INoticeOptions {
  readonly api: NotebooksApi;
  readonly trans: TranslationBundle;

  /**
   * The panel that shows the notebook of a connection; null when none does.
   */
  panelOf(connection: INotebookConnection): NotebookPanel | null;
}

/**
 * The notice of one connection. Changes that come while it stands are added to it.
 */
export class FileNotice {
  constructor(
    private readonly _connection: INotebookConnection,
    private readonly _options: INoticeOptions
  ) {
    _connection.events.connect(this._onEvents, this);
    _connection.disposed.connect(this._dismiss, this);
  }

  /**
   * Whether there is something to look through.
   */
  get hasChanges(): boolean {
    return this._changes.cells.length > 0;
  }

  /**
   * Go to the next changed cell.
   */
  review(): void {
    const panel = this._options.panelOf(this._connection);
    if (panel) {
      showNext(panel.content, this._changes.cells);
    }
  }

  /**
   * Take back what was taken from the file, the latest first; what people did since then stays.
   */
  async undo(): Promise<void> {
    const { seqs } = this._changes;
    this._dismiss();
    try {
      for (const seq of [...seqs].reverse()) {
        await this._options.api.undo(this._connection.notebookId, seq);
      }
    } catch (error) {
      Notification.error(error instanceof Error ? error.message : '');
    }
  }

  private _onEvents(
    _: INotebookConnection,
    events: readonly IEnvelope[]
  ): void {
    const known = this._notification.isThere ? this._changes : NO_CHANGES;
    const changes = withEvents(known, events);
    const panel = this._options.panelOf(this._connection);
    if (changes === known || !panel) {
      return;
    }
    this._changes = changes;
    flash(panel.content, withEvents(NO_CHANGES, events).cells);
    this._notification.show(this._message(changes), this._actions());
  }

  private _message(changes: IFileChanges): string {
    const { trans } = this._options;
    const { count, versions } = changes;
    const changed = trans._n(
      '%1 cell changed on disk.',
      '%1 cells changed on disk.',
      count,
      count
    );
    if (versions === 0) {
      return changed;
    }
    const kept = trans._n(
      '%1 was changed here too: both versions are kept.',
      '%1 were changed here too: both versions are kept.',
      versions,
      versions
    );
    return trans.__('%1 %2', changed, kept);
  }

  private _actions(): Notification.IAction[] {
    const { trans } = this._options;
    const actions: Notification.IAction[] = [];
    if (this.hasChanges) {
      actions.push({
        label: trans.__('Review'),
        caption: trans.__('Go to the next changed cell'),
        callback: event => {
          event.preventDefault(); // the notice stays for the next one
          this.review();
        }
      });
    }
    if (this._connection.role !== 'reader') {
      actions.push({
        label: trans.__('Undo'),
        caption: trans.__('Bring back what the notebook held before'),
        callback: () => void this.undo()
      });
    }
    return actions;
  }

  private _dismiss(): void {
    this._notification.dismiss();
    this._changes = NO_CHANGES;
  }

  private _changes: IFileChanges = NO_CHANGES;
  private readonly _notification = new PassingNotification();
}
