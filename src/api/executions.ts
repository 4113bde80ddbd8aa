// The commands about runs and the kernel that they go to.

import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/**
 * A cell of a request, and the text that is meant.
 */
export interface ICellBody {
  readonly cell_id: string;
  readonly execution_id: string;

  /**
   * The text that was seen: it runs, whatever was typed since.
   */
  readonly source: string;
}

/**
 * The most that a browser sends for a page that goes, in characters, with room for what takes more than
 * one byte.
 */
const LAST_CHARACTERS = 20_000;

/**
 * The last change that was sent before: HELLO's number of the connection, and the ordinal of the
 * step2 or update frame, as ACK counts.
 */
export interface IAfter {
  readonly client: number;
  readonly n: number;
}

/**
 * The routes under `notebooks/{id}/executions`.
 */
export class ExecutionsApi {
  constructor(readonly settings: ServerConnection.ISettings) {}

  /**
   * Ask for cells to be run as one batch that stops at the first error.
   *
   * @throws ApiError 403 when this person may not, 404 `cell_not_found`, 409 `source_not_arrived`.
   */
  async request(
    notebookId: string,
    cells: readonly ICellBody[],
    after: IAfter
  ): Promise<void> {
    const body = { cells, on_error: 'stop', after };
    await request(this.settings, 'POST', place(notebookId), body);
  }

  /**
   * The same from a page that goes now: nobody waits for the answer. Where the texts are too long to
   * be sent, what the server has runs.
   */
  async requestLeaving(
    notebookId: string,
    cells: readonly ICellBody[]
  ): Promise<void> {
    const length = cells.reduce((sum, { source }) => sum + source.length, 0);
    const bodies = cells.map(({ source, ...cell }) =>
      length <= LAST_CHARACTERS ? { ...cell, source } : cell
    );
    const body = { cells: bodies, on_error: 'stop' };
    await request(this.settings, 'POST', place(notebookId), body, true);
  }

  /**
   * Take a run back, or break it off.
   *
   * @throws ApiError 409 when it ended already.
   */
  async cancel(notebookId: string, executionId: string): Promise<void> {
    const path = `${place(notebookId)}/${executionId}`;
    await request(this.settings, 'DELETE', path);
  }

  /**
   * Take everything back, and break off what goes on.
   */
  async cancelAll(notebookId: string): Promise<void> {
    await request(this.settings, 'DELETE', place(notebookId));
  }

  /**
   * Move a run that waits.
   *
   * @param before - the waiting run before which it shall be; null for the end.
   *
   * @throws ApiError 409 when one of them does not wait any more.
   */
  async reorder(
    notebookId: string,
    executionId: string,
    before: string | null
  ): Promise<void> {
    const path = `${place(notebookId)}/${executionId}`;
    await request(this.settings, 'PATCH', path, { before });
  }

  /**
   * Put another kernel in the place of the present one, which stays until the other is ready.
   *
   * @throws ApiError 4xx `no_kernel_spec`, 5xx `kernel_not_started`.
   */
  async replace(notebookId: string, kernelName: string | null): Promise<void> {
    await this._runtime(notebookId, {
      action: 'replace',
      kernel_name: kernelName
    });
  }

  /**
   * Have a kernel, the one that the notebook names; what waits for one goes on.
   *
   * @throws ApiError 4xx `no_kernel_spec`, 5xx `kernel_not_started`.
   */
  async start(notebookId: string): Promise<void> {
    await this._runtime(notebookId, { action: 'start' });
  }

  /**
   * Break off what runs, as Ctrl-C does.
   *
   * @throws ApiError 409 without a kernel.
   */
  async interrupt(notebookId: string): Promise<void> {
    await this._runtime(notebookId, { action: 'interrupt' });
  }

  /**
   * End the kernel, whatever it does, and start it anew; what waits goes on.
   *
   * @throws ApiError 5xx `kernel_not_started`.
   */
  async restart(notebookId: string): Promise<void> {
    await this._runtime(notebookId, { action: 'restart' });
  }

  /**
   * Give the line that the code of a run waits for.
   *
   * @throws ApiError 403 when somebody else is asked, 409 when it waits for none (any more).
   */
  async answer(
    notebookId: string,
    executionId: string,
    value: string
  ): Promise<void> {
    const body = { execution_id: executionId, value };
    await request(this.settings, 'POST', `notebooks/${notebookId}/input`, body);
  }

  private async _runtime(notebookId: string, body: object): Promise<void> {
    const path = `notebooks/${notebookId}/runtime`;
    await request(this.settings, 'POST', path, body);
  }
}

function place(notebookId: string): string {
  return `notebooks/${notebookId}/executions`;
}
