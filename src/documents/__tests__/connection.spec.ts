// One notebook's way through opening, saving, refusal and another lineage, against a real room.

import { YNotebook } from '@jupyter/ydoc';
import { nullTranslator } from '@jupyterlab/translation';
import * as Y from 'yjs';

import { ApiError, NotReachedError } from '../../api/errors';
import type { INotebook, IRoomQuery, NotebooksApi } from '../../api/notebooks';
import { ManualTimers, Room, settled } from '../../sync/__tests__/simulation';
import { NotebookConnection } from '../connection';
import { AnodeNotebook } from '../notebook';
import { quietYjs } from './quiet';

quietYjs();

const CELLS = [
  { id: 'a', cell_type: 'code', source: 'a = 1', metadata: {}, outputs: [] },
  { id: 'b', cell_type: 'markdown', source: 'words', metadata: {} }
];

class Api {
  constructor(private readonly _room: Room) {}

  autosave = false;
  fails: Error | null = null;
  exports: boolean[] = [];
  queries: IRoomQuery[] = [];
  exportFails: Error | null = null;

  open = (path: string): Promise<INotebook> =>
    this.fails
      ? Promise.reject(this.fails)
      : Promise.resolve({
          id: 'notebook',
          path,
          lineage: this._room.lineage,
          seq: 1,
          role: 'owner'
        });

  export = (_: string, overwrite: boolean) => {
    this.exports.push(overwrite);
    return this.exportFails
      ? Promise.reject(this.exportFails)
      : Promise.resolve({ seq: 99, exported_seq: 99, path: 'n.ipynb' });
  };

  reload = () => Promise.resolve({ seq: 100, exported_seq: 100 });

  roomUrl = (_: string, query: IRoomQuery) => {
    this.queries.push(query);
    return 'ws://room';
  };
}

function fill(room: Room, cells: object[] = CELLS): void {
  const source = YNotebook.create({ data: { cells: cells as never } });
  Y.applyUpdate(room.doc, Y.encodeStateAsUpdate(source.ydoc));
  source.dispose();
}

/**
 * The server sends a frame of JSON.
 */
function tell(room: Room, type: number, value: unknown): void {
  const body = new TextEncoder().encode(JSON.stringify(value));
  room.last.give(Uint8Array.of(type, ...body));
}

const notebooks: AnodeNotebook[] = [];

function setup(prepare?: (room: Room, api: Api) => void) {
  const room = new Room();
  const timers = new ManualTimers();
  const api = new Api(room);
  fill(room);
  prepare?.(room, api);
  const notebook = new AnodeNotebook({
    disableDocumentWideUndoRedo: true,
    storage: null
  });
  notebooks.push(notebook);
  const connection = new NotebookConnection({
    api: api as unknown as NotebooksApi,
    notebook,
    path: 'n.ipynb',
    timers,
    openSocket: room.openSocket,
    isWatched: () => true,
    trans: nullTranslator.load(''),
    autosave: () => Promise.resolve(api.autosave)
  });
  return { room, timers, api, notebook, connection };
}

async function open(prepare?: (room: Room, api: Api) => void) {
  const world = setup(prepare);
  expect(await world.connection.opened).toEqual({ kind: 'room' });
  await settled();
  return world;
}

function sources(notebook: { cells: { getSource(): string }[] }): string[] {
  return notebook.cells.map(cell => cell.getSource());
}

afterEach(() => {
  notebooks.splice(0).forEach(notebook => notebook.dispose());
});

describe('opening', () => {
  it('shows the notebook, saved and clean', async () => {
    const { notebook, connection } = await open();
    expect(sources(notebook)).toEqual(['a = 1', 'words']);
    expect(connection.sync.label).toBe('saved');
    expect(connection.role).toBe('owner');
    expect(connection.clientNumber).toBe(1);
    expect(notebook.access).toBe('write');
    expect(notebook.dirty).toBe(false);
  });

  it('opens for reading when the room says so', async () => {
    const { notebook, connection } = await open(room => {
      room.role = 'reader';
    });
    expect(notebook.access).toBe('read');
    expect(connection.sync.kind).toBe('read-only');
  });

  it('leaves what is not ours to JupyterLab', async () => {
    const error = new ApiError(400, 'not_a_notebook', 'nbformat 3', '');
    const { notebook, connection } = setup((_, api) => {
      api.fails = error;
    });
    expect(await connection.opened).toEqual({ kind: 'core', error });
    expect(notebook.access).toBe('core');
    expect(connection.isDisposed).toBe(true);
  });

  it('leaves a notebook to JupyterLab when its room cannot be reached', async () => {
    const { notebook, connection, timers } = setup(room => {
      room.isDown = true;
    });
    await settled();
    await timers.pass(30_000);
    expect((await connection.opened).kind).toBe('core');
    expect(notebook.access).toBe('core');
  });
});

