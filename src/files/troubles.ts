// Why the file does not follow its notebook, in words, and what can be done about it.

import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICondition } from '../tokens';

/**
 * What a person can do.
 */
export type Answer =
  'save-again' | 'save-as' | 'open-as-text' | 'reload' | 'overwrite';

/**
 * Something about the file that does not go away by itself.
 */
export interface ITrouble {
  /**
   * Another one for each trouble that begins.
   */
  readonly key: string;

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
const HARMLESS: readonly Answer[] = ['open-as-text', 'save-as'];

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
      what: trans.__('%1 was deleted or moved away.', PathExt.basename(path)),
      advice: trans.__(
        'Your work is kept here and in the history, but no file holds it.'
      ),
      answers
    };
  }
  return { key, what: message, advice: hint, answers };
}
