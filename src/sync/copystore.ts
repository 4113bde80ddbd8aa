// The copies of documents that this browser keeps for one person on one server.

import { Token } from '@lumino/coreutils';
import type * as Y from 'yjs';

import type { ICopyHead, ISnapshot, IUpdateRow } from './database';
import { answer, COPIES, Database, SNAPSHOTS, UPDATES } from './database';
import { removeCopy, rowsOf } from './copytable';
import { within } from './timers';
import type { ITimers } from './timers';

/**
 * How long copies are kept: not at all, as long as the tab, or over reloads and restarts.
 */
export type CopyPolicy = 'off' | 'tab' | 'reload';

/**
 * So much is kept in all; then the copies that were used longest ago go. Chromium gives an origin
 * more than half of the disk, Safari begins to ask at 1 GB: this is far from both.
 */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * A document opens without its copy when the browser does not hand it out in this time.
 */
const PATIENCE_MS = 3_000;

/**
 * What the copies are kept with.
 */
export interface ICopyStoreOptions {
  /**
   * The browser's; null when it has none.
   */
  readonly factory: IDBFactory | null;

  /**
   * One for each server of an origin.
   */
  readonly name: string;

  /**
   * The name of this tab, the same after a reload.
   */
  readonly tab: string;
  readonly timers: ITimers;

  /**
   * The name of the person, as the server knows or last knew it; null when it is not known.
   */
  user(): Promise<string | null>;
  policy(): Promise<CopyPolicy>;

  /**
   * The tabs that are open; null when the browser does not tell.
   */
  openTabs(): Promise<ReadonlySet<string> | null>;

  /**
   * How much is kept in all.
   */
  readonly mostBytes?: number;
}

/**
 * A copy as it was read.
 */
export interface IStoredCopy {
  readonly head: ICopyHead;

  /**
   * What the server had, in order.
   */
  readonly known: readonly Uint8Array[];

  /**
   * The person's own changes that are not known to be on the server, in the order of making.
   */
  readonly pending: readonly IUpdateRow[];
}

/**
 * The copies that this browser keeps, for whatever opens documents.
 */
export const ICopyStore = new Token<CopyStore>(
  'anode-jlab:ICopyStore',
  'The copies of documents that this browser keeps.'
);

/**
 * Finds, reads and forgets copies; `LocalCopy` writes one.
 */
export class CopyStore {
  constructor(private readonly _options: ICopyStoreOptions) {
    this.database = new Database(_options.factory, _options.name);
  }

  readonly database: Database;

  get tab(): string {
    return this._options.tab;
  }

  /**
   * The name of the person; null when it is not known, or nothing is to be kept.
   */
  async user(): Promise<string | null> {
    return (await this.policy()) === 'off' ? null : this._options.user();
  }

  async policy(): Promise<CopyPolicy> {
    return this._options.policy();
  }

  /**
   * The copy to open a document with: one that holds changes which the server lacks, also of another
   * lineage, or else the one of its lineage. Null when there is none.
   */
  async forDocument(id: string, lineage: string): Promise<IStoredCopy | null> {
    let found: IStoredCopy | null = null;
    for (const head of await this._find(head => head.id === id)) {
      const copy = await this.read(head.key);
      const isSame = head.lineage === lineage;
      const isNeeded = copy !== null && copy.pending.length > 0;
      if (isSame && isNeeded) {
        return copy;
      }
      if (isNeeded || (isSame && !found?.pending.length)) {
        found = copy;
      }
    }
    return found;
  }

  /**
   * The latest copy of what was open at a path; null when there is none.
   */
  async forPath(path: string): Promise<IStoredCopy | null> {
    const [head] = await this._find(head => head.path === path);
    return head ? this.read(head.key) : null;
  }

  /**
   * All copies of the person, the latest first.
   */
  all(): Promise<readonly ICopyHead[]> {
    return this._find(() => true);
  }

