// The runs and runtime sessions of a notebook, made from STATE and EVENTS as the server makes them.

import type { IEnvelope, IRun, IRuntimeSession } from '../tokens';
import type { IEnvelopeOf, KnownEnvelope } from '../generated/events';
import { isKnown } from '../generated/events';
import type { IRunWire, IRunsWire } from './runswire';
import { toRun, toSession } from './runswire';

/**
 * Ended runs that are remembered beside the newest of each cell; older ones are in the log only.
 */
const EARLIER_KEPT = 200;

/**
 * Sessions that are remembered, as on the server.
 */
const SESSIONS_KEPT = 20;

/**
 * Follows the events about runs. An event that cannot follow changes nothing.
 */
export class RunTable {
  /**
   * What has not ended, in the order in which it will run.
   */
  get queue(): readonly IRun[] {
    return this._queue;
  }

  /**
   * The newest session, alive or not.
   */
  get session(): IRuntimeSession | null {
    return this._sessions.at(-1) ?? null;
  }

  /**
   * The newest sessions, oldest first.
   */
  get sessions(): readonly IRuntimeSession[] {
    return this._sessions;
  }

  /**
   * All runs that are remembered.
   */
  get all(): readonly IRun[] {
    return [
      ...this._earlier.values(),
      ...this._latest.values(),
      ...this._queue
    ];
  }

  find(id: string): IRun | null {
    return (
      this._queue.find(run => run.id === id) ??
      this._earlier.get(id) ??
      [...this._latest.values()].find(run => run.id === id) ??
      null
    );
  }

  /**
   * What goes on or waits for a cell, else its newest run that ended.
   */
  ofCell(cellId: string): IRun | null {
    this._active ??= firsts(this._queue);
    return this._active.get(cellId) ?? this._latest.get(cellId) ?? null;
  }

  /**
   * All that is known, from a STATE frame.
   */
  reset(state: IRunsWire): void {
    this._seq = state.seq;
    this._queue = [];
    this._active = null;
    this._latest.clear();
    this._earlier.clear();
    for (const wire of state.executions ?? []) {
      this._put(wire);
    }
    this._sessions = (state.runtime_sessions ?? []).map(toSession);
  }

  /**
   * Take events in, in order; those that are known already are passed over.
   *
   * @returns whether anything changed.
   */
  apply(events: readonly IEnvelope[]): boolean {
    let changed = false;
    this._active = null;
    for (const envelope of events) {
      if (envelope.seq > this._seq && isKnown(envelope)) {
        this._seq = envelope.seq;
        changed = this._take(envelope) || changed;
      }
    }
    return changed;
  }

  private _put(wire: IRunWire): void {
    const run = toRun(wire);
    if (isEnded(run)) {
      this._end(run);
    } else {
      this._queue.push(run);
    }
  }

  private _take(envelope: KnownEnvelope): boolean {
    return envelope.name.startsWith('v1.Runtime')
      ? this._takeSession(envelope)
      : this._takeRun(envelope);
  }

  private _takeRun(envelope: KnownEnvelope): boolean {
    const { time } = envelope;
    switch (envelope.name) {
      case 'v1.ExecutionRequested':
        return this._requested(envelope);
      case 'v1.ExecutionAssigned':
        return this._change(envelope.data.execution_id, {
          status: 'assigned',
          sessionId: envelope.data.session_id
        });
      case 'v1.ExecutionStarted':
        return this._change(envelope.data.execution_id, {
          status: 'executing',
          sessionId: envelope.data.session_id,
          startedAt: time
        });
      case 'v1.ExecutionCompleted': {
        const { status, duration_ms, execution_count, error } = envelope.data;
        return this._change(envelope.data.execution_id, {
          status,
          completedAt: time,
          durationMs: duration_ms,
          executionCount: execution_count,
          error,
          input: null
        });
      }
      case 'v1.ExecutionCancelled': {
        const { reason, detail } = envelope.data;
        const end = { completedAt: time, reason, detail, input: null };
        return this._change(envelope.data.execution_id, {
          status: 'cancelled',
          ...end
        });
      }
      case 'v1.ExecutionLost': {
        const { reason } = envelope.data;
        const end = { completedAt: time, reason, input: null };
        return this._change(envelope.data.execution_id, {
          status: 'lost',
          ...end
        });
      }
      case 'v1.ExecutionReordered':
        return this._reorder(envelope.data.execution_id, envelope.data.before);
      case 'v1.InputRequested': {
        const { prompt, password } = envelope.data;
        const input = { prompt, password };
        return this._change(envelope.data.execution_id, { input });
      }
      case 'v1.InputProvided':
        return this._change(envelope.data.execution_id, { input: null });
      default:
        return false;
    }
  }