describe('a notebook that another server has open', () => {
  const held = new ApiError(
    423,
    'held_elsewhere',
    'The notebook is open in http://other:8888/ 12 (process 12 on other).',
    'Close it there.'
  );
  const FILE = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [{ id: 'a', cell_type: 'code', source: 'file', metadata: {} }]
  };

  it('shows its file, for reading', async () => {
    const { notebook, connection, api } = setup((_, api) => {
      api.fails = held;
    });
    expect(await connection.opened).toEqual({ kind: 'held' });
    connection.showFile(FILE);
    expect(sources(notebook)).toEqual(['file']);
    expect(notebook.access).toBe('read');
    expect(notebook.dirty).toBe(false);
    expect(connection.role).toBe('reader');
    expect(connection.sync.label).toBe(
      'read-only (open in http://other:8888/)'
    );
    await expect(connection.exportNow()).rejects.toBe(held);
    expect(api.exports).toEqual([]);
  });

  it('is taken over once the other lets go', async () => {
    const { notebook, connection, timers, api, room } = setup((_, api) => {
      api.fails = held;
    });
    await connection.opened;
    connection.showFile(FILE);
    await timers.pass(60_000);
    expect(notebook.access).toBe('read');
    api.fails = new NotReachedError('');
    await timers.pass(60_000);
    expect(notebook.access).toBe('read');
    api.fails = null;
    await timers.pass(31_000);
    expect(sources(notebook)).toEqual(['a = 1', 'words']);
    expect(connection.sync.label).toBe('saved');
    expect(notebook.access).toBe('write');
    expect(connection.recovered).toEqual([]);
    notebook.cells[0]?.setSource('a = 2');
    expect(connection.sync.label).toBe('saved');
    expect(room.doc.getArray('cells').length).toBe(2);
    connection.showFile(FILE);
    expect(sources(notebook)).toEqual(['a = 2', 'words']);
  });

  it('and was open here before is closed for writing', async () => {
    const { room, notebook, connection, timers, api } = await open();
    room.isDown = true;
    room.last.hangUp(1006);
    notebook.cells[0]?.setSource('a = 2');
    api.fails = held;
    await timers.pass(20_000);
    expect(connection.sync.kind).toBe('read-only');
    expect(notebook.access).toBe('read');
    connection.showFile(FILE);
    expect(sources(notebook)).toEqual(['a = 2', 'words']);
    api.fails = null;
    room.isDown = false;
    await timers.pass(31_000);
    expect(connection.sync.label).toBe('saved');
    expect(notebook.access).toBe('write');
    expect(sources(notebook)).toEqual(['a = 2', 'words']);
  });
});

describe('changes', () => {
  it('are saving, then saved, and the file is behind', async () => {
    const { room, notebook, connection } = await open();
    const labels: string[] = [];
    connection.syncChanged.connect((_, { label }) => labels.push(label));
    room.isQuick = false;
    notebook.cells[0]?.setSource('a = 2');
    expect(connection.sync.pending).toBe(1);
    expect(notebook.dirty).toBe(true);
    room.acknowledge();
    expect(labels).toEqual(['saving', 'saved']);
    expect(notebook.dirty).toBe(true);
    await connection.exportNow();
    expect(notebook.dirty).toBe(false);
  });

  it('that do nothing leave the file as it is', async () => {
    const { room, notebook, connection } = await open();
    await connection.exportNow();
    room.isQuick = false;
    notebook.cells[0]?.setSource('a = 2');
    notebook.cells[0]?.setSource('a = 1');
    expect(notebook.dirty).toBe(true);
    room.acknowledge(true);
    expect(connection.sync.label).toBe('saved');
    expect(notebook.dirty).toBe(false);
  });

  it('of others make the file behind, too', async () => {
    const { room, notebook } = await open();
    room.change(doc => {
      const map = doc.getArray<Y.Map<Y.Text>>('cells').get(0);
      map.get('source')?.insert(0, '# ');
    });
    expect(sources(notebook)[0]).toBe('# a = 1');
    expect(notebook.dirty).toBe(true);
  });
});

