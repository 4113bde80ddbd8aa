// Tells that text could not be stored and where it is, and hands it back.

import { Clipboard, Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { INotebookConnection, IRecoveredCopy } from '../tokens';

/**
 * How long "Copied" is shown.
 */
const COPIED_MS = 3_000;

/**
 * Put the text of a copy on the clipboard.
 */
export function copyText(copy: IRecoveredCopy, trans: TranslationBundle): void {
  Clipboard.copyToSystem(copy.cells.map(cell => cell.source).join('\n\n'));
  Notification.info(trans.__('Copied to the clipboard.'), {
    autoClose: COPIED_MS
  });
}

/**
 * Tell of the copies of a notebook: those that are there, and each that is set aside.
 */
export function tellRecovered(
  connection: INotebookConnection,
  trans: TranslationBundle
): void {
  let known = 0;
  let notice: string | null = null;
  const forget = (): void => {
    if (notice !== null) {
      Notification.dismiss(notice);
      notice = null;
    }
  };
  const look = (): void => {
    const copies = connection.recovered;
    const latest = copies.at(-1);
    if (copies.length !== known) {
      forget();
    }
    if (latest && copies.length > known) {
      notice = Notification.warning(words(connection.path, latest, trans), {
        autoClose: false,
        actions: [
          {
            label: trans.__('Copy the text'),
            callback: () => copyText(latest, trans)
          }
        ]
      });
    }
    known = copies.length;
  };
  connection.recoveredChanged.connect(look);
  connection.disposed.connect(forget);
  look();
}

/**
 * At most 140 characters, for names of usual length: JupyterLab cuts what is longer.
 */
function words(
  path: string,
  copy: IRecoveredCopy,
  trans: TranslationBundle
): string {
  const name = PathExt.basename(path);
  return copy.isLasting
    ? trans.__(
        'Text of %1 was not stored. This browser keeps it: click on the sync state.',
        name
      )
    : trans.__(
        'Text of %1 was not stored. Copy it before you close this page.',
        name
      );
}
