// What a cell says about its run: one quiet line, only what is true.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRun } from '../tokens';
import { cancelled, failed, lost } from './words';
import { lasting, moment } from './times';

/**
 * What is shown below a cell.
 */
export interface ILine {
  /**
   * - `waiting`: in the queue. `running`: with the kernel. `done`: all went well.
   * - `ended`: it came to nothing, by somebody's wish. `wrong`: it did not go well.
   */
  readonly kind: 'waiting' | 'running' | 'done' | 'ended' | 'wrong';
  readonly text: string;

  /**
   * When what is still going on began, in milliseconds since the Unix epoch.
   */
  readonly since: number | null;

  /**
   * Whether running it again is offered.
   */
  readonly again: boolean;

  /**
   * The exact times, for a tooltip.
   */
  readonly title: string;
}

/**
 * What a line depends on besides its run.
 */
export interface ILineContext {
  /**
   * How many runs come before it; 0 for the next.
   */
  readonly place: number;

  /**
   * Whether a kernel is there or on its way.
   */
  readonly hasKernel: boolean;

  /**
   * Whether this person asked for it.
   */
  readonly isOwn: boolean;

  /**
   * Whether the cell's text is another one now.
   */
  readonly isEdited: boolean;

  /**
   * The present, in milliseconds since the Unix epoch.
   */
  readonly now: number;
}

/**
 * The line of a cell with this run.
 */
export function lineOf(
  run: IRun,
  context: ILineContext,
  trans: TranslationBundle
): ILine {
  const line = { since: null, again: false, title: timesOf(run, trans) };
  const who = context.isOwn ? [] : [run.requestedBy.name];
  const join = (...parts: (string | null)[]): string =>
    parts.filter(part => part !== null && part !== '').join(' · ');
  const when = moment(run.completedAt, context.now, trans);
  const took = run.durationMs === null ? null : lasting(run.durationMs, trans);
  const edited = context.isEdited ? trans.__('edited since run') : null;
  switch (run.status) {
    case 'pending':
    case 'assigned':
      return {
        ...line,
        kind: 'waiting',
        text: join(waiting(context, trans), ...who)
      };
    case 'executing':
      return {
        ...line,
        kind: 'running',
        since: begin(run, context.now),
        text: join(
          running(run, context, trans),
          ...(run.input === null ? who : [])
        )
      };
    case 'completed':
      return { ...line, kind: 'done', text: join(took, ...who, when, edited) };
    case 'failed':
      return {
        ...line,
        kind: 'wrong',
        text: join(failed(run, took, trans), ...who, when, edited)
      };
    case 'cancelled':
      return {
        ...line,
        kind: 'ended',
        text: join(cancelled(run, trans), ...who, when)
      };
    case 'lost':
      return {
        ...line,
        kind: 'wrong',
        again: true,
        text: join(lost(trans), ...who, when)
      };
  }
}

function waiting(
  { place, hasKernel }: ILineContext,
  trans: TranslationBundle
): string {
  if (!hasKernel) {
    return trans.__('Waits for a kernel');
  }
  return place === 0
    ? trans.__('Next in line')
    : trans.__('Queued, %1 before it', place);
}

function running(
  run: IRun,
  { isOwn }: ILineContext,
  trans: TranslationBundle
): string {
  if (run.input === null) {
    return trans.__('Running');
  }
  return isOwn
    ? trans.__('Waits for your input')
    : trans.__('Waits for input from %1', run.requestedBy.name);
}

/**
 * When it began; the server's clock may be ahead of this one.
 */
function begin(run: IRun, now: number): number {
  const started = Date.parse(run.startedAt ?? '');
  return Number.isNaN(started) ? now : Math.min(started, now);
}

function timesOf(run: IRun, trans: TranslationBundle): string {
  const exact = (iso: string): string => new Date(iso).toLocaleString();
  const lines = [
    trans.__(
      'Asked for by %1, %2',
      run.requestedBy.name,
      exact(run.requestedAt)
    )
  ];
  if (run.startedAt !== null) {
    lines.push(trans.__('Started %1', exact(run.startedAt)));
  }
  if (run.completedAt !== null) {
    lines.push(trans.__('Ended %1', exact(run.completedAt)));
  }
  return lines.join('\n');
}
