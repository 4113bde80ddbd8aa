// One open notebook and its room: what is known about it, and what a person can ask of it.

import { PromiseDelegate } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';

import { ApiError, NotReachedError } from '../api/errors';
import type { IHello } from '../sync/frames';
import type { IProviderHost, Phase } from '../sync/host';
import { Provider } from '../sync/provider';
import { syncState } from '../sync/state';
import type { ICondition, IEnvelope, ISyncState, Role } from '../tokens';
import { DirtyMark } from './dirt';
import { ConnectionFacts } from './facts';
import { FileWork } from './filework';
import { Lifeboat } from './lifeboat';
import type { IConnectionOptions, Opened } from './opening';
import type { IRefusal } from './refusal';
import type { SharedRoot } from './root';
import { refusalOfAnswer, refusalOfClose, TOO_LARGE } from './refusal';
import { isHeldElsewhere, StandIn } from './standin';

/**
 * After so many attempts in a row, a notebook that was never reached is left to JupyterLab itself.
 */
const ATTEMPTS_TO_OPEN = 4;

/**
 * The connection of one notebook.
 */
export class NotebookConnection<M extends SharedRoot = SharedRoot>
  extends ConnectionFacts<M>
  implements IProviderHost
{
  constructor(private readonly _options: IConnectionOptions<M>) {
    super(_options.notebook, _options.path, _options);
    const { notebook } = _options;
    this._lifeboat = new Lifeboat(notebook, _options.keeper);
    this._provider = new Provider(
      { ..._options, doc: notebook.ydoc, awareness: notebook.awareness },
      this
    );
    this._dirt = new DirtyMark(notebook, _options.timers);
    this._fileWork = new FileWork(_options, this._provider, this._progress);
    this._standIn = new StandIn(notebook, this._lifeboat, this._provider);
    notebook.disposed.connect(this.dispose, this);
    this._provider.connect();
  }

  /**
   * Settled when the notebook can be shown, or is left to JupyterLab itself.
   */
  get opened(): Promise<Opened> {
    return this._opened.promise;
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

  get isDisposed(): boolean {
    return this._provider.isDisposed;
  }

  /**
   * Show the file's content for reading, as long as another server holds the notebook.
   */
  showFile(content: unknown): void {
    if (this.isHeld && !this._wasSynced) {
      this._standIn.show(content);
    }
  }

  get isUnderWay(): boolean {
    const { pending, phase } = this._provider;
    return pending > 0 && (phase === 'live' || phase === 'syncing');
  }

  retry(): void {
    this._refusal = null;
    if (this.conditions.some(({ code }) => code.startsWith('file_not_'))) {
      this.exportNow().catch((error: unknown) => {
        console.warn('anode: the file could not be written', error);
      });
    }
    this._provider.retry();
    this._update();
  }

  async takeOver(): Promise<void> {
    await this._options.api.open(this.path, true);
    this.retry();
  }

  /**
   * The network is known to be gone.
   */
  lost(): void {
    this._provider.lost();
  }

  /**
   * Something that the room learns on connecting (the autosave setting) has changed.
   */
  reconnect(): void {
    if (this._provider.phase === 'live' || this._provider.phase === 'syncing') {
      this._provider.connect();
    }
  }

  sending(): Promise<number> {
    return this._provider.sending();
  }

  async exportNow(overwrite = false): Promise<void> {
    if (this._standIn.error) {
      throw this._standIn.error;
    }
    await this._fileWork.write(this.notebookId, overwrite);
    this._update();
  }

  async reloadFromFile(): Promise<void> {
    await this._fileWork.read(this.notebookId);
    this._update();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._provider.dispose();
    this.runs.dispose();
    this._dirt.dispose();
    this._disposed.emit();
    Signal.clearData(this);
  }

  async address(
    lineage: string | null,
    doubt: boolean
  ): Promise<string | null> {
    const { api, autosave } = this._options;
    let notebook = this._notebook;
    if (!notebook || doubt) {
      try {
        notebook = await api.open(this.path);
        this._standIn.end();
      } catch (error) {
        return this._notFound(error as Error);
      }
      this.identify(notebook);
      this._role = notebook.role;
    }
    if (this.isDisposed) {
      return null;
    }
    if (lineage !== null && lineage !== notebook.lineage) {
      this.onOtherLineage();
      return null;
    }
    this._autosave = await autosave();
    return api.roomUrl(notebook.id, {
      lineage,
      after: this._progress.seq || notebook.seq,
      state: lineage === null,
      autosave: this._autosave
    });
  }

  onHello(hello: IHello): void {
    this._notebook = { ...this._notebook!, lineage: hello.lineage };
    this._clientNumber = hello.client;
    this.model.changeLimit = hello.limits?.update ?? Infinity;
    const { memory } = this.model;
    if (memory) {
      memory.writer = hello.writer ?? null;
    }
    this._role = hello.role;
    this._refusal = null;
    this._progress.greet(hello);
    if (hello.path !== undefined) {
      this.moved(hello.path);
    }
    if (this._wasSynced && !this._lifeboat.next) {
      this._grant();
    }
    this._update();
  }

  onSynced(): void {
    const { notebook, timers } = this._options;
    const isFirst = !this._wasSynced;
    if (isFirst || this._lifeboat.next) {
      this._wasSynced = true;
      this._grant();
      const copy = this._lifeboat.arrive(this._mayWrite, timers.date());
      if (copy) {
        this.keep(copy);
      }
    }
    if (isFirst) {
      notebook.clearUndoHistory();
      this._opened.resolve({ kind: 'room' });
    }
    this._update();
  }

  onProgress(seq: number | null): void {
    const { pending, phase } = this._provider;
    if (seq !== null) {
      // Not every change does something: then the log does not grow, and the file lacks nothing.
      if (pending < this._pending && seq > this._progress.seq) {
        this._progress.change();
      }
      this._progress.reach(seq);
    }
    this._pending = pending;
    if (pending === 0 && phase === 'live') {
      this._lifeboat.settle();
    }
    this._update();
  }

  onRemoteChange(): void {
    this._progress.change();
    this._update();
  }

  onEvents(events: readonly IEnvelope[]): void {
    const { path, written } = this._progress.follow(events);
    if (path !== null) {
      this.moved(path);
    }
    this.tell(events);
    if (written !== null) {
      this._fileWritten.emit(written);
    }
    this._update();
  }

  onNotice(conditions: readonly ICondition[], role: Role | null): void {
    this.setConditions(conditions);
    if (role !== null && role !== this._role) {
      this._role = role;
      this._grant();
    }
    this._update();
  }

  onDenied(code: string, message: string): void {
    this._part(code, message, false);
  }

  onOtherLineage(): void {
    this._notebook = null;
    const message = this._options.trans.__(
      'The history of the notebook was replaced on the server.'
    );
    this._part('other_lineage', message, true);
  }

  onPhase(phase: Phase): void {
    const { failures } = this._provider;
    if (
      phase === 'waiting' &&
      !this._wasSynced &&
      !this.isHeld &&
      failures >= ATTEMPTS_TO_OPEN
    ) {
      this._leaveToCore(new NotReachedError(''));
    }
    this._update();
  }

  onRefused(code: number, reason: string): void {
    const { trans } = this._options;
    if (code === TOO_LARGE && this._wasSynced) {
      this._part('too_large', trans.__('The change was too large.'), false);
      return;
    }
    this._refuse(refusalOfClose(code, reason, trans));
    if (!this._wasSynced) {
      this._leaveToCore(new NotReachedError(reason));
    }
  }

  /**
   * The server was asked about the notebook and did not like the question.
   *
   * @returns null when there is no use in asking again.
   */
  private _notFound(error: Error): null {
    if (isHeldElsewhere(error)) {
      this._hold(error);
      throw error;
    }
    if (this.isHeld) {
      throw error;
    }
    if (!this._wasSynced) {
      this._leaveToCore(error);
      return null;
    }
    if (!(error instanceof ApiError) || error.status >= 500) {
      throw error;
    }
    this._refuse(refusalOfAnswer(error, this._options.trans));
    return null;
  }

  /**
   * Another server has the notebook: two must not write its file. It is asked for again and again.
   */
  private _hold(error: ApiError): void {
    this._standIn.begin(error, !this._wasSynced);
    this._role = 'reader';
    this._grant();
    this._opened.resolve({ kind: 'held' });
    this._update();
  }

  private _refuse(refusal: IRefusal): void {
    this._refusal = refusal;
    this._update();
  }

  private _leaveToCore(error: Error): void {
    this.model.access = 'core';
    this._opened.resolve({ kind: 'core', error });
    this.dispose();
  }

  private _part(code: string, message: string, mayApply: boolean): void {
    this._provider.replace(this._lifeboat.part({ code, message, mayApply }));
    this._update();
  }

  private _grant(): void {
    this.model.access = this._mayWrite ? 'write' : 'read';
  }

  private get _mayWrite(): boolean {
    return this._role !== 'reader';
  }

  protected judge(before: ISyncState): ISyncState {
    const { timers, trans } = this._options;
    const { phase, pending, lastAck } = this._provider;
    const standing = {
      phase,
      pending,
      lastAck,
      role: this.role,
      wasSynced: this._wasSynced,
      conditions: this.conditions,
      refusal: this._refusal,
      heldBy: this._standIn.holder(trans),
      mayTakeOver: this._standIn.mayTakeOver
    };
    return syncState(standing, before, timers.date(), trans);
  }

  /**
   * Something may have changed: tell everybody.
   */
  private _update(): void {
    if (this.isDisposed) {
      return;
    }
    if (this._wasSynced) {
      const isUnsaved = this._provider.pending > 0;
      const isBehind = !this._autosave && this._progress.isBehind;
      this._dirt.set(this._mayWrite && isUnsaved, this._mayWrite && isBehind);
    }
    this.announce();
  }

  private readonly _provider: Provider;
  private readonly _lifeboat: Lifeboat;
  private readonly _fileWork: FileWork;
  private readonly _dirt: DirtyMark;
  private readonly _standIn: StandIn;
  private readonly _opened = new PromiseDelegate<Opened>();
  private _wasSynced = false;
  private _autosave = true;
  private _pending = 0;
  private _refusal: IRefusal | null = null;
}
