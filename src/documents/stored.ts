// Waits until the server has what was changed in this page.

import { PromiseDelegate } from '@lumino/coreutils';

import { NotReachedError } from '../api/errors';
import type { INotebookConnection, SyncKind } from '../tokens';

/**
 * In these states changes stay here.
 */
const AWAY: ReadonlySet<SyncKind> = new Set(['offline', 'error', 'read-only']);

/**
 * Wait until the server has all changes of this page.
 *
 * @param message - what the error says.
 *
 * @throws NotReachedError when the server will not have them soon.
 */
export async function stored(
  connection: Pick<
    INotebookConnection,
    'sync' | 'syncChanged' | 'isDisposed' | 'disposed'
  >,
  message = ''
): Promise<void> {
  const end = new PromiseDelegate<void>();
  const look = (): void => {
    const { pending, kind } = connection.sync;
    if (pending === 0) {
      end.resolve();
    } else if (AWAY.has(kind) || connection.isDisposed) {
      end.reject(new NotReachedError(message));
    }
  };
  connection.syncChanged.connect(look);
  connection.disposed.connect(look);
  try {
    look();
    await end.promise;
  } finally {
    connection.syncChanged.disconnect(look);
    connection.disposed.disconnect(look);
  }
}
