// Waiting for the server to have what was changed here.

import { Signal } from '@lumino/signaling';

import { NotReachedError } from '../../api/errors';
import type { ISyncState } from '../../tokens';
import { stored } from '../stored';

function setup(sync: Partial<ISyncState>) {
  const connection = {
    sync: sync as ISyncState,
    isDisposed: false,
    syncChanged: new Signal<never, ISyncState>({} as never),
    disposed: new Signal<never, void>({} as never)
  };
  const ends: string[] = [];
  const end = stored(connection as never, 'Not yet.').then(
    () => ends.push('stored'),
    (error: unknown) => {
      ends.push(error instanceof NotReachedError ? error.message : 'other');
    }
  );
  const move = (next: Partial<ISyncState>): void => {
    connection.sync = next as ISyncState;
    connection.syncChanged.emit(connection.sync);
  };
  return { connection, ends, end, move };
}

describe('what was changed here', () => {
  it('is there at once when nothing is pending', async () => {
    const { end, ends } = setup({ kind: 'saved', pending: 0 });
    await end;
    expect(ends).toEqual(['stored']);
  });

  it('is waited for while it is under way', async () => {
    const { end, ends, move } = setup({ kind: 'saving', pending: 2 });
    move({ kind: 'saving', pending: 1 });
    await Promise.resolve();
    expect(ends).toEqual([]);
    move({ kind: 'saved', pending: 0 });
    await end;
    expect(ends).toEqual(['stored']);
  });

  it.each(['offline', 'error', 'read-only'] as const)(
    'is not waited for while the state is %s',
    async kind => {
      const { end, ends, move } = setup({ kind: 'saving', pending: 1 });
      move({ kind, pending: 1 });
      await end;
      expect(ends).toEqual(['Not yet.']);
    }
  );

  it('is not waited for in a notebook that is closed', async () => {
    const { connection, end, ends } = setup({ kind: 'saving', pending: 1 });
    connection.isDisposed = true;
    connection.disposed.emit();
    await end;
    expect(ends).toEqual(['Not yet.']);
  });
});
