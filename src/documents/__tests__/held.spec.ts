// A notebook that another server has open: its file for reading, until it is let go there.

import { ApiError, NotReachedError } from '../../api/errors';
import { open, setup, sources } from './connected';
import { quietYjs } from './quiet';

quietYjs();

describe('a notebook that another server has open', () => {
  const held = new ApiError(
    423,
    'held_elsewhere',
    'The notebook is open in http://other:8888/ (process 12 on other).',
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

  it.each(['takeOver', 'retry'] as const)(
    'and was open here before is had again by %s',
    async way => {
      const { room, notebook, connection, timers, api } = await open();
      room.isDown = true;
      room.last.hangUp(1006);
      api.fails = held;
      await timers.pass(20_000);
      expect(connection.sync.kind).toBe('read-only');
      room.isDown = false;
      api.fails = way === 'retry' ? null : held;
      await connection[way]();
      await timers.pass(100);
      expect(connection.sync.label).toBe('saved');
      expect(notebook.access).toBe('write');
      expect(connection.role).toBe('owner');
      await connection.exportNow();
    }
  );

  it('of the same person is taken over when asked for', async () => {
    const { notebook, connection, api, timers } = setup((_, api) => {
      api.fails = held;
    });
    await connection.opened;
    connection.showFile(FILE);
    expect(connection.sync.action).toBe('take-over');
    await connection.takeOver();
    expect(api.takenOver).toEqual([connection.path]);
    await timers.pass(1_000);
    expect(notebook.access).toBe('write');
    expect(sources(notebook)).toEqual(['a = 1', 'words']);
  });

  it('of somebody else is not', async () => {
    const { connection } = setup((_, api) => {
      api.fails = new ApiError(
        423,
        'held_by_another',
        "The notebook is open in ben's server (http://x/user/ben/, process 12 on other).",
        'Ask them to close it.'
      );
    });
    expect(await connection.opened).toEqual({ kind: 'held' });
    expect(connection.sync.label).toBe("read-only (open in ben's server)");
    expect(connection.sync.action).toBe('retry');
  });
});
