// The live notebooks of this page: makes shared models, finds connections, follows renames.

import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { ExecutionsApi } from '../api/executions';
import type { NotebooksApi } from '../api/notebooks';
import type { CopyStore } from '../sync/copystore';
import type { OpenSocket } from '../sync/socket';
import type { ITimers } from '../sync/timers';
import type { IAnodeRooms, INotebookConnection, IServerState } from '../tokens';
import type { Autosave } from './autosave';
import { NotebookConnection } from './connection';
import type { IRoomKind, RoomModel } from './roomkind';

/**
 * How long after the last change trust is remembered; writing it may hash large outputs.
 */
const REMEMBER_TRUST_MS = 2_000;

/**
 * What rooms are made with.
 */
export interface IRoomsOptions<M extends RoomModel = RoomModel> {
  readonly kind: IRoomKind<M>;
  readonly api: NotebooksApi;
  readonly executions: ExecutionsApi;
  readonly contents: Contents.IManager;
  readonly timers: ITimers;
  readonly openSocket: OpenSocket;
  isWatched(): boolean;
  readonly trans: TranslationBundle;
  readonly serverState: IServerState;
  readonly storage: Storage | null;

  /**
   * The copies of documents that this browser keeps; null when it keeps none.
   */
  readonly copies: CopyStore | null;

  /**
   * Who this is, as the server says.
   */
  identity(): Promise<Record<string, unknown>>;

  readonly autosave: Autosave;
}

/**
 * A document without a room, and why.
 */
export interface ILeftToCore {
  readonly path: string;
  readonly error: Error;
}

/**
 * The connections of the open documents of one kind.
 */
export class AnodeRooms<M extends RoomModel = RoomModel>
  implements IAnodeRooms, IDisposable
{
  constructor(private readonly _options: IRoomsOptions<M>) {
    _options.contents.fileChanged.connect(this._onFileChanged, this);
  }

  get serverState(): IServerState {
    return this._options.serverState;
  }

  get added(): ISignal<this, INotebookConnection> {
    return this._added;
  }

  get removed(): ISignal<this, INotebookConnection> {
    return this._removed;
  }

  /**
   * A notebook turned out to have no room: JupyterLab itself loads and saves it.
   */
  get leftToCore(): ISignal<this, ILeftToCore> {
    return this._leftToCore;
  }

  /**
   * The ids of the open notebooks that the server knows.
   */
  get notebookIds(): string[] {
    return [...this._connections.values()]
      .map(({ notebookId }) => notebookId)
      .filter(id => id !== '');
  }

  get hasConnections(): boolean {
    return [...this._connections.values()].some(({ hasRoom }) => hasRoom);
  }

  /**
   * Whether closing the page may lose changes.
   */
  get hasUnsaved(): boolean {
    return [...this._connections.values()].some(
      ({ sync, role, recovered, isKept }) =>
        (sync.pending > 0 && role !== 'reader' && !isKept) ||
        recovered.some(({ isLasting }) => !isLasting)
    );
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get(path: string): NotebookConnection<M> | null {
    const { contents } = this._options;
    if (contents.driveName(path) !== '') {
      return null;
    }
    const local = contents.localPath(path);
    for (const connection of this._connections.values()) {
      if (connection.path === local) {
        return connection;
      }
    }
    return null;
  }

  forModel(model: object): NotebookConnection<M> | null {
    return this._connections.get(model) ?? null;
  }

  /**
   * Make the shared model of a document and begin to connect it.
   *
   * @param path - contents path, with or without drive.
   */
  create(path: string): M {
    const options = this._options;
    const notebook = options.kind.create();
    const local = options.contents.localPath(path);
    const connection = new NotebookConnection({
      ...options,
      notebook,
      keeper: options.kind.keeper(notebook),
      path: local,
      autosave: () => options.autosave.value()
    });
    this._introduce(notebook);
    this._connections.set(notebook, connection);
    connection.syncChanged.connect(this._onSync, this);
    connection.disposed.connect(this._onDisposed, this);
    void connection.opened.then(opened => {
      if (opened.kind === 'core') {
        this._leftToCore.emit({ path: local, error: opened.error });
      } else {
        this._added.emit(connection);
      }
    });
    return notebook;
  }

  /**
   * Connect again to tell every room what it learns on connecting.
   */
  reconnect(): void {
    for (const connection of this._connections.values()) {
      connection.reconnect();
    }
  }

  /**
   * The browser knows that the network came or went.
   */
  setOnline(online: boolean): void {
    for (const connection of this._connections.values()) {
      if (online) {
        connection.retry();
      } else {
        connection.lost();
      }
    }
  }

  /**
   * The page goes away.
   */
  remember(): void {
    for (const connection of this._connections.values()) {
      connection.model.memory?.save();
      connection.keepNow();
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._trustTimer?.dispose();
    for (const connection of [...this._connections.values()]) {
      connection.dispose();
    }
    Signal.clearData(this);
  }

  private _introduce(notebook: M): void {
    this._options
      .identity()
      .then(user => {
        if (!notebook.isDisposed) {
          notebook.awareness.setLocalStateField('user', user);
          this._connections.get(notebook)?.runs.identify();
        }
      })
      .catch((error: unknown) => {
        console.warn('anode: the server does not say who you are', error);
      });
  }

  private _onSync(): void {
    this._trustTimer?.dispose();
    this._trustTimer = this._options.timers.after(REMEMBER_TRUST_MS, () => {
      this.remember();
    });
  }

  private _onDisposed(connection: NotebookConnection<M>): void {
    this._connections.delete(connection.model);
    this._removed.emit(connection);
  }

  private _onFileChanged(
    _: Contents.IManager,
    { type, oldValue, newValue }: Contents.IChangedArgs
  ): void {
    const from = oldValue?.path;
    const to = newValue?.path;
    if (type !== 'rename' || from === undefined || to === undefined) {
      return;
    }
    for (const connection of this._connections.values()) {
      const { path } = connection;
      if (path === from || path.startsWith(`${from}/`)) {
        connection.follow(to + path.slice(from.length));
      }
    }
  }

  private readonly _connections = new Map<object, NotebookConnection<M>>();
  private readonly _added = new Signal<this, INotebookConnection>(this);
  private readonly _removed = new Signal<this, INotebookConnection>(this);
  private readonly _leftToCore = new Signal<this, ILeftToCore>(this);
  private _trustTimer: IDisposable | null = null;
  private _isDisposed = false;
}
