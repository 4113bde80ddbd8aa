// What a connection knows of the file: behind or not, written, taken in; and the dirty mark.

import type * as Y from 'yjs';

import { ApiError, NotReachedError } from '../../api/errors';
import type { Room } from '../../sync/__tests__/simulation';
import { settled } from '../../sync/__tests__/simulation';
import type { Api } from './connected';
import { open, sources, tell } from './connected';
import { quietYjs } from './quiet';

quietYjs();

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

  it('of what the server notes about the file are none', async () => {
    const { room, notebook } = await open();
    room.change(doc => doc.getMap('state').set('hash', 'x'));
    expect(notebook.dirty).toBe(false);
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
      stateChange?.forEach(({ newValue }) => shown.push(newValue));
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
  const theirs = (room: Room): void =>
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
