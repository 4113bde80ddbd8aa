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
 * A variable of the kernel; never its value.
 */
export interface IVariable {
  readonly name: string;
  readonly type: string;
  readonly full_type: string;

  /**
   * Of an array or a table; one number is a length.
   */
  readonly shape: readonly number[] | null;
  readonly bytes: number | null;
}

/**
 * The variables of a kernel, the largest first. A kernel that is at work is not asked.
 */
export interface IVariables {
  readonly session_id: string | null;

  /**
   * False for a kernel of another language than Python.
   */
  readonly supported: boolean;

  /**
   * Since the kernel told; null when it has not yet.
   */
  readonly age_ms: number | null;

  /**
   * Whether nothing ran since.
   */
  readonly fresh: boolean;

  /**
   * How many there are in all.
   */
  readonly count: number;
  readonly variables: readonly IVariable[];
}

/**
 * A variable of the environment that kernels start with.
 */
export interface IEnvironmentVariable {
  readonly name: string;

  /**
   * Null for a secret that the server keeps and does not tell.
   */
  readonly value: string | null;
  readonly secret: boolean;
}

/**
 * The routes under `notebooks/{id}/runtime`. The server measures and asks when it is asked.
 */
export class UsageApi {
  constructor(readonly settings: ServerConnection.ISettings) {}

  of(notebookId: string): Promise<IUsage> {
    const path = `notebooks/${notebookId}/runtime/usage`;
    return request(this.settings, 'GET', path);
  }

  async environment(
    notebookId: string
  ): Promise<readonly IEnvironmentVariable[]> {
    const path = `notebooks/${notebookId}/environment`;
    return (await request<IEnvironment>(this.settings, 'GET', path)).variables;
  }

  /**
   * Have these and no others, from the next start of a kernel on.
   *
   * @throws ApiError 400 for a name or value that is none.
   */
  async setEnvironment(
    notebookId: string,
    variables: readonly IEnvironmentVariable[]
  ): Promise<readonly IEnvironmentVariable[]> {
    const path = `notebooks/${notebookId}/environment`;
    const answer = await request<IEnvironment>(this.settings, 'PUT', path, {
      variables
    });
    return answer.variables;
  }

  variables(notebookId: string): Promise<IVariables> {
    const path = `notebooks/${notebookId}/runtime/variables`;
    return request(this.settings, 'GET', path);
  }
}

interface IEnvironment {
  readonly variables: readonly IEnvironmentVariable[];
}
