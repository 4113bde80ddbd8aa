// Tells in one line what came together after a time without the server.

import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { fitting } from './fitting';
import type { IMergeAccount, INotebookConnection } from '../tokens';

/**
 * How long the line stays; afterwards it is among the details of the sync state.
 */
const SHOWN_MS = 8_000;

/**
 * The line: "12 of your changes and 3 of Ada's merged".
 */
export function accountLine(
  { own, others }: IMergeAccount,
  trans: TranslationBundle
): string {
  const mine = trans._n('%1 of your changes', '%1 of your changes', own, own);
  const theirs = others.map(({ name, count }) =>
    trans._n("%1 of %2's", "%1 of %2's", count, name)
  );
  const last = theirs.pop();
  return last === undefined
    ? trans.__('%1 stored', mine)
    : trans.__('%1 and %2 merged', [mine, ...theirs].join(', '), last);
}

/**
 * Tell it, when others changed something, too.
 */
export function tellMerged(
  connection: INotebookConnection,
  trans: TranslationBundle
): void {
  connection.mergedChanged.connect((_, account) => {
    if (account.others.length > 0) {
      const name = PathExt.basename(connection.path);
      Notification.info(
        fitting(trans.__('%1:', name), accountLine(account, trans)),
        { autoClose: SHOWN_MS }
      );
    }
  });
}
