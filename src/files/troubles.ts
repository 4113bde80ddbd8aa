// Why the file does not follow its notebook, in words, and what can be done about it.

import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICondition } from '../tokens';

/**
 * What a person can do.
 */
export type Answer =
  | 'save-again'
  | 'save-as'
  | 'open-as-text'
  | 'reload'
  | 'overwrite'
  | 'next-version'
  | 'save';

/**
 * Something about the file that does not go away by itself.
 */
export interface ITrouble {
  /**
   * Another one for each trouble that begins.
   */
  readonly key: string;

  /**
   * Whether something is wrong, or there is only something to do.
   */
  readonly isWrong: boolean;

  /**
   * What happened.
   */
  readonly what: string;

  /**
   * What is safe, and what to do.
   */
  readonly advice: string;

  /**
   * The first is the one that most people want.
   */
  readonly answers: readonly Answer[];
}

/**
 * The answers to a condition. Others than these pass, or are about no file.
 */
const ANSWERS: Readonly<Record<string, readonly Answer[]>> = {
  file_deleted: ['save-again', 'save-as'],
  file_not_valid: ['open-as-text', 'save-as'],
  file_changed_outside: ['reload', 'overwrite']
};

/**
 * What a person who may only read can do.
 */
const HARMLESS: readonly Answer[] = ['open-as-text', 'save-as', 'next-version'];

/**
 * What the bearer of this condition has is no trouble, but a merge that somebody has to end.
 */
const CONFLICTED = 'file_conflicted';

/**
 * The trouble with the file at a path; null when there is none.
 */
export function troubleOf(
  conditions: readonly ICondition[],
  path: string,
  mayWrite: boolean,
  trans: TranslationBundle
): ITrouble | null {
  const condition = conditions.find(({ code }) => code in ANSWERS);
  if (!condition) {
    return null;
  }
  const { code, since, message, hint } = condition;
  const answers = (ANSWERS[code] ?? []).filter(
    answer => mayWrite || HARMLESS.includes(answer)
  );
  const key = `${code} ${since ?? ''}`;
  if (code === 'file_deleted') {
    return {
      key,
      isWrong: true,
      what: trans.__('%1 was deleted or moved away.', PathExt.basename(path)),
      advice: trans.__(
        'Your work is kept here and in the history, but no file holds it.'
      ),
      answers
    };
  }
  return { key, isWrong: true, what: message, advice: hint, answers };
}

/**
 * A merge of two branches that is not ended: what is left to do; null when there is none.
 *
 * @param versions - how many cells hold the version of the other branch.
 */
export function mergeOf(
  conditions: readonly ICondition[],
  path: string,
  versions: number,
  mayWrite: boolean,
  trans: TranslationBundle
): ITrouble | null {
  const isConflicted = conditions.some(({ code }) => code === CONFLICTED);
  if (versions === 0 && !isConflicted) {
    return null;
  }
  const name = PathExt.basename(path);
  const answers: Answer[] = [
    ...(versions > 0 ? (['next-version'] as const) : []),
    ...(isConflicted && mayWrite ? (['save'] as const) : [])
  ];
  const key = `merge ${isConflicted}`;
  if (versions === 0) {
    return {
      key,
      isWrong: false,
      what: trans.__('%1 has the conflict markers of a merge.', name),
      advice: trans.__(
        'Both sides could be brought together. Save the notebook to write the file without markers.'
      ),
      answers
    };
  }
  return {
    key,
    isWrong: false,
    what: trans._n(
      '%1 cell was changed on both sides of a merge.',
      '%1 cells were changed on both sides of a merge.',
      versions,
      versions
    ),
    advice: isConflicted
      ? trans.__(
          'Choose one version of each. The file has its conflict markers until you choose or save.'
        )
      : trans.__('Choose one version of each.'),
    answers
  };
}
