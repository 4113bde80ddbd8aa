// A notebook with a copy in the browser: over reloads, outages and other lineages.

import * as Y from 'yjs';

import { NotReachedError } from '../../api/errors';
import type { CopyStore } from '../../sync/copystore';
import { Browser } from '../../sync/__tests__/kept';
import { settled } from '../../sync/__tests__/simulation';
import type { NotebookConnection } from '../connection';
import { fill, setup, sources } from './connected';

/**
 * Open the notebook in a page of a browser.
 */
async function page(
  store: CopyStore,
  prepare?: Parameters<typeof setup>[0]
): Promise<ReturnType<typeof setup>> {
  const world = setup((room, api) => {
    api.copies = store;
    prepare?.(room, api);
  });
  expect(await world.connection.opened).toEqual({ kind: 'room' });
  await settled();
  return world;
}

/**
 * The page is gone, with what it had written.
 */
async function crash(connection: NotebookConnection): Promise<void> {
  connection.keepNow();
  await written(connection);
  connection.dispose();
}

async function written(connection: NotebookConnection): Promise<void> {
  const { store } = stores.get(connection)!;
  await store.all();
  await store.all();
}

const stores = new WeakMap<NotebookConnection, { store: CopyStore }>();

/**
 * A page whose server stops after the notebook came, and in which somebody types on.
 */
async function typedOffline(browser: Browser) {
  const store = browser.store();
  const world = await page(store);
  stores.set(world.connection, { store });
  world.room.isDown = true;
  world.room.last.hangUp(1012);
  world.notebook.cells[0]!.setSource('a = 1 # offline');
  await crash(world.connection);
  return world;
}

describe('a notebook that is kept', () => {
  it('says how many changes are kept', async () => {
    const browser = new Browser();
    const store = browser.store();
    const { room, notebook, connection } = await page(store);
    stores.set(connection, { store });
    connection.keepNow();
    await written(connection);
    room.isDown = true;
    room.last.hangUp(1012);
    expect(connection.sync.label).toBe(
      'offline (0 changes kept in this browser)'
    );
    notebook.cells[0]!.setSource('a = 2');
    expect(connection.sync.label).toMatch(
      /^offline \([1-9]\d* changes kept in this browser\)$/
    );
    expect(notebook.dirty).toBe(false);
  });

  it('opens with its unsent changes while the server is away, and sends them later', async () => {
    const browser = new Browser();
    const { room: before } = await typedOffline(browser);
    const { room, api, timers, notebook, connection } = await page(
      browser.store(),
      (room, api) => {
        room.doc = before.doc;
        api.fails = new NotReachedError('');
      }
    );
    expect(sources(notebook)).toEqual(['a = 1 # offline', 'words']);
    expect(connection.sync.label).toMatch(/^offline \([1-9]\d* changes/);
    expect(connection.role).toBe('owner');
    notebook.cells[1]!.setSource('words, typed on');

    api.fails = null;
    const words = room.doc.getArray<Y.Map<Y.Text>>('cells').get(1);
    words.get('source')!.insert(0, 'Her ');
    await timers.pass(60_000);
    expect(connection.sync.label).toBe('saved');
    expect(sources(notebook)).toEqual([
      'a = 1 # offline',
      'Her words, typed on'
    ]);
    const there = new Y.Doc();
    Y.applyUpdate(there, Y.encodeStateAsUpdate(room.doc));
    expect(there.getArray('cells').toJSON()).toMatchObject([
      { source: 'a = 1 # offline' },
      { source: 'Her words, typed on' }
    ]);
  });

  it('asks only for what is new when the server is there', async () => {
    const browser = new Browser();
    const { room: before } = await typedOffline(browser);
    const { api, notebook, connection } = await page(browser.store(), room => {
      room.doc = before.doc;
    });
    await settled();
    expect(api.queries.at(-1)).toMatchObject({ lineage: 'first', state: true });
    expect(sources(notebook)).toEqual(['a = 1 # offline', 'words']);
    expect(connection.sync.pending).toBe(0);
  });

  it('brings unsent changes over to another lineage, once each', async () => {
    const browser = new Browser();
    await typedOffline(browser);
    const { notebook, connection } = await page(browser.store(), room => {
      room.lineage = 'second';
      room.revert(room => fill(room));
    });
    await settled();
    await settled();
    expect(sources(notebook)).toEqual(['a = 1 # offline', 'words']);
    expect(connection.lineage).toBe('second');
  });

  it('is not opened from a copy of another person', async () => {
    const browser = new Browser();
    await typedOffline(browser);
    browser.user = 'eve';
    const { notebook } = await page(browser.store());
    expect(sources(notebook)).toEqual(['a = 1', 'words']);
  });
});
