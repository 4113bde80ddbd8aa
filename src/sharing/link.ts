// The address under which others open the same notebook, and the same cell, on this server.

import { PageConfig, URLExt } from '@jupyterlab/coreutils';

/**
 * The query parameter that names a cell.
 */
const CELL = 'cell';

/**
 * No cell id is longer.
 */
const LONGEST_ID = 256;

/**
 * What stands in front of a document's path in the addresses of JupyterLab and of Notebook 7.
 */
const DOCUMENT = /\/(?:tree|notebooks)\/(.+)$/;

/**
 * What people need, besides the link, to open it.
 *
 * - `this-computer`: they have to sit at this computer.
 * - `hub`: they have to be given access to this server in JupyterHub.
 * - `sign-in`: they have to sign in to this server.
 */
export type Need = 'this-computer' | 'hub' | 'sign-in';

/**
 * The link to a document, or to one of its cells. It leads to this very server, as others are to work
 * in the same notebook, and bears no token.
 *
 * @param baseUrl - the address of the server.
 * @param path - contents path.
 */
export function linkTo(
  baseUrl: string,
  path: string,
  cell: string | null = null
): string {
  const page = PageConfig.getOption('notebookPage')
    ? URLExt.join(baseUrl, 'notebooks', URLExt.encodeParts(path))
    : PageConfig.getUrl({
        mode: 'multiple-document',
        workspace: PageConfig.defaultWorkspace,
        treePath: path
      });
  const url = new URL(page, window.location.href).href;
  return cell === null
    ? url
    : url + URLExt.objectToQueryString({ [CELL]: cell });
}

/**
 * The document and the cell that an address leads to; null when it names no cell.
 */
export function destinationOf(
  address: Pick<Location, 'pathname' | 'search'>
): { path: string; cell: string } | null {
  const cell = new URLSearchParams(address.search).get(CELL);
  const [, encoded] = DOCUMENT.exec(address.pathname) ?? [];
  if (!cell || cell.length > LONGEST_ID || !encoded) {
    return null;
  }
  try {
    return { path: decodeURIComponent(encoded), cell };
  } catch {
    return null;
  }
}

/**
 * What people need besides a link.
 */
export function needOf(link: string): Need {
  const { hostname } = new URL(link);
  if (/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) {
    return 'this-computer';
  }
  return PageConfig.getOption('hubPrefix') ? 'hub' : 'sign-in';
}
