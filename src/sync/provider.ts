// Keeps one document and its room together: connects, comes back, and keeps what is not acknowledged.

import type { IDisposable } from '@lumino/disposable';
import type * as Y from 'yjs';

import { NotReachedError } from '../api/errors';
import type { ICondition, IEnvelope, IStreamPiece, Role } from '../tokens';
import { waitBefore } from './backoff';
import { afterClose } from './closing';
import type { IHello } from './frames';
import type { IProviderHost, IProviderOptions, Phase } from './host';
import { Ledger } from './ledger';
import type { ILinkListener } from './link';
import { Link } from './link';
import { RESTORED, RESTORED_OWN } from './localcopy';
import { OwnPresence } from './ownpresence';
import type { IRunsWire } from './runswire';
import { Waiters } from './waiters';

/**
 * The rest that a server gets which finds us too fast.
 */
const SLOWLY_MS = 5_000;

/**
 * After so many attempts in a row that failed, the server is asked what became of the notebook.
 */
const ASK_AFTER_FAILURES = 2;

/**
 * The line between a document and its room, over all interruptions.
 */
export class Provider implements IDisposable, ILinkListener {
  constructor(
    private readonly _options: IProviderOptions,
    private readonly _host: IProviderHost
  ) {
    this._doc = _options.doc;
    this._doc.on('update', this._onUpdate);
    const { awareness, timers } = _options;
    this._presence = new OwnPresence(awareness, this, timers, update => {
      this._link?.presence(update);
    });
  }

  get phase(): Phase {
    return this._phase;
  }

  /**
   * Own changes that are not known to be durable.
   */
  get pending(): number {
    return this._ledger.pending;
  }

  /**
   * Own changes that became durable, in all.
   */
  get settled(): number {
    return this._ledger.settled;
  }

  /**
   * Attempts that failed since the last good connection.
   */
  get failures(): number {
    return this._failures;
  }

