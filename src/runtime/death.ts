// What there is to say about a kernel that ended by itself, as long as it matters.

import type { INotebookRuns, IRuntimeSession } from '../tokens';

/**
 * The ends that nobody wished for.
 */
const UNWISHED: ReadonlySet<string> = new Set([
  'error',
  'oom',
  'timeout',
  'server_stop'
]);

/**
 * A kernel that ended, and how it went on.
 *
 * - `gone`: there is none. `back`: there is another one, without the old one's variables.
 * - `unstarted`: it never began to answer, and there is none.
 */
export interface IDeath {
  readonly session: IRuntimeSession;
  readonly now: 'gone' | 'back' | 'unstarted';

  /**
   * Runs that wait until there is a kernel.
   */
  readonly held: number;
}

/**
 * Remembers the last death of a notebook's kernel until the person has seen it. What died before the
 * page was opened is no news, unless something waits because of it.
 */
export class DeathWatch {
  /**
   * Look again.
   */
  look(runs: INotebookRuns): IDeath | null {
    const { session, queue } = runs;
    if (session && this._isFirst) {
      this._isFirst = false;
      this._seen = queue.length === 0 ? session.endedAt && session.id : null;
    }
    if (session?.endedAt != null && UNWISHED.has(session.reason ?? '')) {
      // A server that was stopped with nothing to do took nothing along that would surprise.
      const isNews = session.reason !== 'server_stop' || queue.length > 0;
      this._dead = isNews ? session : null;
    }
    const dead = this._dead;
    if (!dead || dead.id === this._seen) {
      return null;
    }
    const isOver = session?.id !== dead.id;
    if (hasNotStarted(dead)) {
      return isOver ? null : { session: dead, now: 'unstarted', held: 0 };
    }
    return isOver
      ? { session: dead, now: 'back', held: 0 }
      : { session: dead, now: 'gone', held: queue.length };
  }

  /**
   * The person has seen it.
   */
  forget(): void {
    this._seen = this._dead?.id ?? null;
  }

  private _dead: IRuntimeSession | null = null;
  private _seen: string | null = null;
  private _isFirst = true;
}

/**
 * Of a kernel that did not start the server tells in sentences, of one that died in a phrase.
 */
export function hasNotStarted({ detail }: { detail: string }): boolean {
  return /^\p{Lu}/u.test(detail);
}
