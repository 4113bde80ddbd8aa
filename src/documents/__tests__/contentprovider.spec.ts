// JupyterLab's contents calls: through the room when there is one, core's own otherwise.

import type { Contents } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { ApiError } from '../../api/errors';
import type { ExecutionsApi } from '../../api/executions';
import type { NotebooksApi } from '../../api/notebooks';
import { ManualTimers, Room, settled } from '../../sync/__tests__/simulation';
import type { Autosave } from '../autosave';
import type { ISaveFailure } from '../contentprovider';
import { AnodeContentProvider } from '../contentprovider';
import type { AnodeNotebook } from '../notebook';
import { notebookKind } from '../roomkind';
import { AnodeRooms } from '../rooms';

const FILE: Contents.IModel = {
  name: 'n.ipynb',
  path: 'n.ipynb',
  type: 'notebook',
  writable: true,
  created: '2026-01-01T00:00:00Z',
  last_modified: '2026-01-01T00:00:00Z',
  mimetype: '',
  content: null,
  format: null
};

class Drive {
  gets: unknown[] = [];
  saves: unknown[] = [];

  get = (path: string, options?: Contents.IFetchOptions) => {
    this.gets.push(options);
    const content = options?.content
      ? { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 }
      : null;
    return Promise.resolve({ ...FILE, path, content });
  };

  save = (path: string, options: unknown) => {
    this.saves.push(options);
    return Promise.resolve({ ...FILE, path });
  };
}

class Manager {
  fileChanged = new Signal<this, Contents.IChangedArgs>(this);
  localPath = (path: string) => path.replace(/^.*:/, '');
  driveName = (path: string) => (path.includes(':') ? path.split(':')[0]! : '');
}

const rooms: AnodeRooms[] = [];

function setup() {
  const room = new Room();
  const drive = new Drive();
  const contents = new Manager();
  const api = {
    fails: null as Error | null,
    exportFails: null as Error | null,
    exports: 0,
    reloads: 0,
    open: (path: string) =>
      api.fails
        ? Promise.reject(api.fails)
        : Promise.resolve({
            id: 'notebook',
            path,
            lineage: room.lineage,
            seq: 1,
            role: 'owner'
          }),
    export: () => {
      api.exports++;
      return api.exportFails
        ? Promise.reject(api.exportFails)
        : Promise.resolve({ seq: 9, exported_seq: 9, path: 'n.ipynb' });
    },
    reload: () => {
      api.reloads++;
      return Promise.resolve({ seq: 10, exported_seq: 10 });
    },
    roomUrl: () => 'ws://room'
  };
  const all = new AnodeRooms({
    kind: notebookKind({
      disableDocumentWideUndoRedo: () => true,
      storage: null
    }),
    api: api as unknown as NotebooksApi,
    executions: api as unknown as ExecutionsApi,
    contents: contents as unknown as Contents.IManager,
    timers: new ManualTimers(),
    openSocket: room.openSocket,
    isWatched: () => true,
    trans: nullTranslator.load(''),
    serverState: { ready: true, reason: '', disabled: false },
    storage: null,
    copies: null,
    identity: () => Promise.resolve({ username: 'ada' }),
    autosave: { value: () => Promise.resolve(true) } as Autosave
  });
  rooms.push(all);
  const provider = new AnodeContentProvider(
    drive as unknown as Contents.IDrive,
    all
  );
  const create = (path = 'n.ipynb') =>
    provider.sharedModelFactory.createNew({
      path,
      format: 'json',
      contentType: 'notebook',
      collaborative: true
    }) as AnodeNotebook;
  return { room, drive, contents, api, all, provider, create };
}

/**
 * What JupyterLab asks when it opens a notebook.
 */
const OPEN: Contents.IFetchOptions = {
  type: 'notebook',
  content: true,
  hash: true,
  format: 'json',
  contentProviderId: 'anode'
};

/**
 * What it asks before and after it saves.
 */
const CHECK: Contents.IFetchOptions = {
  content: false,
  hash: true,
  contentProviderId: 'anode'
};

afterEach(() => {
  rooms.splice(0).forEach(all => all.dispose());
});