  /**
   * When the server last acknowledged a change, in milliseconds since the Unix epoch.
   */
  get lastAck(): number | null {
    return this._lastAck;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Connect, now.
   */
  connect(): void {
    if (this._isDisposed) {
      return;
    }
    this._hangUp();
    this._setPhase('connecting');
    this._dial().catch((error: unknown) => {
      console.error('anode: connecting failed', error);
      this._again();
    });
  }

  /**
   * Connect now, unless a line is open.
   */
  retry(): void {
    if (this._phase === 'waiting' || this._phase === 'stopped') {
      this._failures = 0;
      this.connect();
    }
  }

  /**
   * The network is known to be gone: do not wait to find out.
   */
  lost(): void {
    if (this._phase !== 'stopped') {
      this._again();
    }
  }

  /**
   * Stop for good reason; nothing is tried until asked.
   */
  stop(): void {
    this._hangUp();
    this._setPhase('stopped');
  }

  /**
   * Go on with another document, which holds nothing of the server's yet, from now on.
   */
  replace(doc: Y.Doc): void {
    this.adopt(doc);
    this.connect();
  }

  /**
   * Go on with another document, which holds nothing of the server's yet, at the next connection.
   *
   * What was pending is no longer this provider's care.
   */
  adopt(doc: Y.Doc): void {
    this._doc.off('update', this._onUpdate);
    this._doc = doc;
    this._doc.on('update', this._onUpdate);
    this._ledger.clear();
    this._lineage = null;
    this._failures = 0;
  }

  /**
   * The document was filled from a copy of this lineage.
   *
   * @param pending - own changes in it that the server may not have, in the order of making.
   */
  resume(lineage: string, pending: readonly Uint8Array[]): void {
    this._lineage = lineage;
    for (const update of pending) {
      this._ledger.change(update);
    }
    this._host.onProgress(null);
  }

  /**
   * Wait until all own changes made so far are durable.
   *
   * @throws NotReachedError when the line breaks before.
   */
  flush(): Promise<void> {
    const flushed = this._flushing.wait();
    this._settle();
    return flushed;
  }

  /**
   * The ordinal of the last frame, as ACK counts, if all own changes are on their way; null when
   * they are not, or there is no line.
   */
  get sent(): number | null {
    return this._isOpen && this._ledger.unsent === 0 ? this._ledger.sent : null;
  }

  /**
   * Wait until all own changes made so far are on their way.
   *
   * @returns the ordinal of the last frame, as ACK counts.
   *
   * @throws NotReachedError when there is no line.
   */
  sending(): Promise<number> {
    const sent = this._sending.wait();
    this._settle();
    return sent;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._doc.off('update', this._onUpdate);
    this._presence.dispose();
    this._hangUp();
    this._phase = 'stopped';
    this._settle();
  }

  onHello(hello: IHello): void {
    this._lineage = hello.lineage;
    this._setPhase('syncing');
    this._host.onHello(hello);
  }

  onSynced(): void {
    this._host.onSynced();
  }

  onProgress(seq: number | null): void {
    const { settled } = this._ledger;
    if (settled > this._settled) {
      this._settled = settled;
      this._lastAck = this._options.timers.date();
    }
    if (this._link?.isLive) {
      this._failures = 0;
      this._setPhase('live');
    }
    this._host.onProgress(seq);
    this._settle();
  }

  onRemoteChange(): void {
    this._host.onRemoteChange();
  }

  onEvents(events: readonly IEnvelope[]): void {
    this._host.onEvents(events);
  }

  onState(state: IRunsWire): void {
    this._host.onState(state);
  }

  onStream(piece: IStreamPiece): void {
    this._host.onStream(piece);
  }

  onNotice(conditions: readonly ICondition[], role: Role | null): void {
    this._host.onNotice(conditions, role);
  }

  onDenied(code: string, message: string): void {
    this._hangUp();
    this._host.onDenied(code, message);
  }

  onOtherLineage(): void {
    this._hangUp();
    this._host.onOtherLineage();
  }

  onEnd(code: number, reason: string): void {
    switch (afterClose(code)) {
      case 'again':
        this._again();
        break;
      case 'slowly':
        this._again(SLOWLY_MS);
        break;
      case 'identify':
        this._doubt = true;
        this._again();
        break;
      case 'replace':
        this.onOtherLineage();
        break;
      case 'stop':
        this.stop();
        this._host.onRefused(code, reason);
        break;
    }
  }

  private async _dial(): Promise<void> {
    const attempt = ++this._attempt;
    const doubt = this._doubt || this._failures >= ASK_AFTER_FAILURES;
    let url: string | null;
    try {
      url = await this._host.address(this._lineage, doubt);
    } catch {
      if (attempt === this._attempt) {
        this._again();
      }
      return;
    }
    if (attempt !== this._attempt || this._isDisposed) {
      return;
    }
    if (url === null) {
      this.stop();
      return;
    }
    this._doubt = false;
    this._link = new Link(
      {
        ...this._options,
        url,
        doc: this._doc,
        ledger: this._ledger,
        lineage: this._lineage,
        origin: this,
        isSlow: () => this._host.isSlow
      },
      this
    );
  }

  /**
   * The line is gone: come back later.
   */
  private _again(atLeastMs = 0): void {
    this._hangUp();
    if (this._isDisposed) {
      return;
    }
    const { timers } = this._options;
    const wait = waitBefore(this._failures++, timers.random());
    this._timer = timers.after(Math.max(wait, atLeastMs), () => {
      this.connect();
    });
    this._setPhase('waiting');
  }

  private _hangUp(): void {
    this._attempt++;
    this._timer?.dispose();
    this._timer = null;
    this._link?.dispose();
    this._link = null;
    this._ledger.disconnect();
    this._presence.forgetOthers();
  }

  private _setPhase(phase: Phase): void {
    if (phase !== this._phase) {
      this._phase = phase;
      this._host.onPhase(phase);
    }
    this._settle();
  }

  /**
   * Answer those who wait for `flush` and `sending`.
   */
  private _settle(): void {
    const { sent } = this;
    if (sent !== null) {
      this._sending.resolve(sent);
    }
    if (this._phase === 'live' && this.pending === 0) {
      this._flushing.resolve();
    } else if (this._phase === 'waiting' || this._phase === 'stopped') {
      this._flushing.reject(new NotReachedError(''));
      this._sending.reject(new NotReachedError(''));
    }
  }

  private get _isOpen(): boolean {
    return this._phase === 'live' || this._phase === 'syncing';
  }

  private readonly _onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this || origin === RESTORED || origin === RESTORED_OWN) {
      return;
    }
    this._ledger.change(update);
    this._link?.change(update);
    this._host.onProgress(null);
  };

  private _doc: Y.Doc;
  private _phase: Phase = 'stopped';
  private readonly _ledger = new Ledger();
  private readonly _presence: OwnPresence;
  private _lineage: string | null = null;
  private _link: Link | null = null;
  private _timer: IDisposable | null = null;
  private _attempt = 0;
  private _failures = 0;
  private _doubt = false;
  private _settled = 0;
  private _lastAck: number | null = null;
  private _isDisposed = false;
  private readonly _flushing = new Waiters<void>();
  private readonly _sending = new Waiters<number>();
}
