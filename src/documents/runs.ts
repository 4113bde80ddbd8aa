// The runs of one notebook, for features: what the room tells of them, and what is asked of it.

import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { ApiError, NotReachedError } from '../api/errors';
import type { ExecutionsApi, IAfter, ICellBody } from '../api/executions';
import type { IRunsWire } from '../sync/runswire';
import { isEnded, RunTable } from '../sync/runtable';
import type { ITimers } from '../sync/timers';
import { Waiters } from '../sync/waiters';
import type {
  ICellToRun,
  IEnvelope,
  INotebookRuns,
  IRun,
  IRuntimeSession
} from '../tokens';

/**
 * A line that comes back within this time is waited for; later a person would be surprised.
 */
const LINE_MS = 5_000;

const REQUESTED = 'v1.ExecutionRequested';

/**
 * What runs need of their notebook's connection.
 */
export interface IRunsHome {
  readonly notebookId: string;
  readonly clientNumber: number;

  /**
   * The ordinal of the frame that carried the last change made here; null when it is not on its way.
   */
  readonly sent: number | null;

  /**
   * Wait until all changes made here are on their way.
   *
   * @returns the ordinal of the frame that carried the last one.
   *
   * @throws NotReachedError when there is no line.
   */
  sending(): Promise<number>;

  /**
   * Runs of these ids are asked for here: their outputs are trusted.
   */
  expect(executionIds: readonly string[]): void;
  isExpected(executionId: string): boolean;

  /**
   * The server tells that this person asked for these runs.
   */
  recognize(executionIds: readonly string[]): void;

  /**
   * Who is in front of this page, as events name people; null while it is not known.
   */
  readonly username: string | null;
}

/**
 * The runs of one notebook.
 */
export class NotebookRuns implements INotebookRuns, IDisposable {
  constructor(
    private readonly _home: IRunsHome,
    private readonly _api: ExecutionsApi,
    private readonly _timers: ITimers
  ) {}

  get queue(): readonly IRun[] {
    return this._table.queue;
  }

  get session(): IRuntimeSession | null {
    return this._table.session;
  }

  get sessions(): readonly IRuntimeSession[] {
    return this._table.sessions;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  find(executionId: string): IRun | null {
    return this._table.find(executionId);
  }

  ofCell(cellId: string): IRun | null {
    return this._table.ofCell(cellId);
  }

  /**
   * One request after the other, each before this returns where nothing has to be waited for.
   */
  request(cells: readonly ICellToRun[]): Promise<void> {
    const bodies = bodiesOf(cells);
    this._home.expect(cells.map(({ executionId }) => executionId));
    const before = this._asking;
    const asking =
      before === null
        ? this._request(bodies)
        : before.then(() => this._request(bodies));
    const done = asking
      .catch(() => undefined)
      .then(() => {
        if (this._asking === done) {
          this._asking = null;
        }
      });
    this._asking = done;
    return asking;
  }

  requestLeaving(cells: readonly ICellToRun[]): void {
    this._api
      .requestLeaving(this._home.notebookId, bodiesOf(cells))
      .catch((error: unknown) => {
        // Seen only when the page stays, and just the notebook was closed.
        console.warn('anode: what was to run was not taken', error);
      });
  }

  async cancel(executionId: string): Promise<void> {
    await this._api.cancel(this._home.notebookId, executionId);
  }

  async cancelAll(): Promise<void> {
    await this._api.cancelAll(this._home.notebookId);
  }

  async reorder(executionId: string, before: string | null): Promise<void> {
    await this._api.reorder(this._home.notebookId, executionId, before);
  }

  async replace(kernelName: string | null): Promise<void> {
    await this._api.replace(this._home.notebookId, kernelName);
  }

  async start(): Promise<void> {
    await this._api.start(this._home.notebookId);
  }

  async interrupt(): Promise<void> {
    await this._api.interrupt(this._home.notebookId);
  }

  async restart(): Promise<void> {
    await this._api.restart(this._home.notebookId);
  }

  async answer(executionId: string, value: string): Promise<void> {
    await this._api.answer(this._home.notebookId, executionId, value);
  }

  isOwn({ id, requestedBy }: IRun): boolean {
    return this._home.isExpected(id) || requestedBy.id === this._home.username;
  }

  ended(executionId: string): Promise<IRun | null> {
    const run = this.find(executionId);
    if (this._isDisposed || (run && isEnded(run))) {
      return Promise.resolve(run);
    }
    const waiters = this._ends.get(executionId) ?? new Waiters<IRun | null>();
    this._ends.set(executionId, waiters);
    return waiters.wait();
  }

  /**
   * The room told all that is known.
   */
  reset(state: IRunsWire): void {
    this._table.reset(state);
    this._recognize();
    this._tell();
  }

  /**
   * The room told of events.
   */
  follow(events: readonly IEnvelope[]): void {
    if (this._table.apply(events)) {
      if (events.some(({ name }) => name === REQUESTED)) {
        this._recognize();
      }
      this._tell();
    }
  }

  /**
   * It is known now who is in front of this page.
   */
  identify(): void {
    this._recognize();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      for (const waiters of this._ends.values()) {
        waiters.resolve(null);
      }
      Signal.clearData(this);
    }
  }

  private async _request(bodies: readonly ICellBody[]): Promise<void> {
    const { notebookId } = this._home;
    const after = this._sent() ?? (await this._after());
    try {
      await this._api.request(notebookId, bodies, after);
    } catch (error) {
      if (!isWorthRepeating(error)) {
        throw error;
      }
      // The same ids: what was taken the first time does not run twice.
      await this._api.request(notebookId, bodies, await this._after());
    }
  }

  /**
   * The last change made here, if it is on its way.
   */
  private _sent(): IAfter | null {
    const { sent, clientNumber } = this._home;
    return sent === null ? null : { client: clientNumber, n: sent };
  }

  /**
   * The last change made here, once it is on its way.
   */
  private async _after(): Promise<IAfter> {
    const n = await new Promise<number>((resolve, reject) => {
      const timer = this._timers.after(LINE_MS, () => {
        reject(new NotReachedError(''));
      });
      this._home
        .sending()
        .finally(() => {
          timer.dispose();
        })
        .then(resolve, reject);
    });
    return { client: this._home.clientNumber, n };
  }

  private _recognize(): void {
    const own = this._table.all.filter(run => this.isOwn(run));
    this._home.recognize(own.map(({ id }) => id));
  }

  private _tell(): void {
    for (const [id, waiters] of this._ends) {
      const run = this.find(id);
      if (run && isEnded(run)) {
        this._ends.delete(id);
        waiters.resolve(run);
      }
    }
    this._changed.emit();
  }

  /**
   * The last request, until it is answered.
   */
  private _asking: Promise<void> | null = null;
  private readonly _table = new RunTable();
  private readonly _ends = new Map<string, Waiters<IRun | null>>();
  private readonly _changed = new Signal<this, void>(this);
  private _isDisposed = false;
}

/**
 * The answer was lost on its way, or the connection that the request follows was replaced.
 */
function isWorthRepeating(error: unknown): boolean {
  return (
    error instanceof NotReachedError ||
    (error instanceof ApiError && error.code === 'source_not_arrived')
  );
}

function bodiesOf(cells: readonly ICellToRun[]): ICellBody[] {
  return cells.map(({ cellId, executionId, source }) => ({
    cell_id: cellId,
    execution_id: executionId,
    source
  }));
}
