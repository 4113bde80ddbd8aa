// Says quietly that another program changed the file: how much, and what a person can do.

import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { NotebooksApi } from '../api/notebooks';
import { carryOut } from '../documents/fileanswers';
import type { IEnvelope, INotebookConnection } from '../tokens';
import type { IFileChanges } from './model';
import { NO_CHANGES, withEvents } from './model';
import { PassingNotification } from './passing';

/**
 * How changes are shown where people see the document.
 */
export interface IShowing {
  /**
   * Whether anything shows the document.
   */
  isShown(connection: INotebookConnection): boolean;

  /**
   * Light up what has just changed.
   */
  light(connection: INotebookConnection, changes: IFileChanges): void;

  /**
   * Go to the next changed place.
   */
  next(connection: INotebookConnection, changes: IFileChanges): Promise<void>;

  /**
   * What happened.
   */
  words(connection: INotebookConnection, changes: IFileChanges): string;
}

/**
 * What a notice works with.
 */
export interface INoticeOptions {
  readonly api: NotebooksApi;
  readonly showing: IShowing;
  readonly trans: TranslationBundle;
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
   * Go to the next changed place.
   */
  review(): void {
    carryOut(this._options.showing.next(this._connection, this._changes));
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
    const { showing } = this._options;
    const connection = this._connection;
    if (changes === known || !showing.isShown(connection)) {
      return;
    }
    this._changes = changes;
    showing.light(connection, withEvents(NO_CHANGES, events));
    const message = showing.words(connection, changes);
    this._notification.show(message, this._actions());
  }

  private _actions(): Notification.IAction[] {
    const { trans } = this._options;
    const actions: Notification.IAction[] = [];
    if (this.hasChanges) {
      actions.push({
        label: trans.__('Review'),
        caption: trans.__('Go to the next place that changed'),
        callback: event => {
          event.preventDefault(); // the notice stays for the next one
          this.review();
        }
      });
    }
    if (this._connection.role !== 'reader') {
      actions.push({
        label: trans.__('Undo'),
        caption: trans.__('Bring back what was there before'),
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
