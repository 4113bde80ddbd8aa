// A notebook that was opened without the server finds its kernel later.

import type { ISessionContext } from '@jupyterlab/apputils';
import type { Session } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import type { INotebookConnection, SyncKind } from '../../tokens';
import { LateSession } from '../latesession';

function opened(kind: SyncKind, isReady: boolean, kernel: string | null) {
  const owner = {};
  const syncChanged = new Signal<object, void>(owner);
  const connection = { sync: { kind }, syncChanged };
  const changed: unknown[] = [];
  const context = {
    path: 'day.ipynb',
    isReady,
    isDisposed: false,
    ready: Promise.resolve(),
    session: null,
    kernelPreference: { name: 'python3', shouldStart: true },
    changeKernel: async (options: unknown) => changed.push(options)
  };
  const late = new LateSession(
    connection as unknown as INotebookConnection,
    context as unknown as ISessionContext,
    {
      findByPath: async path =>
        kernel === null
          ? undefined
          : ({ path, kernel: { id: kernel } } as unknown as Session.IModel)
    }
  );
  const become = async (kind: SyncKind) => {
    connection.sync = { kind };
    syncChanged.emit();
    await new Promise(done => setTimeout(done));
  };
  return { context, changed, late, become };
}

it('starts no kernel without the server, and finds its own later', async () => {
  const { context, changed, become } = opened('offline', false, 'own');
  expect(context.kernelPreference.shouldStart).toBe(false);
  await become('syncing');
  expect(changed).toEqual([]);
  await become('saved');
  context.isReady = true;
  await become('offline');
  await become('saved');
  expect(changed).toEqual([{ id: 'own' }]);
  expect(context.kernelPreference).toEqual({
    name: 'python3',
    shouldStart: true
  });
});

it('leaves it to the first run where there is no kernel', async () => {
  const { context, changed, become } = opened('offline', false, null);
  await become('saved');
  expect(changed).toEqual([]);
  expect(context.kernelPreference.shouldStart).toBe(true);
});

it('leaves it to JupyterLab where the server is there', async () => {
  for (const [kind, isReady] of [
    ['saved', false],
    ['offline', true]
  ] as const) {
    const { context, changed, become } = opened(kind, isReady, 'own');
    expect(context.kernelPreference.shouldStart).toBe(true);
    await become('saved');
    expect(changed).toEqual([]);
  }
});

it('does not look for a closed notebook', async () => {
  const { changed, late, become } = opened('offline', false, 'own');
  late.dispose();
  await become('saved');
  expect(changed).toEqual([]);
});
