// Sync states in the reader's language.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRecoveredCopy, ISyncState } from '../tokens';

/**
 * One word for a state.
 */
export function word(state: ISyncState, trans: TranslationBundle): string {
  switch (state.kind) {
    case 'saved':
      return trans.__('Saved');
    case 'saving':
      return trans.__('Saving');
    case 'syncing':
      return trans.__('Syncing');
    case 'offline':
      return trans.__('Offline');
    case 'read-only':
      return trans.__('Read-only');
    case 'error':
      return trans.__('Error');
  }
}

/**
 * The short phrase for the toolbar: the word, and what a person must know at once.
 */
export function phrase(state: ISyncState, trans: TranslationBundle): string {
  const first = word(state, trans);
  if (state.kind === 'offline' && state.isKept) {
    return state.pending > 0
      ? trans.__('%1 · %2 kept here', first, changes(state.pending, trans))
      : first;
  }
  if (state.kind === 'offline') {
    return state.pending > 0
      ? trans.__('%1 · %2 not kept', first, changes(state.pending, trans))
      : trans.__('%1 · not kept', first);
  }
  const isHeld = state.kind === 'read-only' && state.action !== null;
  if ((state.kind === 'error' || isHeld) && state.reason) {
    return trans.__('%1 · %2', first, state.reason);
  }
  return first;
}

/**
 * What a state means for the person's work: one sentence.
 */
export function meaning(state: ISyncState, trans: TranslationBundle): string {
  switch (state.kind) {
    case 'saved':
      return trans.__('Every change is stored on the server.');
    case 'saving':
      return trans.__('Your latest changes are on their way to the server.');
    case 'syncing':
      return trans.__('Comparing with the server.');
    case 'offline':
      if (state.isKept) {
        return trans.__(
          'The server cannot be reached. You can go on editing; this browser keeps your changes and sends them when the server is back.'
        );
      }
      return trans.__(
        'The server cannot be reached. You can go on editing; your changes are sent when it is back. Keep this page open until then.'
      );
    case 'read-only':
      switch (state.action) {
        case null:
          return state.reason || trans.__('You can read it.');
        case 'take-over':
          return trans.__(
            'It is %1, a server of yours. You see the file. It can be edited here once it is closed there, or when you take it over.',
            state.reason
          );
        default:
          return trans.__(
            'It is %1. You see the file. It can be edited here once it is closed there.',
            state.reason
          );
      }
    case 'error':
      return state.reason || trans.__('Something is wrong.');
  }
}

/**
 * A number of changes, with its noun.
 */
export function changes(count: number, trans: TranslationBundle): string {
  return trans._n('%1 change', '%1 changes', count, count);
}

/**
 * Where a copy of text is kept that could not be stored.
 */
export function whereKept(
  copy: IRecoveredCopy,
  trans: TranslationBundle
): string {
  const { length } = copy.cells;
  return copy.isLasting
    ? trans._n(
        'The text of %1 cell is kept in this browser.',
        'The text of %1 cells is kept in this browser.',
        length,
        length
      )
    : trans._n(
        'The text of %1 cell is kept until this page is closed.',
        'The text of %1 cells is kept until this page is closed.',
        length,
        length
      );
}
