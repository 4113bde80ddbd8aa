// Presence on a line that comes and goes: one's own state goes out, the others' go with the line.

import type { IDisposable } from '@lumino/disposable';
import type { Awareness } from 'y-protocols/awareness';
import {
  encodeAwarenessUpdate,
  removeAwarenessStates
} from 'y-protocols/awareness';

/**
 * Sends what this browser says about its person whenever that changes.
 */
export class OwnPresence implements IDisposable {
  /**
   * @param _origin - the origin of updates that came over the line, which are not sent back.
   */
  constructor(
    private readonly _awareness: Awareness,
    private readonly _origin: object,
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
    this._awareness.off('update', this._onUpdate);
  }

  private readonly _onUpdate = (
    changes: { added: number[]; updated: number[]; removed: number[] },
    origin: unknown
  ): void => {
    const { clientID } = this._awareness;
    const { added, updated, removed } = changes;
    const isOwn = [...added, ...updated, ...removed].includes(clientID);
    if (origin !== this._origin && isOwn) {
      this._send(encodeAwarenessUpdate(this._awareness, [clientID]));
    }
  };

  private _isDisposed = false;
}
