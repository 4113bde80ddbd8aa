// The plain copies of one notebook on the server.

import type { INotebookContent } from '@jupyterlab/nbformat';
import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/**
 * A copy.
 */
export interface ICopy {
  readonly name: string;

  /**
   * When it was made, in seconds since the Unix epoch.
   */
  readonly time: number;

  /**
   * The moment of the history that it was made at.
   */
  readonly seq: number;
  readonly cells: number;

  /**
   * In bytes.
   */
  readonly size: number;
}

/**
 * The routes under `notebooks/{id}/copies`.
 */
export class CopiesApi {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  /**
   * The copies, the newest first.
   */
  list(id: string): Promise<readonly ICopy[]> {
    return request(this._settings, 'GET', `notebooks/${id}/copies`);
  }

  /**
   * What is in a copy.
   *
   * @throws ApiError 404 `copy_not_found` when it was let go of meanwhile.
   */
  read(id: string, name: string): Promise<INotebookContent> {
    return request(this._settings, 'GET', `notebooks/${id}/copies/${name}`);
  }

  /**
   * Make the notebook read as a copy, as a new change.
   */
  restore(id: string, name: string): Promise<{ seq: number }> {
    return request(this._settings, 'POST', `notebooks/${id}/restore`, {
      copy: name
    });
  }
}
