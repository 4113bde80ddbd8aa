// The runs of a notebook as the server tells them.

import type { Server } from './server.ts';

interface IEnvelope {
  name: string;
  data: {
    execution_id?: string;
    cell_id?: string;
    source?: string;
  };
}

/**
 * Asks the server, as a program would.
 */
export class NotebookRuns {
  constructor(
    private readonly _server: Server,
    readonly id: string
  ) {}

  static async of(server: Server, path: string): Promise<NotebookRuns> {
    const { id } = await server.api<{ id: string }>('POST', 'notebooks', {
      path
    });
    return new NotebookRuns(server, id);
  }

  /**
   * All runs in the order of their requests: the cell, and how it stands.
   */
  async states(): Promise<[cell: string, status: string][]> {
    const requested = await this._events('ExecutionRequested');
    return Promise.all(
      requested.map(async ({ data }) => {
        const { status } = await this._server.api<{ status: string }>(
          'GET',
          `notebooks/${this.id}/executions/${data.execution_id ?? ''}`
        );
        return [data.cell_id ?? '', status] as [string, string];
      })
    );
  }

  /**
   * The cells in the order in which they began to run.
   */
  async started(): Promise<string[]> {
    const started = await this._events('ExecutionStarted');
    return started.map(({ data }) => data.cell_id ?? '');
  }

  /**
   * What ran of a cell, run by run.
   */
  async sources(cell: string): Promise<string[]> {
    const started = await this._events('ExecutionStarted');
    return started
      .filter(({ data }) => data.cell_id === cell)
      .map(({ data }) => data.source ?? '');
  }

  private _events(name: string): Promise<IEnvelope[]> {
    return this._server
      .api<
        IEnvelope[] | { events: IEnvelope[] }
      >('GET', `notebooks/${this.id}/events?limit=10000&name=v1.${name}`)
      .then(answer => (Array.isArray(answer) ? answer : answer.events));
  }
}
