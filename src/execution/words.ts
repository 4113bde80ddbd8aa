// What there is to say about runs, in the reader's language.

import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError, NotReachedError } from '../api/errors';
import type { IRun } from '../tokens';

/**
 * Why a request to run cells was not taken: what happened, and what to do.
 */
export function refusal(error: unknown, trans: TranslationBundle): string {
  if (error instanceof NotReachedError) {
    return trans.__(
      'Not run: the server cannot be reached. It is not run later by itself; you are asked when the server is back.'
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

/**
 * Why a question was not taken by the assistant: what happened, and what to do.
 */
export function refusedQuestion(
  error: unknown,
  trans: TranslationBundle
): string {
  if (error instanceof NotReachedError) {
    return trans.__(
      'Not asked: the server cannot be reached. Ask again when it is back.'
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  const hint = error instanceof ApiError ? error.hint : '';
  return trans.__('Not asked: %1', `${reason} ${hint}`.trim());
}

/**
 * How a run failed.
 *
 * @param took - how long it ran, in words.
 */
export function failed(
  run: IRun,
  took: string | null,
  trans: TranslationBundle
): string {
  const { name, value } = run.error ?? { name: '', value: '' };
  if (name === 'kernel_died') {
    return trans.__('The kernel died: %1', value);
  }
  if (name === 'kernel_restarted') {
    return trans.__('Broken off: the kernel was restarted or stopped');
  }
  return took === null ? trans.__('Failed') : trans.__('Failed after %1', took);
}

/**
 * Why a run did not come to its end, or not to its beginning.
 */
export function cancelled(run: IRun, trans: TranslationBundle): string {
  switch (run.reason) {
    case 'interrupted':
      return trans.__('Interrupted');
    case 'batch_stopped':
      return trans.__('Not run: a cell before it failed');
    case 'kernel_died':
      return trans.__('Not run: the kernel died');
    case 'kernel_restarted':
      return trans.__('Not run: the kernel was restarted');
    case 'no_runtime':
      return run.detail === ''
        ? trans.__('Not run: no kernel could be started')
        : trans.__('Not run: %1', run.detail);
    default:
      return trans.__('Not run: taken back');
  }
}

/**
 * What it means that a run is lost.
 */
export function lost(trans: TranslationBundle): string {
  return trans.__('Lost: the server stopped while it ran');
}
