// A room, a network and a clock in one process: what the provider is tested against.

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import * as Y from 'yjs';

import * as frames from '../frames';
import type { ISocket, ISocketListener, OpenSocket } from '../socket';
import type { ITimers } from '../timers';

/**
 * A clock that goes when it is told to.
 */
export class ManualTimers implements ITimers {
  now = () => this._now;
  date = () => 1_700_000_000_000 + this._now;
  random = () => 0;

  after(ms: number, then: () => void): IDisposable {
    const entry = { due: this._now + ms, then };
    this._entries.add(entry);
    return new DisposableDelegate(() => {
      this._entries.delete(entry);
    });
  }

  /**
   * Let time pass; what falls due is done in order.
   */
  async pass(ms: number): Promise<void> {
    const end = this._now + ms;
    for (;;) {
      const due = [...this._entries]
        .filter(entry => entry.due <= end)
        .sort((a, b) => a.due - b.due)[0];
      if (!due) {
        break;
      }
      this._now = due.due;
      this._entries.delete(due);
      due.then();
      await settled();
    }
    this._now = end;
    await settled();
  }

  private _now = 0;
  private readonly _entries = new Set<{ due: number; then: () => void }>();
}

/**
 * Let promises that are due run.
 */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await Promise.resolve();
  }
}

function json(type: number, value: unknown): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return Uint8Array.of(type, ...body);
}

/**
 * One connection as the room sees it.
 */
export class Peer implements ISocket {
  constructor(
    readonly url: string,
    private readonly _listener: ISocketListener,
    private readonly _room: Room
  ) {}

  buffered = 0;
  isOpen = false;

  /**
   * Frames that came from the client, as numbers of their first two bytes.
   */
  readonly received: string[] = [];

  /**
   * The updates in them, those of answers too.
   */
  readonly updates: Uint8Array[] = [];

  send(frame: Uint8Array): void {
    if (this.isOpen) {
      this._room.receive(this, frame);
    }
  }

  close(): void {
    this.isOpen = false;
  }

  open(): void {
    this.isOpen = true;
    this._listener.onOpen();
  }

  give(frame: Uint8Array): void {
    if (this.isOpen) {
      this._listener.onFrame(frame);
    }
  }

  hangUp(code: number, reason = ''): void {
    if (this.isOpen) {
      this.isOpen = false;
      this._listener.onClose(code, reason);
    }
  }

  refuse(): void {
    this._listener.onClose(1006, '');
  }
}

/**
 * A room with a real document, as PROTOCOL describes it. Acknowledgements wait until they are told
 * to come, so that what happens before can be looked at.
 */
export class Room {
  doc = new Y.Doc();
  readonly peers: Peer[] = [];
  lineage = 'first';
  role = 'owner';

  /**
   * Whether frames are acknowledged at once.
   */
  isQuick = true;

  /**
   * Whether nothing is answered at all.
   */
  isSilent = false;

  /**
   * Whether connections are refused.
   */
  isDown = false;

  /**
   * Whether it does not ask for anything by itself.
   */
  isLate = false;
  limits = { update: 1000, step2: 100_000 };

  readonly openSocket: OpenSocket = (url, listener) => {
    const peer = new Peer(url, listener, this);
    this.peers.push(peer);
    void Promise.resolve().then(() => {
      if (this.isDown) {
        peer.refuse();
        return;
      }
      this._counted = 0;
      const early: Uint8Array[] = [];
      this._early = early;
      peer.open();
      this._early = null;
      this._greet(peer);
      early.forEach(frame => {
        peer.send(frame);
      });
    });
    return peer;
  };

  get last(): Peer {
    return this.peers.at(-1)!;
  }

  /**
   * Somebody else changes the document.
   */
  change(f: (doc: Y.Doc) => void): void {
    const before = Y.encodeStateVector(this.doc);
    f(this.doc);
    const update = Y.encodeStateAsUpdate(this.doc, before);
    this.last.give(frames.update(update));
  }

  /**
   * Forget everything, as if the store was lost or a change was never taken.
   */
  revert(fill: (room: Room) => void): void {
    this.doc = new Y.Doc();
    fill(this);
  }

  /**
   * Ask for what is missing here.
   */
  ask(): void {
    this.last.give(frames.step1(Y.encodeStateVector(this.doc)));
  }

  /**
   * Everything that came is durable now.
   *
   * @param didNothing - whether it changed nothing, so that nothing was logged.
   */
  acknowledge(didNothing = false): void {
    this._seq += didNothing ? 0 : 1;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 17);
    encoding.writeVarUint(encoder, this._counted);
    encoding.writeVarUint(encoder, this._seq);
    this.last.give(encoding.toUint8Array(encoder));
  }

  receive(peer: Peer, frame: Uint8Array): void {
    if (this._early) {
      // The greeting is the first frame of all.
      this._early.push(frame);
      return;
    }
    const decoder = decoding.createDecoder(frame);
    const type = decoding.readVarUint(decoder);
    if (type !== 0) {
      peer.received.push(String(type));
      return;
    }
    const kind = decoding.readVarUint(decoder);
    peer.received.push(['step1', 'step2', 'update'][kind]!);
    if (this.isSilent) {
      return;
    }
    const payload = decoding.readVarUint8Array(decoder);
    if (kind === 0) {
      peer.give(frames.step2(Y.encodeStateAsUpdate(this.doc, payload)));
      return;
    }
    this._counted++;
    peer.updates.push(payload);
    Y.applyUpdate(this.doc, payload);
    if (this.isQuick) {
      this.acknowledge();
    }
  }

  private _greet(peer: Peer): void {
    peer.give(
      json(16, {
        id: 'notebook',
        lineage: this.lineage,
        seq: this._seq,
        role: this.role,
        client: this.peers.length,
        limits: this.limits
      })
    );
    if (!this.isSilent && !this.isLate) {
      this.ask();
    }
  }

  private _early: Uint8Array[] | null = null;
  private _counted = 0;
  private _seq = 1;
}
