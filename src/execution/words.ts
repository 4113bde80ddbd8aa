// What there is to say about runs, in the reader's language.

import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError, NotReachedError } from '../api/errors';

/**
 * Why a request to run cells was not taken: what happened, and what to do.
 */
export function refusal(error: unknown, trans: TranslationBundle): string {
  if (error instanceof NotReachedError) {
    return trans.__(
      'Not run: the server cannot be reached. It is not run later by itself; run it again when the notebook is saved.'
    );
  }
  if (error instanceof ApiError && error.code === 'source_not_arrived') {
    return trans.__(
      'Not run: the latest text did not reach the server in time. Run it again.'
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return trans.__('Not run: %1', reason);
}
