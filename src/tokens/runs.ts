// What features see of the runs of a notebook and of what executes them.

import type { ISignal } from '@lumino/signaling';

import type { IActor } from '../generated/events';

/**
 * Where a run is in its life; the last four are its ends.
 */
export type RunStatus =
  | 'pending'
  | 'assigned'
  | 'executing'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'lost';

/**
 * One run of one cell.
 */
export interface IRun {
  readonly id: string;
  readonly cellId: string;

  /**
   * What was asked for in one request has one batch.
   */
  readonly batchId: string;
  readonly status: RunStatus;
  readonly requestedBy: IActor;

  /**
   * Moments are ISO 8601 by the server's clock; null while they have not come.
   */
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly durationMs: number | null;
  readonly sessionId: string | null;
  readonly executionCount: number | null;

  /**
   * Why it failed: the exception of the code, or `kernel_died` and what is known.
   */
  readonly error: { readonly name: string; readonly value: string } | null;

  /**
   * Why it was cancelled or lost: a word of the events, and perhaps a sentence.
   */
  readonly reason: string;
  readonly detail: string;

  /**
   * The line that the code waits for.
   */
  readonly input: {
    readonly prompt: string;
    readonly password: boolean;
  } | null;
}

/**
 * What a runtime session does, or that it ended.
 */
export type SessionStatus =
  'starting' | 'ready' | 'busy' | 'unresponsive' | 'restarting' | 'terminated';

/**
 * One life of the notebook's kernel.
 */
export interface IRuntimeSession {
  readonly id: string;
  readonly kernelId: string;
  readonly kernelName: string;
  readonly status: SessionStatus;

  /**
   * Whether it is busy with what did not come through the queue, such as a console's code.
   */
  readonly foreign: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;

  /**
   * Why it ended, a word of the events, and what more is known: a phrase, such as `signal 9`, or
   * sentences when it could not be started, perhaps with lines that the kernel wrote.
   */
  readonly reason: string | null;
  readonly detail: string;
}

/**
 * A cell to run.
 */
export interface ICellToRun {
  readonly cellId: string;

  /**
   * The id that the run shall have; asked for twice, it runs once.
   */
  readonly executionId: string;

  /**
   * The text as the person sees it: nothing else runs.
   */
  readonly source: string;
}

/**
 * The runs of one notebook: what is known of them, and what can be asked for.
 */
export interface INotebookRuns {
  /**
   * What has not ended, in the order in which it will run.
   */
  readonly queue: readonly IRun[];

  /**
   * The newest session, alive or not; null before the first.
   */
  readonly session: IRuntimeSession | null;

  /**
   * The newest sessions, oldest first; only the last can be alive.
   */
  readonly sessions: readonly IRuntimeSession[];

  /**
   * A run by its id; null when it is not known (yet, or any more).
   */
  find(executionId: string): IRun | null;

  /**
   * The run that a cell shows: what goes on or waits, else the newest that ended.
   */
  ofCell(cellId: string): IRun | null;

  /**
   * Emitted when anything of this changed.
   */
  readonly changed: ISignal<this, void>;

  /**
   * Ask for cells to be run, in this order and as one batch. Settled when the server has put it
   * into the log.
   *
   * @throws ApiError, NotReachedError; then nothing of it runs later by surprise.
   */
  request(cells: readonly ICellToRun[]): Promise<void>;

  /**
   * Ask for cells to be run by a page that goes now.
   */
  requestLeaving(cells: readonly ICellToRun[]): void;

  /**
   * Take a run back, or break it off.
   */
  cancel(executionId: string): Promise<void>;

  /**
   * Take everything back, and break off what goes on.
   */
  cancelAll(): Promise<void>;

  /**
   * Move a run that waits before another one, or to the end.
   */
  reorder(executionId: string, before: string | null): Promise<void>;

  /**
   * Put another kernel in the place of the present one, once it is ready; what waits goes on.
   *
   * @param kernelName - null for one of the same kind.
   */
  replace(kernelName: string | null): Promise<void>;

  /**
   * Have a kernel; what waits for one goes on.
   */
  start(): Promise<void>;

  /**
   * Break off what runs, as Ctrl-C does. The code or the kernel may not heed it.
   */
  interrupt(): Promise<void>;

  /**
   * End the kernel, whatever it does, and start it anew; what waits goes on.
   */
  restart(): Promise<void>;

  /**
   * Give the line that the code of a run waits for.
   */
  answer(executionId: string, value: string): Promise<void>;

  /**
   * Whether the person in front of this page asked for a run.
   */
  isOwn(run: IRun): boolean;

  /**
   * Wait for the end of a run; null when the notebook is closed before.
   */
  ended(executionId: string): Promise<IRun | null>;
}
