// The bytes of large outputs, which lie outside the document.

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { NotReachedError } from './errors';
import { toError } from './request';

/**
 * Where artifacts lie under the server's base URL.
 */
const ARTIFACTS = 'anode/artifacts';

/**
 * The routes of artifacts.
 */
export class ArtifactsApi {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  /**
   * Where a browser finds an artifact of a notebook. It never changes, so caches may keep it.
   */
  url(notebookId: string, sha256: string): string {
    const { baseUrl } = this._settings;
    return URLExt.join(baseUrl, ARTIFACTS, notebookId, sha256);
  }

  /**
   * Load an artifact.
   *
   * @throws ApiError when the server refuses, NotReachedError when it does not answer.
   */
  async load(notebookId: string, sha256: string): Promise<Blob> {
    const url = this.url(notebookId, sha256);
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(
        url,
        { cache: 'default' },
        this._settings
      );
      if (response.ok) {
        return await response.blob();
      }
    } catch (error) {
      throw new NotReachedError(error instanceof Error ? error.message : '');
    }
    throw toError(
      response.status,
      response.statusText,
      await response.json().catch(() => null)
    );
  }
}
