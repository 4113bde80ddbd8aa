// The plain copies of one notebook or text file on the server.

import type { ServerConnection } from '@jupyterlab/services';

import type { SavedContent } from './content';
import { savedContent } from './content';
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

  /**
   * How many cells it has; of a text, how many lines.
   */
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
  async read(id: string, name: string): Promise<SavedContent> {
    const route = `notebooks/${id}/copies/${name}`;
    return savedContent(await request(this._settings, 'GET', route));
  }

  /**
   * Make the document read as a copy, as a new change.
   */
  restore(id: string, name: string): Promise<{ seq: number }> {
    return request(this._settings, 'POST', `notebooks/${id}/restore`, {
      copy: name
    });
  }
}
