// Time as a port: what waits or measures asks here, so that tests can turn the clock.

import { PromiseDelegate } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';

/**
 * A clock that does not jump, and waiting.
 */
export interface ITimers {
  /**
   * Milliseconds from an arbitrary start.
   */
  now(): number;

  /**
   * Milliseconds since the Unix epoch, for people.
   */
  date(): number;

  /**
   * A number in [0, 1).
   */
  random(): number;

  /**
   * Call `then` after at least `ms`; disposing forgets it.
   */
  after(ms: number, then: () => void): IDisposable;
}

/**
 * Wait for a promise, but not longer than `ms`.
 *
 * @param late - makes the error to throw then.
 */
export async function within<T>(
  promise: Promise<T>,
  timers: ITimers,
  ms: number,
  late: () => Error
): Promise<T> {
  const deadline = new PromiseDelegate<never>();
  const timer = timers.after(ms, () => {
    deadline.reject(late());
  });
  try {
    return await Promise.race([promise, deadline.promise]);
  } finally {
    timer.dispose();
  }
}

/**
 * The browser's clock.
 */
export const browserTimers: ITimers = {
  now: () => performance.now(),
  date: () => Date.now(),
  random: () => Math.random(),
  after: (ms, then) => {
    const id = window.setTimeout(then, ms);
    return new DisposableDelegate(() => window.clearTimeout(id));
  }
};
