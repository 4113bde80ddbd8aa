// One connection to a room as a state machine: frames in, frames out, no I/O and no timers.

import * as awarenessProtocol from 'y-protocols/awareness';
import * as Y from 'yjs';

import type { ICondition, IEnvelope, IStreamPiece, Role } from '../tokens';
import type { IBundle } from './bundles';
import { after, bundles } from './bundles';
import * as frames from './frames';
import type { IHello, ServerFrame } from './frames';
import type { Ledger } from './ledger';
import type { IRunsWire } from './runswire';

/**
 * Whoever sent nothing for this long says so (PROTOCOL: 15 s).
 */
const PING_AFTER_MS = 15_000;

/**
 * A line that was silent for this long is probed, while somebody looks or changes are on their way.
 * With PATIENCE_MS: a dead one is known within 10 s.
 */
const PROBE_AFTER_MS = 4_000;

/**
 * The same while nobody looks. The server says something every 15 s, so a living line is not probed.
 */
const UNWATCHED_PROBE_AFTER_MS = 40_000;

/**
 * A probe that stays unanswered for so long is followed by a step1: a server whose disk is slow
 * acknowledges late, but tells at once that it is there when it is asked for the document.
 */
const ASK_AFTER_MS = 2_500;

/**
 * A Yjs update with neither structs nor deletions: the server acknowledges it, and that is all.
 */
const NO_CHANGE = Uint8Array.of(0, 0);

/**
 * How long a probe may stay without any answer.
 */
const PATIENCE_MS = 5_000;

/**
 * The same while the server cannot answer at once: it opens the notebook, sends a large document,
 * or waits for its disk.
 */
const LONG_PATIENCE_MS = 45_000;

/**
 * What a session works on and talks to.
 */
export interface ISessionOptions {
  readonly doc: Y.Doc;
  readonly awareness: awarenessProtocol.Awareness;
  readonly ledger: Ledger;

  /**
   * The lineage of what is in `doc`; null when it holds nothing of the server's.
   */
  readonly lineage: string | null;

  /**
   * The origin of transactions that apply what the server sent.
   */
  readonly origin: object;

  /**
   * Put a frame on the line.
   */
  send(frame: Uint8Array): void;

  /**
   * Bytes that are on their way out.
   */
  buffered(): number;
}

/**
 * What a session tells.
 */
export interface ISessionListener {
  onHello(hello: IHello): void;

  /**
   * The document holds all that the server had; it can be shown.
   */
  onSynced(): void;

  /**
   * The standing of own changes moved.
   *
   * @param seq - the server's head when it was an acknowledgement.
   */
  onProgress(seq: number | null): void;

  /**
   * A change of somebody else was applied that is newer than the server's greeting.
   */
  onRemoteChange(): void;
  onEvents(events: readonly IEnvelope[]): void;

  /**
   * The state at a moment; events that follow go on from there.
   */
  onState(state: IRunsWire): void;

  /**
   * The assistant says something; the whole of it comes as an event.
   */
  onStream(piece: IStreamPiece): void;
  onNotice(conditions: readonly ICondition[], role: Role | null): void;
  onDenied(code: string, message: string): void;
  onOtherLineage(): void;
}

/**
 * One connection, from opening to closing.
 *
 * It asks for what it misses (step1) without waiting, answers the server's step1 with all that is
 * not acknowledged, change by change, and only then sends what is new; so nothing can arrive with
 * a gap before it.
 */
export class Session {
  constructor(
    private readonly _options: ISessionOptions,
    private readonly _listener: ISessionListener
  ) {}

  /**
   * Whether both sides had all of each other's changes once, and the server made ours durable.
   */
  get isLive(): boolean {
    return (
      this._synced &&
      this._answer !== null &&
      this._options.ledger.acked >= this._answer
    );
  }

  /**
   * The server's greeting, once it came.
   */
  get hello(): IHello | null {
    return this._hello;
  }

  /**
   * The line is open.
   *
   * @param now - milliseconds of a clock that does not jump.
   */
  open(now: number): void {
    this._heardAt = now;
    this._spokeAt = now;
    this._ask();
  }

  /**
   * A frame came in.
   *
   * @throws an error when it is not valid.
   */
  receive(data: Uint8Array): void {
    this._heard = true;
    this._handle(frames.decode(data));
  }

  /**
   * A change was made here; it is already in the ledger.
   */
  change(update: Uint8Array): void {
    if (this._answer === null) {
      // It is part of the answer to the server's step1.
      return;
    }
    this._sendChanges({ update, changes: this._options.ledger.take() });
  }

  /**
   * Presence changed here.
   */
  presence(update: Uint8Array): void {
    if (this._hello) {
      this._send(frames.awareness(update));
    }
  }

