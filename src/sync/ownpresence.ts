// Presence on a line that comes and goes: one's own state goes out, the others' go with the line.

import type { IDisposable } from '@lumino/disposable';
import type { Awareness } from 'y-protocols/awareness';
import {
  encodeAwarenessUpdate,
  removeAwarenessStates
} from 'y-protocols/awareness';

import type { ITimers } from './timers';

/**
 * The least time between two words about oneself: 20 a second look like one motion, and each goes to
 * everybody.
 */
const PAUSE_MS = 50;

/**
 * Sends what this browser says about its person whenever that changes: the first change at once, what
 * follows closely as one.
 */
export class OwnPresence implements IDisposable {
  /**
   * @param _origin - the origin of updates that came over the line, which are not sent back.
   */
  constructor(
    private readonly _awareness: Awareness,
    private readonly _origin: object,
    private readonly _timers: ITimers,
    private readonly _send: (update: Uint8Array) => void
  ) {
    _awareness.on('update', this._onUpdate);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * The line is gone, and with it what it told about others.
   */
  forgetOthers(): void {
    const { clientID } = this._awareness;
    const clients = [...this._awareness.getStates().keys()];
    const others = clients.filter(client => client !== clientID);
    removeAwarenessStates(this._awareness, others, this._origin);
  }

  dispose(): void {
    this._isDisposed = true;
    this._due?.dispose();
    this._awareness.off('update', this._onUpdate);
  }

  private readonly _onUpdate = (
    changes: { added: number[]; updated: number[]; removed: number[] },
    origin: unknown
  ): void => {
    const { clientID } = this._awareness;
    const { added, updated, removed } = changes;
    const isOwn = [...added, ...updated, ...removed].includes(clientID);
    if (origin === this._origin || !isOwn) {
      return;
    }
    const rest = this._saidAt + PAUSE_MS - this._timers.now();
    if (rest <= 0 || removed.includes(clientID)) {
      this._say();
    } else {
      this._due ??= this._timers.after(rest, () => {
        this._say();
      });
    }
  };

  private _say(): void {
    this._due?.dispose();
    this._due = null;
    this._saidAt = this._timers.now();
    const { clientID } = this._awareness;
    this._send(encodeAwarenessUpdate(this._awareness, [clientID]));
  }

  private _due: IDisposable | null = null;
  private _saidAt = -Infinity;
  private _isDisposed = false;
}
