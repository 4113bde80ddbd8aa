// The commands and questions about one notebook.

import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';

import type { IEnvelope, Role } from '../tokens';
import type { SavedContent } from './content';
import { savedContent } from './content';
import { API, request } from './request';

/**
 * A notebook as the server knows it.
 */
export interface INotebook {
  readonly id: string;
  readonly path: string;
  readonly lineage: string;
  readonly seq: number;
  readonly role: Role;
}

/**
 * A document that others have open.
 */
export interface IInhabited {
  readonly path: string;

  /**
   * The names of the others.
   */
  readonly others: readonly string[];
}

/**
 * What the room should know about a connection before it opens.
 */
export interface IRoomQuery {
  /**
   * The lineage of the document that the client holds; null when it holds none.
   */
  readonly lineage: string | null;

  /**
   * Events after this seq are wanted.
   */
  readonly after: number;

  /**
   * Whether the state is wanted first.
   */
  readonly state: boolean;

  /**
   * JupyterLab's autosave setting.
   */
  readonly autosave: boolean;
}

/**
 * The routes under `notebooks`; text files are looked up under `files`.
 */
export class NotebooksApi {
  constructor(
    readonly settings: ServerConnection.ISettings,
    private readonly _index: 'notebooks' | 'files' = 'notebooks'
  ) {}

  /**
   * Look a document up by its contents path.
   *
   * @param takeOver - take it from another server of the same person.
   *
   * @throws ApiError 404 when there is no such file, 400 when it is not of this kind,
   * 423 when another server has it open.
   */
  open(path: string, takeOver = false): Promise<INotebook> {
    const body = takeOver ? { path, take_over: true } : { path };
    return request(this.settings, 'POST', this._index, body);
  }

  /**
   * The notebooks and text files that others than oneself have open.
   */
  async inhabited(): Promise<readonly IInhabited[]> {
    const ask = (route: string): Promise<readonly IInhabited[]> =>
      request(this.settings, 'GET', `${route}?inhabited=true`);
    return (await Promise.all([ask('notebooks'), ask('files')])).flat();
  }

  /**
   * Write the notebook's file now.
   *
   * @returns the seq whose content the file holds.
   *
   * @throws ApiError 409 `file_changed_outside`, 503 and 507 `file_not_written`.
   */
  export(
    id: string,
    overwrite: boolean
  ): Promise<{ seq: number; exported_seq: number; path: string }> {
    return request(this.settings, 'POST', `notebooks/${id}/export`, {
      overwrite
    });
  }

  /**
   * Take the file's content into the notebook, as a new change.
   *
   * @returns the seq whose content the file holds.
   */
  reload(id: string): Promise<{ seq: number; exported_seq: number }> {
    return request(this.settings, 'POST', `notebooks/${id}/reload`, {});
  }

  /**
   * Take back the change that was taken from the file at this seq.
   *
   * @throws ApiError 404 when none was.
   */
  undo(id: string, seq: number): Promise<{ seq: number }> {
    return request(this.settings, 'POST', `notebooks/${id}/undo`, { seq });
  }

  /**
   * The notebooks and text files whose file was deleted, with the path that it had; of each kind
   * the newest first.
   */
  async deleted(): Promise<readonly { id: string; path: string }[]> {
    const ask = (
      route: string
    ): Promise<readonly { id: string; path: string }[]> =>
      request(this.settings, 'GET', `${route}?deleted=1`);
    return (await Promise.all([ask('notebooks'), ask('files')])).flat();
  }

  /**
   * Who changed the document after a seq, one entry for each change; at most a thousand.
   */
  changes(
    id: string,
    after: number
  ): Promise<readonly Pick<IEnvelope, 'actor' | 'seq'>[]> {
    const name = 'v1.DocumentUpdated';
    const query = URLExt.objectToQueryString({ after, name });
    return request(this.settings, 'GET', `notebooks/${id}/events${query}`);
  }

  /**
   * What the document holds now, or held at a seq.
   *
   * @throws ApiError 410 when that moment was purged.
   */
  async document(id: string, seq?: number): Promise<SavedContent> {
    const query = seq === undefined ? '' : `?seq=${seq}`;
    const route = `notebooks/${id}/document${query}`;
    return savedContent(await request(this.settings, 'GET', route));
  }

  /**
   * The address of a notebook's room.
   */
  roomUrl(id: string, query: IRoomQuery): string {
    const { wsUrl, appendToken, token } = this.settings;
    const parameters: Record<string, string> = {
      after: String(query.after),
      autosave: query.autosave ? '1' : '0'
    };
    if (query.lineage !== null) {
      parameters.lineage = query.lineage;
    }
    if (query.state) {
      parameters.state = '1';
    }
    if (appendToken && token !== '') {
      // As JupyterLab does for kernels: only when the page comes from another host.
      parameters.token = token;
    }
    return (
      URLExt.join(wsUrl, API, 'notebooks', id, 'room') +
      URLExt.objectToQueryString(parameters)
    );
  }
}
