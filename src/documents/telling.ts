// What did not work, told to the person: a notification that says what is safe and what to do.

import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/errors';
import type { ISaveFailure } from './contentprovider';
import type { ILeftToCore } from './rooms';

/**
 * The statuses that say "this is not a notebook of ours": JupyterLab itself then says what it is.
 */
const NOT_OURS: readonly number[] = [400, 403, 404];

/**
 * How long a notification stays that needs no answer.
 */
const SHOWN_MS = 8_000;

/**
 * Ctrl-S did not succeed.
 */
export function tellSaveFailure(
  { connection, error }: ISaveFailure,
  trans: TranslationBundle
): void {
  const name = PathExt.basename(connection.path);
  if (!(error instanceof ApiError)) {
    Notification.warning(
      trans.__(
        '%1 is not saved: the server cannot be reached. It is saved by itself once it can.',
        name
      ),
      { autoClose: SHOWN_MS }
    );
    return;
  }
  const text = `${name}: ${error.message} ${error.hint}`.trim();
  const run = (work: Promise<void>) => {
    work.catch((again: unknown) => {
      tellSaveFailure({ connection, error: again as Error }, trans);
    });
  };
  const isConflict = error.code === 'file_changed_outside';
  Notification.error(text, {
    autoClose: isConflict ? false : SHOWN_MS,
    actions: isConflict
      ? [
          {
            label: trans.__('Reload the file'),
            callback: () => run(connection.reloadFromFile())
          },
          {
            label: trans.__('Overwrite'),
            displayType: 'warn',
            callback: () => run(connection.exportNow(true))
          }
        ]
      : []
  });
}

/**
 * A notebook was opened without a room.
 */
export function tellLeftToCore(
  { path, error }: ILeftToCore,
  trans: TranslationBundle
): void {
  if (error instanceof ApiError && NOT_OURS.includes(error.status)) {
    return;
  }
  const name = PathExt.basename(path);
  const text = trans.__(
    '%1 is open without live collaboration and history, as in plain JupyterLab. %2',
    name,
    error.message
  );
  Notification.warning(text.trim(), { autoClose: SHOWN_MS });
}
