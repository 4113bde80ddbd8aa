// What is said about a person: what they do, since when, what they are.

import type { TranslationBundle } from '@jupyterlab/translation';

import { ago } from '../ui/times';
import type { IPresentPerson } from './model';
import type { PersonKind } from './person';

/**
 * The name as it is shown in a list.
 */
export function nameOf(
  person: Pick<IPresentPerson, 'name' | 'isSelf'>,
  trans: TranslationBundle
): string {
  return person.isSelf ? trans.__('%1 (you)', person.name) : person.name;
}

/**
 * What somebody is, who is not a person at a browser; empty for those.
 */
export function kindOf(kind: PersonKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'human':
      return '';
    case 'assistant':
      return trans.__('Assistant');
    case 'runtime':
      return trans.__('Runtime');
    case 'api':
      return trans.__('Program');
  }
}

/**
 * What somebody does, in a few words.
 *
 * @param index - the place of their cell in the notebook, from 0; -1 when it is not there.
 */
export function doingOf(
  { doing }: IPresentPerson,
  index: number,
  trans: TranslationBundle
): string {
  const cell = index + 1;
  switch (doing) {
    case 'writing':
      return cell > 0
        ? trans.__('Writing in cell %1', cell)
        : trans.__('Writing');
    case 'here':
      return cell > 0 ? trans.__('At cell %1', cell) : trans.__('Here');
    case 'away':
      return trans.__('Looking at something else');
  }
}

/**
 * Since when somebody is here; empty when the server does not say.
 *
 * @param now - the present, in milliseconds since the Unix epoch.
 */
export function sinceOf(
  { since }: IPresentPerson,
  now: number,
  trans: TranslationBundle
): string {
  return since === null ? '' : trans.__('came %1', ago(since, now, trans));
}