describe('the dirty mark, with autosave', () => {
  const autosave = (_: Room, api: Api) => {
    api.autosave = true;
  };

  it('is true while something is not durable, and calm about it', async () => {
    const { room, notebook, timers } = await open(autosave);
    const shown: unknown[] = [];
    notebook.changed.connect((_, { stateChange }) => {
      shown.push(...(stateChange ?? []).map(({ newValue }) => newValue));
    });
    room.isQuick = false;
    notebook.cells[0]?.setSource('a = 2');
    expect(notebook.dirty).toBe(true);
    room.acknowledge();
    expect(notebook.dirty).toBe(false);
    await timers.pass(5_000);
    expect(shown).toEqual([]);
    notebook.cells[0]?.setSource('a = 3');
    await timers.pass(2_000);
    expect(shown).toEqual([true]);
    room.acknowledge();
    expect(shown).toEqual([true, false]);
  });

  it('says nothing about a file that is behind', async () => {
    const { room, notebook } = await open(autosave);
    room.change(doc => doc.getMap('meta').set('x', 1));
    expect(notebook.dirty).toBe(false);
  });

  it('follows the setting', async () => {
    const { room, notebook, connection, api } = await open(autosave);
    room.change(doc => doc.getMap('meta').set('x', 1));
    api.autosave = false;
    connection.reconnect();
    await settled();
    expect(notebook.dirty).toBe(true);
  });
});

describe('saving', () => {
  it('waits until everything is durable', async () => {
    const { room, notebook, connection, api } = await open();
    room.isQuick = false;
    notebook.cells[0]?.setSource('a = 2');
    const saved = connection.exportNow();
    await settled();
    expect(api.exports).toEqual([]);
    room.acknowledge();
    await saved;
    expect(api.exports).toEqual([false]);
  });

  it('says at once that the server cannot be reached', async () => {
    const { room, connection } = await open();
    room.isDown = true;
    room.last.hangUp(1006);
    await expect(connection.exportNow()).rejects.toThrow(NotReachedError);
    expect(connection.sync.label).toBe('offline (not kept)');
  });

  it('gives up on a server that confirms nothing', async () => {
    const { room, notebook, connection, timers } = await open();
    room.isQuick = false;
    notebook.cells[0]?.setSource('a = 2');
    const saved = connection.exportNow();
    const refused = expect(saved).rejects.toThrow(NotReachedError);
    await timers.pass(15_000);
    await refused;
  });

  it('passes the refusal on', async () => {
    const { connection, api } = await open();
    api.exportFails = new ApiError(409, 'file_changed_outside', 'x', 'y');
    await expect(connection.exportNow()).rejects.toBe(api.exportFails);
  });
});

describe('the file taken in', () => {
  const theirs = (room: Room) =>
    room.change(doc => {
      const map = doc.getArray<Y.Map<Y.Text>>('cells').get(0);
      map.get('source')?.insert(0, '# ');
    });

  it('is the notebook: nothing is behind', async () => {
    const { room, notebook, connection } = await open();
    theirs(room);
    expect(connection.exportedSeq).toBe(0);
    await connection.reloadFromFile();
    expect(connection.exportedSeq).toBe(100);
    expect(notebook.dirty).toBe(false);
  });

  it('is so, too, when the answer overtakes the change', async () => {
    const { room, notebook, connection } = await open();
    await connection.reloadFromFile();
    theirs(room);
    expect(notebook.dirty).toBe(false);
  });

  it('is known by everybody else from the event', async () => {
    const { room, notebook } = await open();
    theirs(room);
    const merged = { name: 'v1.ExternalChangeMerged', data: {}, time: 't' };
    tell(room, 18, [{ ...merged, seq: 3 }]);
    expect(notebook.dirty).toBe(false);
    theirs(room);
    const rest = { ...merged, data: { complete: false } };
    tell(room, 18, [{ ...rest, seq: 6 }]);
    expect(notebook.dirty).toBe(true);
  });
});