  private _requested(envelope: IEnvelopeOf<'v1.ExecutionRequested'>): boolean {
    const { data, actor, time } = envelope;
    if (this.find(data.execution_id)) {
      return false;
    }
    this._put({
      ...data,
      status: 'pending',
      requested_by: actor,
      requested_at: time
    });
    return true;
  }

  private _change(id: string, change: Partial<IRun>): boolean {
    const before = this._queue.find(run => run.id === id);
    if (!before) {
      return false;
    }
    const run = { ...before, ...change };
    if (isEnded(run)) {
      this._queue = this._queue.filter(other => other !== before);
      this._end(run);
    } else {
      this._queue = this._queue.map(other => (other === before ? run : other));
    }
    return true;
  }

  private _end(run: IRun): void {
    const before = this._latest.get(run.cellId);
    this._latest.set(run.cellId, run);
    if (before) {
      this._earlier.set(before.id, before);
    }
    const [oldest] = this._earlier.keys();
    if (this._earlier.size > EARLIER_KEPT && oldest !== undefined) {
      this._earlier.delete(oldest);
    }
  }

  private _reorder(id: string, before: string | null): boolean {
    const run = this._queue.find(run => run.id === id);
    if (!run || id === before) {
      return false;
    }
    const rest = this._queue.filter(other => other !== run);
    const found = rest.findIndex(other => other.id === before);
    const place = found < 0 ? rest.length : found;
    this._queue = [...rest.slice(0, place), run, ...rest.slice(place)];
    return true;
  }

  private _takeSession(envelope: KnownEnvelope): boolean {
    switch (envelope.name) {
      case 'v1.RuntimeSessionStarted':
        this._sessions = [
          ...this._sessions,
          toSession({
            ...envelope.data,
            status: 'starting',
            started_at: envelope.time
          })
        ].slice(-SESSIONS_KEPT);
        return true;
      case 'v1.RuntimeSessionStatusChanged': {
        const { status, foreign } = envelope.data;
        return this._changeSession(envelope.data.session_id, {
          status,
          foreign
        });
      }
      case 'v1.RuntimeSessionTerminated': {
        const { session_id, reason, detail } = envelope.data;
        this._queue = this._queue.map(run =>
          run.status === 'assigned' && run.sessionId === session_id
            ? { ...run, status: 'pending', sessionId: null }
            : run
        );
        return this._changeSession(session_id, {
          status: 'terminated',
          foreign: false,
          endedAt: envelope.time,
          reason,
          detail
        });
      }
      default:
        return false;
    }
  }

  private _changeSession(
    id: string,
    change: Partial<IRuntimeSession>
  ): boolean {
    const { session } = this;
    if (session?.id !== id || session.endedAt !== null) {
      return false;
    }
    this._sessions = [
      ...this._sessions.slice(0, -1),
      { ...session, ...change }
    ];
    return true;
  }

  private _seq = 0;
  private _queue: IRun[] = [];
  private _active: ReadonlyMap<string, IRun> | null = null;
  private _sessions: readonly IRuntimeSession[] = [];
  private readonly _latest = new Map<string, IRun>();
  private readonly _earlier = new Map<string, IRun>();
}

/**
 * The first of each cell.
 */
function firsts(queue: readonly IRun[]): ReadonlyMap<string, IRun> {
  return new Map(queue.map(run => [run.cellId, run] as const).reverse());
}

/**
 * Whether nothing follows.
 */
export function isEnded({ status }: IRun): boolean {
  return (
    status !== 'pending' && status !== 'assigned' && status !== 'executing'
  );
}