  /**
   * Time passed: keep the line alive and find out whether it is.
   *
   * @param now - milliseconds of a clock that does not jump.
   * @param slow - whether the server is known to be waiting for its disk.
   * @param watched - whether somebody looks.
   *
   * @returns false when the line is dead.
   */
  tick(now: number, slow: boolean, watched: boolean): boolean {
    if (this._spoke) {
      this._spoke = false;
      this._spokeAt = now;
    }
    const buffered = this._options.buffered();
    if (this._heard || buffered < this._buffered) {
      this._heard = false;
      this._heardAt = now;
      this._probedAt = null;
    }
    this._buffered = buffered;
    if (this._probedAt !== null) {
      const waited = now - this._probedAt;
      if (waited >= ASK_AFTER_MS && !this._asked) {
        this._asked = true;
        this._ask();
      }
      const patience = slow || !this._synced ? LONG_PATIENCE_MS : PATIENCE_MS;
      return waited < patience;
    }
    const isUrgent = watched || this._options.ledger.pending > 0;
    const silence = isUrgent ? PROBE_AFTER_MS : UNWATCHED_PROBE_AFTER_MS;
    if (now - this._heardAt >= silence) {
      this._probedAt = now;
      this._asked = !this._synced;
      this._probe();
    } else if (now - this._spokeAt >= PING_AFTER_MS) {
      this._send(frames.ping());
    }
    return true;
  }

  /**
   * Send what is answered cheaply: a step1 may bring all deletions each time.
   */
  private _probe(): void {
    if (this._synced) {
      this._options.ledger.frame();
      this._send(frames.update(NO_CHANGE));
    } else {
      this._ask();
    }
  }

  private _ask(): void {
    this._send(frames.step1(Y.encodeStateVector(this._options.doc)));
  }

  private _handle(frame: ServerFrame): void {
    switch (frame.type) {
      case 'hello':
        this._greet(frame.hello);
        break;
      case 'step1':
        this._reply(frame.vector);
        break;
      case 'step2':
      case 'update':
        this._take(frame);
        break;
      case 'awareness':
        awarenessProtocol.applyAwarenessUpdate(
          this._options.awareness,
          frame.update,
          this._options.origin
        );
        break;
      case 'ack':
        this._options.ledger.ack(frame.n);
        this._listener.onProgress(frame.seq);
        break;
      case 'events':
        this._listener.onEvents(frame.events);
        break;
      case 'state':
        this._listener.onState(frame.state);
        break;
      case 'stream':
        this._listener.onStream(frame.piece);
        break;
      case 'notice':
        this._listener.onNotice(frame.conditions, frame.role);
        break;
      case 'denied':
        this._listener.onDenied(frame.code, frame.message);
        break;
      case 'other':
        break;
    }
  }

  private _greet(hello: IHello): void {
    const { lineage, awareness } = this._options;
    if (lineage !== null && hello.lineage !== lineage) {
      this._listener.onOtherLineage();
      return;
    }
    this._hello = hello;
    this._listener.onHello(hello);
    const local = awareness.getLocalState();
    if (local) {
      // Setting it raises its clock above what the server may remember; the provider sends it.
      awareness.setLocalState(local);
    }
  }

  /**
   * Tell the server what it lacks: own changes one by one, as if they had been made just now, then
   * all else. In one update of them all nobody could see in which order they were made, and text
   * of cells that were moved or retyped meanwhile would not find its place.
   */
  private _reply(vector: Uint8Array): void {
    const { doc, ledger } = this._options;
    ledger.recall();
    const changes = ledger.take();
    bundles(changes).forEach(bundle => {
      this._sendChanges(bundle);
    });
    ledger.frame();
    this._answer ??= ledger.sent;
    const rest = Y.encodeStateAsUpdate(doc, after(vector, changes));
    this._send(frames.step2(rest));
    this._listener.onProgress(null);
    for (const frame of this._early.splice(0)) {
      this._take(frame);
    }
  }

  /**
   * Take a change in, but not before our own were handed over: with a cell that others moved
   * meanwhile, Yjs would drop what was typed in it here.
   */
  private _take(frame: ServerFrame & { type: 'step2' | 'update' }): void {
    if (this._answer === null) {
      this._early.push(frame);
      return;
    }
    this._apply(frame.update);
    if (frame.type === 'step2' && !this._synced) {
      this._synced = true;
      this._listener.onSynced();
      this._listener.onProgress(null);
    }
  }

  private _apply(update: Uint8Array): void {
    const { doc, origin } = this._options;
    let changed = false;
    const note = ({ changed: types }: Y.Transaction) => {
      // What the server notes about the file in `state` is not the notebook's content.
      changed ||= [...types.keys()].some(type => rootOf(type) !== state);
    };
    const state: unknown = doc.getMap('state');
    doc.on('afterTransaction', note);
    try {
      Y.applyUpdate(doc, update, origin);
    } finally {
      doc.off('afterTransaction', note);
    }
    if (changed && this._synced) {
      this._listener.onRemoteChange();
    }
  }

  private _sendChanges({ update, changes }: IBundle): void {
    const limit = this._hello?.limits?.update ?? Infinity;
    this._options.ledger.frame(changes);
    this._send(
      update.byteLength > limit ? frames.step2(update) : frames.update(update)
    );
  }

  private _send(frame: Uint8Array): void {
    this._spoke = true;
    this._options.send(frame);
  }

  private _hello: IHello | null = null;
  private _synced = false;
  private _answer: number | null = null;
  private readonly _early: (ServerFrame & { type: 'step2' | 'update' })[] = [];
  private _heard = false;
  private _heardAt = 0;
  private _spoke = false;
  private _spokeAt = 0;
  private _probedAt: number | null = null;
  private _asked = false;
  private _buffered = 0;
}

function rootOf(type: unknown): unknown {
  const { parent } = type as Y.AbstractType<unknown>;
  return parent === null ? type : rootOf(parent);
}
