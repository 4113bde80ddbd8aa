// One open notebook and its room: what is known about it, and what a person can ask of it.

import { PromiseDelegate } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';

import { ApiError, isOutage, NotReachedError } from '../api/errors';
import type { INotebook } from '../api/notebooks';
import type { IHello } from '../sync/frames';
import type { IProviderHost, Phase } from '../sync/host';
import { Provider } from '../sync/provider';
import type { ICondition, IEnvelope, Role } from '../tokens';
import { Absence } from './absence';
import { DirtyMark } from './dirt';
import { FileWork } from './filework';
import { KeptCopy } from './keptcopy';
import { Lifeboat } from './lifeboat';
import type { IConnectionOptions, Opened } from './opening';
import type { IRefusal } from './refusal';
import type { SharedRoot } from './root';
import { ConnectionStanding } from './standing';
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
  extends ConnectionStanding<M>
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
    this._absence = new Absence(_options.api);
    this._fileWork = new FileWork(_options, this._provider, this._progress);
    this._standIn = new StandIn(notebook, this._lifeboat, this._provider);
    this._kept = new KeptCopy({
      ..._options,
      model: notebook,
      store: _options.copies,
      provider: this._provider,
      facts: () => this.known,
      changed: () => this.update()
    });
    notebook.disposed.connect(this.dispose, this);
    this._provider.connect();
  }

  /**
   * Settled when the notebook can be shown, or is left to JupyterLab itself.
   */
  get opened(): Promise<Opened> {
    return this._opened.promise;
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

  retry(): void {
    this._refusal = null;
    if (this.conditions.some(({ code }) => code.startsWith('file_not_'))) {
      this.exportNow().catch((error: unknown) => {
        console.warn('anode: the file could not be written', error);
      });
    }
    this._provider.retry();
    this.update();
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

  get sent(): number | null {
    return this._provider.sent;
  }

  sending(): Promise<number> {
    return this._provider.sending();
  }

  async exportNow(overwrite = false): Promise<void> {
    if (this._standIn.error) {
      throw this._standIn.error;
    }
    await this._fileWork.write(this.notebookId, overwrite);
    this.update();
  }

  async reloadFromFile(): Promise<void> {
    await this._fileWork.read(this.notebookId);
    this.update();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._kept.dispose();
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
    if (!notebook || doubt || this.isHeld) {
      try {
        notebook = await api.open(this.path);
        this._standIn.end();
      } catch (error) {
        if (isOutage(error)) {
          await this._restore(null);
        }
        return this._notFound(error as Error);
      }
      this.identify(notebook);
      this._role = notebook.role;
      lineage ??= await this._restore(notebook);
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
      state: lineage === null || !this._wasGreeted,
      autosave: this._autosave
    });
  }

  onHello(hello: IHello): void {
    this._notebook = { ...this._notebook!, lineage: hello.lineage };
    this._clientNumber = hello.client;
    this._wasGreeted = true;
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
      this.grant();
    }
    this.update();
  }

  onSynced(): void {
    const { notebook, timers } = this._options;
    const isFirst = !this._wasSynced;
    if (isFirst || this._lifeboat.next) {
      this._wasSynced = true;
      this.grant();
      this._kept.begin(this._lifeboat.next ?? notebook.ydoc);
      const copy = this._lifeboat.arrive(this.mayWrite, timers.date());
      if (copy) {
        this.keep(copy);
      }
    }
    if (isFirst) {
      notebook.clearUndoHistory();
      this._opened.resolve({ kind: 'room' });
    }
    this.update();
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
    this._kept.settle();
    if (pending === 0 && phase === 'live') {
      this._lifeboat.settle();
    }
    this.update();
  }

  onRemoteChange(): void {
    this._progress.change();
    this.update();
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
    this.update();
  }

  onNotice(conditions: readonly ICondition[], role: Role | null): void {
    this.setConditions(conditions);
    if (role !== null && role !== this._role) {
      this._role = role;
      this.grant();
    }
    this.update();
  }

  onDenied(code: string, message: string): void {
    this._part(code, message, false);
  }

  onOtherLineage(): void {
    this._notebook = null;
    this._absence.forget();
    const message = this._options.trans.__(
      'The history of the notebook was replaced on the server.'
    );
    this._part('other_lineage', message, true);
  }

  onPhase(phase: Phase): void {
    const { failures } = this._provider;
    if (phase === 'waiting' && this._wasSynced) {
      this._absence.begin(this.moment);
    } else if (phase === 'live') {
      void this.sumUp();
    }
    if (
      phase === 'waiting' &&
      !this._wasSynced &&
      !this.isHeld &&
      failures >= ATTEMPTS_TO_OPEN
    ) {
      this._leaveToCore(new NotReachedError(''));
    }
    this.update();
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
   * Show what this browser keeps of the notebook, unless something is shown already.
   *
   * @param known - what the server says; null when it cannot be asked.
   *
   * @returns the lineage of what the document holds now; null when that is nothing.
   */
  private async _restore(known: INotebook | null): Promise<string | null> {
    if (this._wasSynced || this._lifeboat.next) {
      return null;
    }
    const was = await this._kept.restore(known, this.path);
    if (was) {
      if (!known) {
        this.identify(was);
        this._role = was.role;
        this._progress.reach(was.seq);
      }
      this._wasSynced = true;
      this._absence.begin({ seq: was.seq, settled: 0 });
      this.grant();
      this._options.notebook.clearUndoHistory();
      this._opened.resolve({ kind: 'room' });
      this.update();
    }
    return this._kept.lineage;
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
    this.grant();
    this._opened.resolve({ kind: 'held' });
    this.update();
  }

  private _refuse(refusal: IRefusal): void {
    this._refusal = refusal;
    this.update();
  }

  private _leaveToCore(error: Error): void {
    this.model.access = 'core';
    this._opened.resolve({ kind: 'core', error });
    this.dispose();
  }

  private _part(code: string, message: string, mayApply: boolean): void {
    this._provider.replace(this._lifeboat.part({ code, message, mayApply }));
    this.update();
  }

  private readonly _lifeboat: Lifeboat;
  private readonly _fileWork: FileWork;
  private readonly _opened = new PromiseDelegate<Opened>();
  private _pending = 0;
  private _wasGreeted = false;
}