describe('a notebook with a room', () => {
  it('opens without its content being fetched', async () => {
    const { provider, create, drive, all } = setup();
    const notebook = create();
    const model = await provider.get('n.ipynb', OPEN);
    expect(model.content).toBeNull();
    expect(model.writable).toBe(true);
    expect(drive.gets).toEqual([{ content: false }]);
    expect(all.get('n.ipynb')).toBe(all.forModel(notebook));
    expect(all.hasConnections).toBe(true);
    expect(notebook.awareness.getLocalState()).toMatchObject({
      user: { username: 'ada' }
    });
  });

  it('never looks changed on disk when it is saved', async () => {
    const { provider, create, api } = setup();
    create();
    const opened = await provider.get('n.ipynb', OPEN);
    const before = await provider.get('n.ipynb', CHECK);
    expect(before).toEqual(opened);
    await provider.save('n.ipynb', { type: 'notebook', format: 'json' });
    expect(api.exports).toBe(1);
    expect((await provider.get('n.ipynb', CHECK)).hash).toBeUndefined();
  });

  it('tells a failed save without a dialog of JupyterLab', async () => {
    const { provider, create, api } = setup();
    create();
    await provider.get('n.ipynb', OPEN);
    const told: ISaveFailure[] = [];
    provider.saveFailed.connect((_, failure) => told.push(failure));
    api.exportFails = new ApiError(409, 'file_changed_outside', 'x', 'y');
    await expect(provider.save('n.ipynb', {})).rejects.toMatchObject({
      name: 'ModalCancelError'
    });
    expect(told).toMatchObject([{ error: api.exportFails }]);
  });

  it('takes the file in when JupyterLab reloads from disk', async () => {
    const { provider, create, api } = setup();
    create();
    await provider.get('n.ipynb', OPEN);
    expect(api.reloads).toBe(0);
    await provider.get('n.ipynb', OPEN);
    expect(api.reloads).toBe(1);
  });

  it('is not writable for a reader', async () => {
    const { provider, create, room } = setup();
    room.role = 'reader';
    create();
    expect((await provider.get('n.ipynb', OPEN)).writable).toBe(false);
  });

  it('is found under its new name after a rename in this page', async () => {
    const { provider, create, contents, all, drive } = setup();
    create('folder/n.ipynb');
    await provider.get('folder/n.ipynb', OPEN);
    contents.fileChanged.emit({
      type: 'rename',
      oldValue: { path: 'folder' },
      newValue: { path: 'other' }
    });
    expect(all.get('folder/n.ipynb')).toBeNull();
    const model = await provider.get('other/n.ipynb', CHECK);
    expect(model).toMatchObject({ path: 'other/n.ipynb', name: 'n.ipynb' });
    expect(drive.gets).toHaveLength(1);
  });

  it('is not taken for one of another drive', async () => {
    const { provider, create, contents, all } = setup();
    create('folder/n.ipynb');
    await provider.get('folder/n.ipynb', OPEN);
    expect(all.get('other:folder/n.ipynb')).toBeNull();
    contents.fileChanged.emit({
      type: 'rename',
      oldValue: { path: 'other:folder' },
      newValue: { path: 'other:elsewhere' }
    });
    expect(all.get('folder/n.ipynb')).not.toBeNull();
  });

  it('tells JupyterLab of a rename by somebody else, and of a written file', async () => {
    const { provider, create, room } = setup();
    create();
    await provider.get('n.ipynb', OPEN);
    const heard: Contents.IChangedArgs[] = [];
    provider.fileChanged.connect((_, change) => heard.push(change));
    const events = [
      {
        seq: 5,
        name: 'v1.Exported',
        data: { upto: 4 },
        time: '2026-11-22T10:00:00.000Z'
      },
      { seq: 6, name: 'v1.PathChanged', data: { new_path: 'm.ipynb' } }
    ];
    const body = new TextEncoder().encode(JSON.stringify(events));
    room.last.give(Uint8Array.of(18, ...body));
    await settled();
    expect(heard).toMatchObject([
      {
        type: 'rename',
        oldValue: { path: 'n.ipynb' },
        newValue: { path: 'm.ipynb', name: 'm.ipynb' }
      },
      {
        type: 'save',
        newValue: { path: 'm.ipynb', last_modified: '2026-11-22T10:00:00.000Z' }
      }
    ]);
  });
});

describe('a notebook that another server has open', () => {
  it('is read through core, and not written', async () => {
    const { provider, create, drive, api, all } = setup();
    const added = jest.fn();
    all.added.connect(added);
    api.fails = new ApiError(423, 'held_elsewhere', 'open in x', '');
    const notebook = create();
    const model = await provider.get('n.ipynb', OPEN);
    // JupyterLab is not to fill the model: that would be a write.
    expect(model.content).toBeNull();
    expect(model.writable).toBe(true);
    expect(notebook.access).toBe('read');
    expect(added).toHaveBeenCalledTimes(1);
    const told: ISaveFailure[] = [];
    provider.saveFailed.connect((_, failure) => told.push(failure));
    await expect(provider.save('n.ipynb', {})).rejects.toMatchObject({
      name: 'ModalCancelError'
    });
    expect(told).toMatchObject([{ error: api.fails }]);
    expect(drive.saves).toEqual([]);
    // "Reload from Disk" reads the file again.
    await provider.get('n.ipynb', OPEN);
    expect(api.reloads).toBe(0);
  });
});

describe('a file without a room', () => {
  it('is loaded and saved by core', async () => {
    const { provider, create, drive, api, all } = setup();
    const left = jest.fn();
    all.leftToCore.connect(left);
    api.fails = new ApiError(400, 'not_a_notebook', 'nbformat 3', '');
    create();
    const model = await provider.get('n.ipynb', OPEN);
    expect(model.content).toMatchObject({ cells: [] });
    expect(drive.gets.at(-1)).toEqual({
      type: 'notebook',
      content: true,
      hash: true,
      format: 'json'
    });
    expect(left).toHaveBeenCalledTimes(1);
    await provider.save('n.ipynb', { type: 'notebook', format: 'json' });
    expect(drive.saves).toEqual([{ type: 'notebook', format: 'json' }]);
    await provider.get('n.ipynb', CHECK);
    expect(drive.gets.at(-1)).toEqual({ content: false, hash: true });
  });

  it('that is no notebook gets no shared model', () => {
    const { provider } = setup();
    expect(
      provider.sharedModelFactory.createNew({
        path: 'n.txt',
        format: 'text',
        contentType: 'file'
      })
    ).toBeUndefined();
  });

  it('that nobody opened goes to core', async () => {
    const { provider, drive } = setup();
    await provider.get('other.ipynb', CHECK);
    expect(drive.gets).toEqual([{ content: false, hash: true }]);
  });
});
