// How a connection stands: what it may do, what it shows of itself, and whether anything may be lost.

import type { Provider } from '../sync/provider';
import { syncState } from '../sync/state';
import type { ISyncState } from '../tokens';
import type { Absence, IMoment } from './absence';
import type { DirtyMark } from './dirt';
import { ConnectionFacts } from './facts';
import type { KeptCopy } from './keptcopy';
import type { IConnectionOptions } from './opening';
import type { IRefusal } from './refusal';
import type { SharedRoot } from './root';
import type { StandIn } from './standin';
import { AnodeFile } from './textfile';

/**
 * The judgement of a connection on itself.
 */
export abstract class ConnectionStanding<
  M extends SharedRoot = SharedRoot
> extends ConnectionFacts<M> {
  constructor(
    model: M,
    path: string,
    private readonly _tools: IConnectionOptions<M>
  ) {
    super(model, path, _tools);
  }

  /**
   * Whether there is a room to talk to, now or again later.
   */
  get hasRoom(): boolean {
    return this._wasSynced;
  }

  /**
   * Whether another server has the notebook, so that nobody writes to it here.
   */
  get isHeld(): boolean {
    return this._standIn.error !== null;
  }

  /**
   * Whether this browser keeps what is changed here.
   */
  get isKept(): boolean {
    return this._kept.isKept;
  }

  /**
   * The file as the contents API describes it, without content; null when it is not known.
   */
  get file(): unknown {
    return this._kept.file;
  }

  /**
   * The contents API described the file.
   */
  noteFile(file: unknown): void {
    this._kept.file = file;
  }

  /**
   * The page may go away: write what is to be kept.
   */
  keepNow(): void {
    this._kept.write();
  }

  get isUnderWay(): boolean {
    const { pending, phase } = this._provider;
    return pending > 0 && (phase === 'live' || phase === 'syncing');
  }

  protected grant(): void {
    this.model.access = this.mayWrite ? 'write' : 'read';
  }

  protected get mayWrite(): boolean {
    return this._role !== 'reader';
  }

  protected judge(before: ISyncState): ISyncState {
    const { timers, trans } = this._tools;
    const { phase, pending, lastAck } = this._provider;
    const standing = {
      isText: this.model instanceof AnodeFile,
      phase,
      pending,
      lastAck,
      role: this.role,
      wasSynced: this._wasSynced,
      conditions: this.conditions,
      refusal: this._refusal,
      isKept: this.isKept,
      heldBy: this._standIn.holder(trans),
      mayTakeOver: this._standIn.mayTakeOver
    };
    return syncState(standing, before, timers.date(), trans);
  }

  /**
   * Something may have changed: tell everybody.
   */
  protected update(): void {
    if (this.isDisposed) {
      return;
    }
    if (this._wasSynced) {
      const isUnsaved = this._provider.pending > 0 && !this.isKept;
      const isBehind = !this._autosave && this._progress.isBehind;
      this._dirt.set(this.mayWrite && isUnsaved, this.mayWrite && isBehind);
    }
    this.announce();
  }

  protected get moment(): IMoment {
    return { seq: this._progress.seq, settled: this._provider.settled };
  }

  /**
   * Everything was exchanged: tell it when the server had been away.
   */
  protected async sumUp(): Promise<void> {
    const now = this._tools.timers.date();
    const account = await this._absence.end(
      this.notebookId,
      this.moment,
      this.username,
      now
    );
    if (account && !this.isDisposed) {
      this.setMerged(account);
    }
  }

  protected _provider!: Provider;
  protected _absence!: Absence;
  protected _dirt!: DirtyMark;
  protected _standIn!: StandIn;
  protected _kept!: KeptCopy;
  protected _wasSynced = false;
  protected _autosave = true;
  protected _refusal: IRefusal | null = null;
}
