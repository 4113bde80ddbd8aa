// Why an output cannot be shown, as it is told to a person.

import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError, NotReachedError } from '../api/errors';

/**
 * What went wrong while an output was loaded.
 */
export function reasonOf(error: unknown, trans: TranslationBundle): string {
  if (error instanceof ApiError) {
    return trans.__(
      'This output cannot be shown. %1 %2',
      error.message,
      error.hint
    );
  }
  if (error instanceof NotReachedError) {
    return trans.__(
      'This output cannot be shown now: the server does not answer. It is kept there.'
    );
  }
  return trans.__('This output cannot be shown: %1', String(error));
}
