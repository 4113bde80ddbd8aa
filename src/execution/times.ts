// How long runs took and when they ended, as people say it.

import type { TranslationBundle } from '@jupyterlab/translation';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * A length of time that is over.
 */
export function lasting(ms: number, trans: TranslationBundle): string {
  if (ms < SECOND_MS) {
    return trans.__('%1 ms', Math.round(ms));
  }
  if (ms < MINUTE_MS) {
    return trans.__('%1 s', (ms / SECOND_MS).toFixed(1));
  }
  return going(ms, trans);
}

/**
 * A length of time that goes on: it changes once a second.
 */
export function going(ms: number, trans: TranslationBundle): string {
  if (ms < MINUTE_MS) {
    return trans.__('%1 s', Math.floor(ms / SECOND_MS));
  }
  if (ms < HOUR_MS) {
    const seconds = Math.floor((ms % MINUTE_MS) / SECOND_MS);
    return trans.__('%1 min %2 s', Math.floor(ms / MINUTE_MS), seconds);
  }
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  return trans.__('%1 h %2 min', Math.floor(ms / HOUR_MS), minutes);
}

/**
 * A moment: its time, and its day unless it is today. Empty when it has not come.
 */
export function moment(
  iso: string | null,
  now: number,
  trans: TranslationBundle
): string {
  if (iso === null) {
    return '';
  }
  const date = new Date(iso);
  const time = date.toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit'
  });
  return date.toDateString() === new Date(now).toDateString()
    ? time
    : trans.__('%1, %2', date.toLocaleDateString(), time);
}
