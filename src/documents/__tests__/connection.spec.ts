// One notebook's way through opening, refusal and another lineage, against a real room.

import { YNotebook } from '@jupyter/ydoc';
import * as Y from 'yjs';

import { ApiError } from '../../api/errors';
import { settled } from '../../sync/__tests__/simulation';
import { CELLS, fill, open, setup, sources, tell } from './connected';
import { quietYjs } from './quiet';

quietYjs();

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

  it('keeps the path of a link until the file moves', async () => {
    const { room, connection } = await open((_, api) => {
      api.servedPath = 'real.ipynb';
    });
    const { path } = connection;
    const moved: string[] = [];
    connection.pathChanged.connect((_, path) => moved.push(path));
    const at = (seq: number, new_path: string) =>
      tell(room, 18, [{ seq, name: 'v1.PathChanged', data: { new_path } }]);
    at(40, 'real.ipynb');
    expect(connection.path).toBe(path);
    at(41, 'moved.ipynb');
    expect(moved).toEqual(['moved.ipynb']);
  });
});
