// A notebook with its connection to a simulated room, for tests.

import { YNotebook } from '@jupyter/ydoc';
import { nullTranslator } from '@jupyterlab/translation';
import * as Y from 'yjs';

import type { ExecutionsApi } from '../../api/executions';
import type { INotebook, IRoomQuery, NotebooksApi } from '../../api/notebooks';
import type { CopyStore } from '../../sync/copystore';
import { ManualTimers, Room, settled } from '../../sync/__tests__/simulation';
import { CellKeeper } from '../cellkeeper';
import { NotebookConnection } from '../connection';
import { AnodeNotebook } from '../notebook';

/**
 * What the notebook holds on the server.
 */
export const CELLS = [
  { id: 'a', cell_type: 'code', source: 'a = 1', metadata: {}, outputs: [] },
  { id: 'b', cell_type: 'markdown', source: 'words', metadata: {} }
];

/**
 * The routes, as far as a connection uses them.
 */
export class Api {
  constructor(private readonly _room: Room) {}

  autosave = false;
  storage: Storage | null = null;
  copies: CopyStore | null = null;
  fails: Error | null = null;
  exports: boolean[] = [];
  queries: IRoomQuery[] = [];
  exportFails: Error | null = null;

  /**
   * What the server calls the file, if not as it was asked for.
   */
  servedPath: string | null = null;

  /**
   * What was taken from another server, which lets it go.
   */
  takenOver: string[] = [];

  open = (path: string, takeOver = false): Promise<INotebook> => {
    if (takeOver) {
      this.takenOver.push(path);
      this.fails = null;
    }
    return this._opened(path);
  };

  private _opened = (path: string): Promise<INotebook> =>
    this.fails
      ? Promise.reject(this.fails)
      : Promise.resolve({
          id: 'notebook',
          path: this.servedPath ?? path,
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

/**
 * Put cells into the room's document.
 */
export function fill(room: Room, cells: object[] = CELLS): void {
  const source = YNotebook.create({ data: { cells: cells as never } });
  Y.applyUpdate(room.doc, Y.encodeStateAsUpdate(source.ydoc));
  source.dispose();
}

/**
 * The server sends a frame of JSON.
 */
export function tell(room: Room, type: number, value: unknown): void {
  const body = new TextEncoder().encode(JSON.stringify(value));
  room.last.give(Uint8Array.of(type, ...body));
}

const notebooks: AnodeNotebook[] = [];

/**
 * A notebook that begins to connect.
 */
export function setup(prepare?: (room: Room, api: Api) => void) {
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
    executions: api as unknown as ExecutionsApi,
    notebook,
    keeper: new CellKeeper(notebook),
    path: 'n.ipynb',
    timers,
    openSocket: room.openSocket,
    isWatched: () => true,
    storage: api.storage,
    copies: api.copies,
    trans: nullTranslator.load(''),
    autosave: () => Promise.resolve(api.autosave)
  });
  return { room, timers, api, notebook, connection };
}

/**
 * A notebook that is open.
 */
export async function open(prepare?: (room: Room, api: Api) => void) {
  const world = setup(prepare);
  expect(await world.connection.opened).toEqual({ kind: 'room' });
  await settled();
  return world;
}

/**
 * The texts of the cells.
 */
export function sources(notebook: {
  cells: { getSource(): string }[];
}): string[] {
  return notebook.cells.map(cell => cell.getSource());
}

afterEach(() => {
  notebooks.splice(0).forEach(notebook => notebook.dispose());
});
