// Which sync state a notebook shows, without any view.

import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IPathSource } from '../sync/follow';
import { ConnectionFollower } from '../sync/follow';
import type { IAnodeRooms, INotebookConnection, ISyncState } from '../tokens';

/**
 * For how long "Saving" stays after the last acknowledgement, so that the word does not blink
 * with every keystroke. It may come late, "Saved" never comes early.
 */
export const CALM_MS = 400;

/**
 * Follows the connection of one notebook panel.
 */
export class SyncModel implements IDisposable {
  constructor(rooms: IAnodeRooms, source: IPathSource) {
    this._follower = new ConnectionFollower(rooms, source);
    this._follower.changed.connect(this._onConnection, this);
    this._listen();
  }

  /**
   * Emitted when anything that is shown changed.
   */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /**
   * The notebook's connection; null while core is in charge of it.
   */
  get connection(): INotebookConnection | null {
    return this._follower.connection;
  }

  /**
   * The true state at this moment; null without a connection.
   */
  get state(): ISyncState | null {
    return this.connection?.sync ?? null;
  }

  /**
   * The state in words for people: the true one, save that "saving" is held for a moment.
   */
  get calmState(): ISyncState | null {
    return this._held && this.state?.kind === 'saved' ? this._held : this.state;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._follower.dispose();
    window.clearTimeout(this._timer);
    Signal.clearData(this);
  }

  private _onConnection(
    _: ConnectionFollower,
    old: INotebookConnection | null
  ): void {
    if (old) {
      old.syncChanged.disconnect(this._onSync, this);
      old.conditionsChanged.disconnect(this._emit, this);
      old.mergedChanged.disconnect(this._emit, this);
      old.recoveredChanged.disconnect(this._emit, this);
    }
    this._held = null;
    this._listen();
    this._emit();
  }

  private _listen(): void {
    const connection = this.connection;
    if (connection) {
      connection.syncChanged.connect(this._onSync, this);
      connection.conditionsChanged.connect(this._emit, this);
      connection.mergedChanged.connect(this._emit, this);
      connection.recoveredChanged.connect(this._emit, this);
    }
  }

  private _onSync(_: INotebookConnection, state: ISyncState): void {
    window.clearTimeout(this._timer);
    if (state.kind === 'saving') {
      this._held = state;
    } else if (state.kind === 'saved' && this._held) {
      this._timer = window.setTimeout(() => {
        this._held = null;
        this._emit();
      }, CALM_MS);
    } else {
      this._held = null;
    }
    this._emit();
  }

  private _emit(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _follower: ConnectionFollower;
  private _held: ISyncState | null = null;
  private _timer: number | undefined;
  private _isDisposed = false;
}
