// What a person answers when the file does not follow the notebook, carried out.

import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/errors';
import type { INotebookConnection } from '../tokens';
import { mayOverwrite, mayReload, mayTakeOver } from './filequestions';
import { fitting } from './fitting';

/**
 * How long a failure is shown.
 */
const SHOWN_MS = 8_000;

/**
 * Ask, then take the file's content into the notebook.
 */
export async function reloadFile(
  connection: INotebookConnection,
  trans: TranslationBundle
): Promise<void> {
  if (await mayReload(trans)) {
    await connection.reloadFromFile();
  }
}

/**
 * Ask, then write the notebook over a file that another program changed.
 */
export async function overwriteFile(
  connection: INotebookConnection,
  trans: TranslationBundle
): Promise<void> {
  if (await mayOverwrite(trans)) {
    await connection.exportNow(true);
  }
}

/**
 * Write a deleted file anew: no question, for nothing is lost by it.
 */
export async function saveAgain(
  connection: INotebookConnection
): Promise<void> {
  await connection.exportNow(true);
}

/**
 * Carry an answer out, and say so when it cannot be.
 */
export function carryOut(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    const { message, hint } =
      error instanceof ApiError ? error : { message: String(error), hint: '' };
    Notification.error(fitting(message, hint), { autoClose: SHOWN_MS });
  });
}

/**
 * Ask, then take the notebook from the other server that has it open.
 */
export async function takeOver(
  connection: INotebookConnection,
  trans: TranslationBundle
): Promise<void> {
  if (await mayTakeOver(trans)) {
    await connection.takeOver();
  }
}
