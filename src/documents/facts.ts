// What is known about one open notebook and its room: the read-only side of a connection.

import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Awareness } from 'y-protocols/awareness';

import type { INotebook } from '../api/notebooks';
import type {
  ICondition,
  IEnvelope,
  IMergeAccount,
  INotebookConnection,
  IRecoveredCopy,
  IStreamPiece,
  ISyncState,
  Role
} from '../tokens';
import type { IRunsWire } from '../sync/runswire';
import { NOTHING_YET } from '../sync/state';
import type { IConnectionOptions } from './opening';
import { Progress } from './progress';
import { RecoveredCopies } from './recovered';
import type { SharedRoot } from './root';
import type { IRunsHome } from './runs';
import { NotebookRuns } from './runs';

/**
 * The conditions in which the server answers late.
 */
const SLOW_CONDITIONS: readonly string[] = ['store_unavailable'];

/**
 * The facts about a connection, and the signals that tell of their changes.
 */
export abstract class ConnectionFacts<M extends SharedRoot = SharedRoot>
  implements INotebookConnection, IRunsHome
{
  constructor(
    readonly model: M,
    private _path: string,
    { executions, storage, timers }: IConnectionOptions
  ) {
    this._recovered = new RecoveredCopies(storage);
    this.runs = new NotebookRuns(this, executions, timers);
  }

  readonly runs: NotebookRuns;

  get path(): string {
    return this._path;
  }

  get notebookId(): string {
    return this._notebook?.id ?? '';
  }

  get role(): Role {
    return this._role;
  }

  get lineage(): string {
    return this._notebook?.lineage ?? '';
  }

  /**
   * What the server said of the notebook, as it is now.
   */
  protected get known(): INotebook {
    const { notebookId: id, path, lineage, seq, role } = this;
    return { id, path, lineage, seq, role };
  }

  get seq(): number {
    return this._progress.seq;
  }

  get savedSeq(): number {
    return this._progress.seq;
  }

  get exportedSeq(): number {
    return this._progress.exportedSeq;
  }

  abstract get isUnderWay(): boolean;

  get sync(): ISyncState {
    return this._sync;
  }

  get syncChanged(): ISignal<this, ISyncState> {
    return this._syncChanged;
  }

  get merged(): IMergeAccount | null {
    return this._merged;
  }

  get mergedChanged(): ISignal<this, IMergeAccount> {
    return this._mergedChanged;
  }

  get conditions(): readonly ICondition[] {
    return this._conditions;
  }

  /**
   * Whether the server is known to answer late at the moment.
   */
  get isSlow(): boolean {
    return this._conditions.some(({ code }) => SLOW_CONDITIONS.includes(code));
  }

  get conditionsChanged(): ISignal<this, readonly ICondition[]> {
    return this._conditionsChanged;
  }

  get awareness(): Awareness {
    return this.model.awareness;
  }

  get clientNumber(): number {
    return this._clientNumber;
  }

  get events(): ISignal<this, readonly IEnvelope[]> {
    return this._events;
  }

  get stream(): ISignal<this, IStreamPiece> {
    return this._stream;
  }

  get recovered(): readonly IRecoveredCopy[] {
    return this._recovered.all;
  }

  get recoveredChanged(): ISignal<this, readonly IRecoveredCopy[]> {
    return this._recoveredChanged;
  }

  /**
   * The file is at another path now, by somebody else's doing.
   */
  get pathChanged(): ISignal<this, string> {
    return this._pathChanged;
  }

  /**
   * The file was written by the server, at this time (ISO 8601).
   */
  get fileWritten(): ISignal<this, string> {
    return this._fileWritten;
  }

  expect(executionIds: readonly string[]): void {
    this.model.memory?.expect(executionIds);
  }

  recognize(executionIds: readonly string[]): void {
    this.model.memory?.recognize(executionIds);
  }

  isExpected(executionId: string): boolean {
    return this.model.memory?.isOwn(executionId) ?? false;
  }

  get username(): string | null {
    const state = this.awareness.getLocalState();
    const user = state?.['user'] as { username?: string } | undefined;
    return user?.username ?? null;
  }

  abstract get sent(): number | null;

  abstract sending(): Promise<number>;

  onState(state: IRunsWire): void {
    this.runs.reset(state);
  }

  onStream(piece: IStreamPiece): void {
    this._stream.emit(piece);
  }

  abstract readonly isDisposed: boolean;

  get disposed(): ISignal<this, void> {
    return this._disposed;
  }

  /**
   * This page renamed the file; JupyterLab knows.
   */
  follow(path: string): void {
    this._path = path;
  }

  /**
   * The server says where the file is. The path that it told for ours stands for ours: it has one
   * for a file to which several lead.
   */
  protected moved(path: string): void {
    const isNews = path !== this._servedPath;
    this._servedPath = path;
    if (isNews && path !== this._path) {
      this._path = path;
      this._pathChanged.emit(path);
    }
  }

  abstract retry(): void;

  abstract takeOver(): Promise<void>;

  abstract exportNow(overwrite?: boolean): Promise<void>;

  abstract reloadFromFile(): Promise<void>;

  /**
   * The state that follows from what is known now.
   *
   * @param before - the state until now.
   */
  protected abstract judge(before: ISyncState): ISyncState;

  /**
   * Tell of the sync state, if it changed.
   */
  protected announce(): void {
    const { label, pending, lastAck } = this._sync;
    const sync = this.judge(this._sync);
    if (
      sync.label !== label ||
      sync.pending !== pending ||
      sync.lastAck !== lastAck
    ) {
      this._sync = sync;
      this._syncChanged.emit(sync);
    }
  }

  /**
   * The server was away and is back: tell what came together.
   */
  protected setMerged(account: IMergeAccount): void {
    this._merged = account;
    this._mergedChanged.emit(account);
  }

  /**
   * A copy was set aside.
   */
  protected keep(copy: IRecoveredCopy): void {
    this._recovered.add(copy);
    this._recoveredChanged.emit(this.recovered);
  }

  forget(copy: IRecoveredCopy): void {
    this._recovered.remove(copy);
    this._recoveredChanged.emit(this.recovered);
  }

  /**
   * The server told which notebook this is: what this browser remembers of it counts.
   */
  protected identify(notebook: INotebook): void {
    const isNew = notebook.id !== this.notebookId;
    this._notebook = notebook;
    this._servedPath = notebook.path;
    this.model.memory?.attach(notebook.id);
    if (isNew) {
      this._recovered.attach(notebook.id);
      this._recoveredChanged.emit(this.recovered);
    }
  }

  /**
   * The server told what happened.
   */
  protected tell(events: readonly IEnvelope[]): void {
    this.runs.follow(events);
    this._events.emit(events);
  }

  /**
   * The server told all that is wrong.
   */
  protected setConditions(conditions: readonly ICondition[]): void {
    this._conditions = conditions;
    this._conditionsChanged.emit(conditions);
  }

  protected readonly _progress = new Progress();
  protected _notebook: INotebook | null = null;
  private _servedPath: string | null = null;
  protected _role: Role = 'reader';
  protected _clientNumber = 0;
  private _conditions: readonly ICondition[] = [];
  private readonly _recovered: RecoveredCopies;
  private _sync: ISyncState = NOTHING_YET;
  private readonly _events = new Signal<this, readonly IEnvelope[]>(this);
  private readonly _stream = new Signal<this, IStreamPiece>(this);
  protected readonly _fileWritten = new Signal<this, string>(this);
  protected readonly _disposed = new Signal<this, void>(this);
  private readonly _pathChanged = new Signal<this, string>(this);
  private readonly _syncChanged = new Signal<this, ISyncState>(this);
  private _merged: IMergeAccount | null = null;
  private readonly _mergedChanged = new Signal<this, IMergeAccount>(this);
  private readonly _conditionsChanged = new Signal<this, readonly ICondition[]>(
    this
  );
  private readonly _recoveredChanged = new Signal<
    this,
    readonly IRecoveredCopy[]
  >(this);
}