describe('a lost connection', () => {
  it('goes on where it was', async () => {
    const { room, notebook, connection, timers, api } = await open();
    room.last.hangUp(1006);
    notebook.cells[0]?.setSource('offline');
    expect(connection.sync.label).toBe('offline (not kept)');
    await timers.pass(2_000);
    expect(connection.sync.label).toBe('saved');
    expect(api.queries.map(({ lineage }) => lineage)).toEqual([null, 'first']);
  });

  it('tells when the person may not come back', async () => {
    const { room, connection, timers, api } = await open();
    room.isDown = true;
    room.last.hangUp(1006);
    api.fails = new ApiError(403, 'not_allowed', 'no', '');
    await timers.pass(20_000);
    expect(connection.sync.kind).toBe('error');
    expect(connection.sync.action).toBe('reload-page');
  });
});

describe('a refused change', () => {
  it('is kept as a copy, and the notebook shows what the server has', async () => {
    const { room, notebook, connection } = await open();
    room.isQuick = false;
    notebook.cells[0]?.setSource('refused');
    room.role = 'reader';
    room.isQuick = true;
    room.revert(fill);
    const body = '{"code":"read_only","message":"You may only read."}';
    room.last.give(Uint8Array.of(20, ...new TextEncoder().encode(body)));
    await settled();
    expect(sources(notebook)).toEqual(['a = 1', 'words']);
    expect(notebook.access).toBe('read');
    expect(connection.recovered).toMatchObject([
      {
        code: 'read_only',
        message: 'You may only read.',
        cells: [{ id: 'a', cellType: 'code', source: 'refused' }]
      }
    ]);
  });
});

describe('another lineage', () => {
  it('gets what was not saved as ordinary edits', async () => {
    const { room, notebook, connection, timers } = await open();
    room.isDown = true;
    room.last.hangUp(1006);
    notebook.cells[0]?.setSource('a = 1 # mine');
    notebook.insertCell(1, { cell_type: 'code', id: 'n', source: 'new' });
    notebook.deleteCell(2);
    room.isDown = false;
    room.lineage = 'second';
    room.revert(room => {
      fill(room, [{ ...CELLS[0], source: '# theirs\na = 1' }, CELLS[1]!]);
    });
    await timers.pass(3_000);
    expect(sources(notebook)).toEqual(['# theirs\na = 1 # mine', 'new']);
    expect(connection.lineage).toBe('second');
    expect(connection.recovered).toEqual([]);
    const there = new YNotebook();
    Y.applyUpdate(there.ydoc, Y.encodeStateAsUpdate(room.doc));
    expect(sources(there)).toEqual(sources(notebook));
    expect(connection.sync.label).toBe('saved');
  });

  it('keeps what is typed while the new document comes', async () => {
    const { room, notebook, timers } = await open();
    room.lineage = 'second';
    room.revert(fill);
    room.isLate = true;
    room.last.hangUp(4409);
    await timers.pass(2_000);
    // An editor writes into the text itself, whatever the model says.
    notebook.cells[0]?.ysource.insert(5, ' # typed on');
    room.ask();
    await settled();
    expect(sources(notebook)[0]).toBe('a = 1 # typed on');
    const there = new YNotebook();
    Y.applyUpdate(there.ydoc, Y.encodeStateAsUpdate(room.doc));
    expect(sources(there)[0]).toBe('a = 1 # typed on');
  });
});

describe('what the server tells', () => {
  it('becomes conditions, a role, events and a path', async () => {
    const { room, notebook, connection } = await open();
    const give = (type: number, value: unknown) => tell(room, type, value);
    const condition = {
      code: 'file_changed_outside',
      message: 'The file was changed.',
      hint: '',
      since: null
    };
    give(23, { conditions: [condition], role: 'reader' });
    expect(connection.conditions).toEqual([condition]);
    expect(connection.sync.label).toBe(
      'error (file changed outside, reload or overwrite)'
    );
    expect(notebook.access).toBe('read');
    give(23, { conditions: [], role: 'owner' });
    expect(connection.sync.label).toBe('saved');
    const moved: string[] = [];
    connection.pathChanged.connect((_, path) => moved.push(path));
    give(18, [
      { seq: 40, name: 'v1.Exported', data: { upto: 39 }, time: 't' },
      { seq: 41, name: 'v1.PathChanged', data: { new_path: 'm.ipynb' } }
    ]);
    expect(connection.seq).toBe(41);
    expect(connection.exportedSeq).toBe(39);
    expect(moved).toEqual(['m.ipynb']);
    connection.follow('o.ipynb');
    expect(moved).toEqual(['m.ipynb']);
  });
});
