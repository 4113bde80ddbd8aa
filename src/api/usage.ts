// What a notebook's kernel uses of the machine.

import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/**
 * One moment, so many milliseconds before the answer.
 */
export interface ISample {
  readonly age_ms: number;

  /**
   * Of one core, since the sample before; null for the first.
   */
  readonly cpu_percent: number | null;
  readonly memory_bytes: number;
}

/**
 * What memory is to be held against: the limit of the process, of its group (a container), or the
 * machine's memory. Others may share it, and are counted.
 */
export interface IMemoryLimit {
  readonly bytes: number;
  readonly counted_bytes: number;
  readonly limit_of: 'process' | 'group' | 'machine';
}

/**
 * What is known; nothing but the heartbeat of a kernel that runs elsewhere.
 */
export interface IUsage {
  readonly session_id: string | null;

  /**
   * How long the kernel took to answer last; null when it did not.
   */
  readonly heartbeat_ms: number | null;

  /**
   * Oldest first; of the time in which somebody looked.
   */
  readonly samples: readonly ISample[];
  readonly cores: number | null;
  readonly memory: IMemoryLimit | null;
}

/**
 * The route `notebooks/{id}/runtime/usage`. The server measures when it is asked.
 */
export class UsageApi {
  constructor(readonly settings: ServerConnection.ISettings) {}

  of(notebookId: string): Promise<IUsage> {
    const path = `notebooks/${notebookId}/runtime/usage`;
    return request(this.settings, 'GET', path);
  }
}
