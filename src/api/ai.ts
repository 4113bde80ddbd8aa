// The providers of the assistant and their keys. A key goes to the server and never comes back.

import type { ServerConnection } from '@jupyterlab/services';

import type { AiMode, IAiKey, IAiProblem, IAiProvider } from '../tokens/ai';
import { request } from './request';

/**
 * What the server says of its assistant.
 */
export interface IAiState {
  readonly enabled: boolean;

  /**
   * Why nothing can be asked at all.
   */
  readonly reason?: IAiProblem | null;
  readonly max_mode: AiMode;
  readonly providers: readonly IAiProvider[];
}

/**
 * A provider that a person adds.
 */
export interface INewProvider {
  readonly title?: string;
  readonly kind: IAiProvider['kind'];
  readonly base_url: string;
}

/**
 * A run of the assistant that was asked for.
 */
export interface IAskedRun {
  readonly run_id: string;
  readonly conversation_id: string;
}

/**
 * The routes under `ai/providers`, and the question of an AI cell.
 */
export class AiApi {
  constructor(readonly settings: ServerConnection.ISettings) {}

  /**
   * The providers with their models.
   *
   * @param discover - ask the providers anew.
   *
   * @throws ApiError 404 when this server has no assistant.
   */
  state(discover = false): Promise<IAiState> {
    const query = discover ? '?refresh=1' : '';
    return request(this.settings, 'GET', `ai/providers${query}`);
  }

  /**
   * Keep a key on the server.
   */
  setKey(provider: string, key: string): Promise<IAiKey> {
    return request(this.settings, 'PUT', `${place(provider)}/key`, { key });
  }

  /**
   * Forget a key that was kept.
   *
   * @throws ApiError when the key comes from elsewhere, such as the environment.
   */
  async forgetKey(provider: string): Promise<void> {
    await request(this.settings, 'DELETE', `${place(provider)}/key`);
  }

  /**
   * Add a provider, or change one that was added.
   *
   * @throws ApiError 403 when the administrator does not allow its address.
   */
  async setProvider(id: string, provider: INewProvider): Promise<void> {
    await request(this.settings, 'PUT', place(id), provider);
  }

  /**
   * Ask what stands in an AI cell.
   *
   * @param runId - the id that the run shall have; asked for twice, it is asked once.
   * @param after - the execution that has to end well before; null for none.
   */
  ask(
    notebookId: string,
    cellId: string,
    runId: string,
    after: string | null
  ): Promise<IAskedRun> {
    const cell = encodeURIComponent(cellId);
    const path = `notebooks/${notebookId}/cells/${cell}/ask`;
    const body = { run_id: runId, ...(after === null ? {} : { after }) };
    return request(this.settings, 'POST', path, body);
  }

  /**
   * Complete a cell at the caret.
   *
   * @param caret - the cell around the caret, and whom to ask.
   * @param signal - ends it, on the server too.
   *
   * @returns what to insert; empty for nothing.
   */
  async complete(
    notebookId: string,
    caret: object,
    signal: AbortSignal
  ): Promise<string> {
    const path = `notebooks/${notebookId}/completion`;
    const { text } = await request<{ readonly text: string }>(
      this.settings,
      'POST',
      path,
      caret,
      false,
      signal
    );
    return text;
  }
}

function place(provider: string): string {
  return `ai/providers/${encodeURIComponent(provider)}`;
}
