// Follows which connection, if any, serves the notebook of one panel.

import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IAnodeRooms, INotebookConnection } from '../tokens';

/**
 * The part of a document context that is needed: where the notebook is.
 */
export interface IPathSource {
  readonly path: string;
  readonly pathChanged: ISignal<unknown, string>;
}

/**
 * The connection of the notebook at a path that may change, as rooms come and go.
 */
export class ConnectionFollower implements IDisposable {
  constructor(rooms: IAnodeRooms, source: IPathSource) {
    this._rooms = rooms;
    this._source = source;
    this._connection = rooms.get(source.path);
    rooms.added.connect(this._update, this);
    rooms.removed.connect(this._update, this);
    source.pathChanged.connect(this._update, this);
  }

  /**
   * Null while core is in charge of the notebook.
   */
  get connection(): INotebookConnection | null {
    return this._connection;
  }

  /**
   * Emitted with the connection that was followed before.
   */
  get changed(): ISignal<this, INotebookConnection | null> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private _update(): void {
    const connection = this._rooms.get(this._source.path);
    if (connection !== this._connection) {
      const old = this._connection;
      this._connection = connection;
      this._changed.emit(old);
    }
  }

  private readonly _rooms: IAnodeRooms;
  private readonly _source: IPathSource;
  private readonly _changed = new Signal<this, INotebookConnection | null>(
    this
  );
  private _connection: INotebookConnection | null;
  private _isDisposed = false;
}
