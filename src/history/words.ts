// The past in words.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { IStretch } from '../api/history';

/**
 * Who did it.
 */
export function whose(
  { kind, actor }: IStretch,
  trans: TranslationBundle
): string {
  switch (kind) {
    case 'begun':
      return trans.__('Opened for the first time');
    case 'file':
      return trans.__('Changed on disk');
    case 'damaged':
      return trans.__('Lost from the history');
    default:
      return actor.name;
  }
}

/**
 * What was done, in parts: the first says most.
 */
export function deeds(stretch: IStretch, trans: TranslationBundle): string[] {
  switch (stretch.kind) {
    case 'begun':
      return [trans._n('1 cell', '%1 cells', stretch.created)];
    case 'purged':
      return [
        trans.__('Removed the history of %1 to %2', stretch.since, stretch.upto)
      ];
    case 'damaged':
      return [
        trans.__(
          'The log was damaged: %1 to %2 cannot be shown',
          stretch.since + 1,
          stretch.upto
        )
      ];
    case 'restored':
      return [trans.__('Brought back an earlier moment')];
    default:
      return work(stretch, trans);
  }
}

function work(stretch: IStretch, trans: TranslationBundle): string[] {
  const { inserted, deleted, created, removed, moved, runs, failed } = stretch;
  const parts: string[] = [];
  const add = (count: number, text: string): void => {
    if (count > 0) {
      parts.push(text);
    }
  };
  add(inserted + deleted, `+${inserted} −${deleted}`);
  add(created, trans._n('added 1 cell', 'added %1 cells', created));
  add(removed, trans._n('deleted 1 cell', 'deleted %1 cells', removed));
  add(moved, trans._n('moved 1 cell', 'moved %1 cells', moved));
  add(runs, trans._n('1 run', '%1 runs', runs));
  add(failed, trans._n('1 failed', '%1 failed', failed));
  return parts.length > 0 ? parts : [trans.__('Changed settings or outputs')];
}

/**
 * The same for who cannot see that `+5 −2` is about text.
 */
export function spoken(stretch: IStretch, trans: TranslationBundle): string {
  const { inserted, deleted, kind } = stretch;
  const parts = deeds(stretch, trans);
  if (kind !== 'begun' && parts[0]?.startsWith('+')) {
    parts[0] = trans.__('%1 characters typed, %2 deleted', inserted, deleted);
  }
  return [whose(stretch, trans), ...parts].join(', ');
}

/**
 * The day of a moment, as a heading.
 */
export function day(time: Date, now: Date, trans: TranslationBundle): string {
  const days = Math.round(
    (midnight(now).getTime() - midnight(time).getTime()) / DAY_MS
  );
  if (days === 0) {
    return trans.__('Today');
  }
  if (days === 1) {
    return trans.__('Yesterday');
  }
  return time.toLocaleDateString(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(time.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' })
  });
}

/**
 * The time of day, to the minute.
 */
export function clock(time: Date): string {
  return time.toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit'
  });
}

/**
 * From when to when a stretch was.
 */
export function span({ start, end }: IStretch): string {
  const first = clock(new Date(start));
  const last = clock(new Date(end));
  return first === last ? first : `${first}–${last}`;
}

const DAY_MS = 86_400_000;

function midnight(time: Date): Date {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate());
}
