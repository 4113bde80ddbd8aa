// Times as people say them.

import type { TranslationBundle } from '@jupyterlab/translation';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * How long ago a moment was, in words.
 *
 * @param time - the moment, in milliseconds since the Unix epoch.
 * @param now - the present, likewise.
 */
export function ago(
  time: number,
  now: number,
  trans: TranslationBundle
): string {
  const elapsed = Math.max(0, now - time);
  if (elapsed < 5 * SECOND_MS) {
    return trans.__('just now');
  }
  if (elapsed < MINUTE_MS) {
    return trans.__('%1 s ago', Math.floor(elapsed / SECOND_MS));
  }
  if (elapsed < HOUR_MS) {
    return trans.__('%1 min ago', Math.floor(elapsed / MINUTE_MS));
  }
  return new Date(time).toLocaleString();
}

/**
 * The exact time of a moment, for tooltips.
 */
export function exact(time: number): string {
  return new Date(time).toLocaleString();
}
