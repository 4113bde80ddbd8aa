// Amounts of memory, work and time as people say them.

import type { TranslationBundle } from '@jupyterlab/translation';

const STEP = 1024;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Bytes with a unit, in three digits or so.
 */
export function bytes(count: number): string {
  let rest = count;
  let unit = 0;
  while (rest >= 1000 && unit < UNITS.length - 1) {
    rest /= STEP;
    unit += 1;
  }
  const digits = unit > 0 && rest < 10 ? 1 : 0;
  return `${rest.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}

/**
 * Percent of one core, as cores of those that there are.
 */
export function cores(
  percent: number,
  count: number,
  trans: TranslationBundle
): string {
  const used = (percent / 100).toFixed(percent < 1000 ? 2 : 1);
  const of = Number.isInteger(count) ? String(count) : count.toFixed(1);
  return count === 1
    ? trans.__('%1 of 1 core', used)
    : trans.__('%1 of %2 cores', used, of);
}

/**
 * How long something goes on: two parts at most.
 */
export function lasting(ms: number, trans: TranslationBundle): string {
  if (ms < MINUTE_MS) {
    return trans.__('%1 s', Math.max(0, Math.floor(ms / SECOND_MS)));
  }
  if (ms < HOUR_MS) {
    return trans.__('%1 min', Math.floor(ms / MINUTE_MS));
  }
  if (ms < DAY_MS) {
    const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
    return trans.__('%1 h %2 min', Math.floor(ms / HOUR_MS), minutes);
  }
  const hours = Math.floor((ms % DAY_MS) / HOUR_MS);
  return trans.__('%1 d %2 h', Math.floor(ms / DAY_MS), hours);
}

/**
 * A very short time.
 */
export function instant(ms: number, trans: TranslationBundle): string {
  return ms < 10
    ? trans.__('%1 ms', ms.toFixed(1))
    : trans.__('%1 ms', Math.round(ms));
}

/**
 * A moment's time, with its day unless that is today's.
 */
export function moment(
  iso: string,
  now: number,
  trans: TranslationBundle
): string {
  const date = new Date(iso);
  const time = date.toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit'
  });
  return date.toDateString() === new Date(now).toDateString()
    ? time
    : trans.__('%1, %2', date.toLocaleDateString(), time);
}
