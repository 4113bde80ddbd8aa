// Why no connection is tried any more, in words, and what to do about it.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { ApiError } from '../api/errors';
import type { SyncAction } from '../tokens';

/**
 * What a person is told when the server turned a notebook away.
 */
export interface IRefusal {
  readonly reason: string;
  readonly action: SyncAction | null;
}

/**
 * The close code of a room for what is larger than it takes.
 */
export const TOO_LARGE = 4413;

/**
 * The statuses of a server that does not know who asks any more.
 */
const SIGNED_OUT: readonly number[] = [401, 403];

/**
 * The room hung up in a way that will not mend itself.
 */
export function refusalOfClose(
  code: number,
  reason: string,
  trans: TranslationBundle
): IRefusal {
  const words =
    code === TOO_LARGE
      ? trans.__('a change is larger than the server takes')
      : reason || trans.__('the server did not understand');
  return { reason: words, action: 'reload-page' };
}

/**
 * The server was asked about a notebook that was open here, and refused.
 */
export function refusalOfAnswer(
  error: ApiError,
  trans: TranslationBundle
): IRefusal {
  return SIGNED_OUT.includes(error.status)
    ? {
        reason: trans.__('you are not signed in any more'),
        action: 'reload-page'
      }
    : { reason: error.message, action: 'retry' };
}
