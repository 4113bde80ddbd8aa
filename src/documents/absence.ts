// The account of a time without the server: what came together when it was back.

import type { NotebooksApi } from '../api/notebooks';
import type { IMergeAccount } from '../tokens';

/**
 * Kinds of actors whose changes are told as somebody's.
 */
const PEOPLE: readonly string[] = ['human', 'assistant', 'api'];

/**
 * A moment in the life of a connection.
 */
export interface IMoment {
  /**
   * Position in the log.
   */
  readonly seq: number;

  /**
   * Own changes that became durable so far.
   */
  readonly settled: number;
}

/**
 * Notes when the server went and sums up when it is back.
 */
export class Absence {
  constructor(private readonly _api: Pick<NotebooksApi, 'changes'>) {}

  /**
   * The server is away from now on, unless it was before.
   */
  begin(moment: IMoment): void {
    this._since ??= moment;
  }

  /**
   * What was before has nothing to do with what comes.
   */
  forget(): void {
    this._since = null;
  }

  /**
   * Everything was exchanged.
   *
   * @param id - the notebook.
   * @param me - the name by which the server knows this person.
   * @param now - milliseconds since the Unix epoch.
   *
   * @returns the account; null when nothing of this person was brought to the server.
   */
  async end(
    id: string,
    moment: IMoment,
    me: string | null,
    now: number
  ): Promise<IMergeAccount | null> {
    const since = this._since;
    this._since = null;
    const own = since ? moment.settled - since.settled : 0;
    if (!since || own <= 0) {
      return null;
    }
    const others = await this._others(id, since.seq, me);
    return { time: now, own, others };
  }

  private async _others(
    id: string,
    after: number,
    me: string | null
  ): Promise<IMergeAccount['others']> {
    const counts = new Map<string, number>();
    try {
      for (const { actor } of await this._api.changes(id, after)) {
        if (PEOPLE.includes(actor.kind) && actor.id !== me) {
          counts.set(actor.name, (counts.get(actor.name) ?? 0) + 1);
        }
      }
    } catch {
      // The account is shorter, nothing else.
    }
    return [...counts].map(([name, count]) => ({ name, count }));
  }

  private _since: IMoment | null = null;
}
