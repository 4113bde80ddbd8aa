// What did not work, told to the person: a notification that says what is safe and what to do.

import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/errors';
import type { NotebookConnection } from './connection';
import type { ISaveFailure } from './contentprovider';
import { overwriteFile, reloadFile, saveAgain } from './fileanswers';
import { fitting } from './fitting';
import type { ILeftToCore } from './rooms';

/**
 * The statuses that say "this is not a notebook of ours": JupyterLab itself then says what it is.
 */
const NOT_OURS: readonly number[] = [400, 403, 404];

/**
 * The file is not the one that was last read or written.
 */
const FILE_CONFLICTS: readonly string[] = [
  'file_changed_outside',
  'file_deleted'
];

/**
 * How long a notification stays that needs no answer.
 */
const SHOWN_MS = 8_000;

/**
 * Tells that Ctrl-S did not succeed: once per notebook, for as long as it is true.
 */
export class SaveFailures {
  constructor(private readonly _trans: TranslationBundle) {}

  tell({ connection, error }: ISaveFailure): void {
    this._forget(connection);
    if (!(error instanceof ApiError)) {
      Notification.warning(
        this._trans.__(
          '%1 is not saved: the server cannot be reached. It is tried again by itself.',
          PathExt.basename(connection.path)
        ),
        { autoClose: SHOWN_MS }
      );
      return;
    }
    const isConflict = FILE_CONFLICTS.includes(error.code);
    const id = Notification.error(fitting(error.message, error.hint), {
      autoClose: isConflict ? false : SHOWN_MS,
      actions: isConflict ? this._answers(error.code, connection) : []
    });
    this._told.set(connection, id);
    connection.conditionsChanged.connect(this._onConditions, this);
    connection.disposed.connect(this._forget, this);
  }

  private _answers(
    code: string,
    connection: NotebookConnection
  ): Notification.IAction[] {
    const trans = this._trans;
    const run = (work: Promise<void>): void => {
      work.catch((error: unknown) => {
        this.tell({ connection, error: error as Error });
      });
    };
    if (code === 'file_deleted') {
      return [
        {
          label: trans.__('Save again'),
          callback: () => run(saveAgain(connection))
        }
      ];
    }
    return [
      {
        label: trans.__('Reload the file'),
        callback: () => run(reloadFile(connection, trans))
      },
      {
        label: trans.__('Overwrite the file'),
        displayType: 'warn',
        callback: () => run(overwriteFile(connection, trans))
      }
    ];
  }

  private _onConditions(connection: NotebookConnection): void {
    if (connection.conditions.every(({ code }) => code.startsWith('kernel_'))) {
      this._forget(connection);
    }
  }

  private _forget(connection: NotebookConnection): void {
    const id = this._told.get(connection);
    if (id !== undefined) {
      this._told.delete(connection);
      Notification.dismiss(id);
    }
  }

  private readonly _told = new Map<NotebookConnection, string>();
}

/**
 * A notebook was opened without a room.
 */
export function tellLeftToCore(
  { path, error }: ILeftToCore,
  trans: TranslationBundle
): void {
  if (error instanceof ApiError && error.code === 'side_not_a_notebook') {
    // JupyterLab's own dialog only says that the file cannot be read.
    const advice = trans.__(
      'One version between its conflict markers is no notebook: mend it in a text editor, or use git checkout --ours or --theirs.'
    );
    Notification.error(fitting(advice, PathExt.basename(path)), {
      autoClose: false
    });
    return;
  }
  if (error instanceof ApiError && NOT_OURS.includes(error.status)) {
    return;
  }
  const name = PathExt.basename(path);
  const text = trans.__('%1 is open as in plain JupyterLab, not live.', name);
  Notification.warning(fitting(text, error.message), { autoClose: SHOWN_MS });
}

/**
 * A text file was opened without a room. Most files that are no text of ours need no word.
 */
export function tellTextLeftToCore(
  left: ILeftToCore,
  trans: TranslationBundle
): void {
  const { path, error } = left;
  if (!(error instanceof ApiError) || error.code !== 'text_too_large') {
    tellLeftToCore(left, trans);
    return;
  }
  const text = trans.__(
    '%1 is not edited together: it is too large. JupyterLab itself opens and saves it.',
    PathExt.basename(path)
  );
  Notification.info(text, { autoClose: SHOWN_MS });
}

/**
 * A text was too large to be inserted.
 *
 * @param size - its bytes.
 * @param limit - the bytes that the server takes at once.
 */
export function tellTooLarge(
  size: number,
  limit: number,
  trans: TranslationBundle
): void {
  Notification.error(
    trans.__(
      'Not inserted: %1 MB of text are more than the %2 MB that a change may have. It stays where you copied it from.',
      megabytes(size),
      megabytes(limit)
    ),
    { autoClose: SHOWN_MS }
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
