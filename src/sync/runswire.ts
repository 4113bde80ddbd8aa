// Runs and sessions as STATE frames and events spell them, and as features see them.

import type { IActor, IRun, IRuntimeSession } from '../tokens';

/**
 * A run in STATE; an event tells only some of it.
 */
export interface IRunWire {
  readonly execution_id: string;
  readonly cell_id: string;
  readonly batch_id: string;
  readonly status: IRun['status'];
  readonly requested_by: IActor;
  readonly requested_at: string;
  readonly session_id?: string | null;
  readonly started_at?: string | null;
  readonly completed_at?: string | null;
  readonly duration_ms?: number | null;
  readonly execution_count?: number | null;
  readonly error?: IRun['error'];
  readonly reason?: string;
  readonly detail?: string;
  readonly input?: IRun['input'];
}

/**
 * A runtime session in STATE; an event tells only some of it.
 */
export interface ISessionWire {
  readonly session_id: string;
  readonly kernel_id: string;
  readonly kernel_name: string;
  readonly status: IRuntimeSession['status'];
  readonly foreign?: boolean;
  readonly started_at: string;
  readonly ended_at?: string | null;
  readonly reason?: string | null;
  readonly detail?: string;
}

/**
 * The part of the state that is about runs.
 */
export interface IRunsWire {
  readonly seq: number;
  readonly executions?: readonly IRunWire[];

  /**
   * The newest is the last.
   */
  readonly runtime_sessions?: readonly ISessionWire[];
}

/**
 * A run as features see it.
 */
export function toRun(wire: IRunWire): IRun {
  return {
    id: wire.execution_id,
    cellId: wire.cell_id,
    batchId: wire.batch_id,
    status: wire.status,
    requestedBy: wire.requested_by,
    requestedAt: wire.requested_at,
    startedAt: wire.started_at ?? null,
    completedAt: wire.completed_at ?? null,
    durationMs: wire.duration_ms ?? null,
    sessionId: wire.session_id ?? null,
    executionCount: wire.execution_count ?? null,
    error: wire.error ?? null,
    reason: wire.reason ?? '',
    detail: wire.detail ?? '',
    input: wire.input ?? null
  };
}

/**
 * A session as features see it.
 */
export function toSession(wire: ISessionWire): IRuntimeSession {
  return {
    id: wire.session_id,
    kernelId: wire.kernel_id,
    kernelName: wire.kernel_name,
    status: wire.status,
    foreign: wire.foreign ?? false,
    startedAt: wire.started_at,
    endedAt: wire.ended_at ?? null,
    reason: wire.reason ?? null,
    detail: wire.detail ?? ''
  };
}