  /**
   * Read a copy; null when it is gone.
   */
  read(key: string): Promise<IStoredCopy | null> {
    return this._patiently(
      this.database.transact('readonly', async table => {
        const [head, snapshot, rows] = await Promise.all([
          answer<ICopyHead | undefined>(table(COPIES).get(key)),
          answer<ISnapshot | undefined>(table(SNAPSHOTS).get(key)),
          rowsOf(table, key)
        ]);
        return head ? stored(head, snapshot, rows) : null;
      }),
      null
    );
  }

  /**
   * Forget a copy.
   */
  async forget(key: string): Promise<void> {
    await this.database.transact('readwrite', table => removeCopy(table, key));
  }

  /**
   * Forget everything that this browser keeps of this server, whosever it is.
   */
  async forgetAll(): Promise<void> {
    await this.database.transact('readwrite', async table => {
      await Promise.all(
        [COPIES, SNAPSHOTS, UPDATES].map(name => answer(table(name).clear()))
      );
    });
  }

  /**
   * The copies of the person that hold changes which are not known to be on the server.
   */
  async pending(): Promise<readonly ICopyHead[]> {
    const heads = await this.all();
    const copies = await Promise.all(heads.map(({ key }) => this.read(key)));
    return heads.filter((_, at) => (copies[at]?.pending.length ?? 0) > 0);
  }

  /**
   * Forget what need not be kept: the copies of other people and of closed tabs, and more than fits.
   * What somebody wrote that is not on the server stays.
   *
   * @param inUse - the key of a copy that is being written.
   */
  async tidy(inUse: string | null = null): Promise<void> {
    const [user, tabs] = await Promise.all([
      this.user(),
      this._options.openTabs()
    ]);
    const most = this._options.mostBytes ?? MOST_BYTES;
    await this.database.transact('readwrite', async table => {
      const heads = await answer<ICopyHead[]>(table(COPIES).getAll());
      let bytes = heads.reduce((sum, head) => sum + head.bytes, 0);
      for (const head of heads.sort((a, b) => a.used - b.used)) {
        const { key, tab } = head;
        const isOver = user !== null && head.user !== user;
        const isLeft =
          tab !== null && tab !== this.tab && tabs !== null && !tabs.has(tab);
        if (key === inUse || !(isOver || isLeft || bytes > most)) {
          continue;
        }
        const rows = await rowsOf(table, key);
        if (rows.every(({ pending }) => pending === 0)) {
          await removeCopy(table, key);
          bytes -= head.bytes;
        }
      }
    });
  }

  private async _find(
    fits: (head: ICopyHead) => boolean
  ): Promise<readonly ICopyHead[]> {
    const find = async (): Promise<readonly ICopyHead[]> => {
      const user = await this.user();
      if (user === null) {
        return [];
      }
      const heads = await this.database.transact('readonly', table =>
        answer<ICopyHead[]>(table(COPIES).getAll())
      );
      return heads
        .filter(head => head.user === user && fits(head))
        .sort((a, b) => b.used - a.used);
    };
    return this._patiently(find(), []);
  }

  /**
   * A browser that keeps nothing has no copy.
   */
  private async _patiently<T>(work: Promise<T>, otherwise: T): Promise<T> {
    try {
      return await within(
        work,
        this._options.timers,
        PATIENCE_MS,
        () => new Error('The browser does not hand out what it keeps.')
      );
    } catch (error) {
      console.warn('anode: no local copies', error);
      return otherwise;
    }
  }
}

function stored(
  head: ICopyHead,
  snapshot: ISnapshot | undefined,
  rows: readonly IUpdateRow[]
): IStoredCopy {
  const known = rows.filter(row => row.pending === 0).map(row => row.update);
  return {
    head,
    known: snapshot ? [snapshot.update, ...known] : known,
    pending: rows.filter(row => row.pending === 1)
  };
}

/**
 * Whether a copy can be shown: nothing in it waits for a change that it lacks.
 */
export function isWhole(doc: Y.Doc): boolean {
  return doc.store.pendingStructs === null && doc.store.pendingDs === null;
}
