// How long to wait before the next attempt to connect.

/**
 * The shortest wait: a restarting server is usually back within a second or two.
 */
export const SHORTEST_MS = 500;

/**
 * The longest wait: a laptop that wakes up finds its notebook within half a minute.
 */
export const LONGEST_MS = 30_000;

/**
 * The wait before an attempt: it doubles each time, up to the longest one. Half of it is random,
 * so that all the tabs of a restarted server do not come back in the same instant.
 *
 * @param failures - how many attempts failed since the last good connection, from 0.
 * @param random - a number in [0, 1).
 *
 * @returns milliseconds between SHORTEST_MS and LONGEST_MS.
 */
export function waitBefore(failures: number, random: number): number {
  const whole = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** (failures + 1));
  return Math.round(
    Math.min(LONGEST_MS, Math.max(SHORTEST_MS, whole * (0.5 + random / 2)))
  );
}
