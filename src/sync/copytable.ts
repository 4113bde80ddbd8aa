// One copy in the tables of the database, within one transaction.

import type { ICopyHead, ISnapshot, IUpdateRow } from './database';
import { answer, BY_COPY, COPIES, SNAPSHOTS, UPDATES } from './database';
import { mergeAll } from './merging';

/**
 * Reads and writes the rows of one copy.
 */
export class CopyTable {
  /**
   * @param _table - the tables of a transaction.
   * @param _key - the key of the copy.
   * @param _writer - who writes: what others wrote is never dropped unread.
   */
  constructor(
    private readonly _table: (name: string) => IDBObjectStore,
    private readonly _key: string,
    private readonly _writer: string
  ) {}

  /**
   * Undefined when there is no such copy.
   */
  head(): Promise<ICopyHead | undefined> {
    return answer<ICopyHead | undefined>(this._table(COPIES).get(this._key));
  }

  async setHead(head: ICopyHead): Promise<void> {
    await answer(this._table(COPIES).put(head));
  }

  snapshot(): Promise<ISnapshot | undefined> {
    return answer<ISnapshot | undefined>(this._table(SNAPSHOTS).get(this._key));
  }

  /**
   * All rows, in their order.
   */
  rows(): Promise<IUpdateRow[]> {
    return rowsOf(this._table, this._key);
  }

  /**
   * Append a row.
   *
   * @returns its number.
   */
  async add(update: Uint8Array, isPending: boolean): Promise<number> {
    const row = this._row(update, isPending ? 1 : 0);
    return answer<number>(this._table(UPDATES).add(row));
  }

  /**
   * The server has the change of this row.
   */
  async confirm(n: number, update: Uint8Array): Promise<void> {
    await answer(this._table(UPDATES).put({ ...this._row(update, 0), n }));
  }

  /**
   * Put a snapshot in the place of all rows that it holds. What another tab wrote goes into it, what
   * is pending there stays.
   *
   * @param own - the numbers of pending rows that are in the snapshot and are written anew.
   *
   * @returns the bytes of the snapshot.
   */
  async pack(
    update: Uint8Array,
    own: ReadonlySet<number | null>
  ): Promise<number> {
    const parts = [update];
    const old = await this.snapshot();
    if (old && old.writer !== this._writer) {
      parts.push(old.update);
    }
    for (const row of await this.rows()) {
      const isOwn = own.has(row.n ?? null);
      if (row.pending === 1 && !isOwn && row.writer !== this._writer) {
        continue;
      }
      if (row.writer !== this._writer && !isOwn) {
        parts.push(row.update);
      }
      await answer(this._table(UPDATES).delete(row.n!));
    }
    const whole = mergeAll(parts);
    const { _key: key, _writer: writer } = this;
    await answer(this._table(SNAPSHOTS).put({ key, writer, update: whole }));
    return whole.byteLength;
  }

  /**
   * Forget another copy.
   */
  async forget(key: string): Promise<void> {
    if (key !== this._key) {
      await removeCopy(this._table, key);
    }
  }

  private _row(update: Uint8Array, pending: 0 | 1): IUpdateRow {
    return { key: this._key, writer: this._writer, update, pending };
  }
}

/**
 * The rows of a copy, in their order.
 */
export function rowsOf(
  table: (name: string) => IDBObjectStore,
  key: string
): Promise<IUpdateRow[]> {
  return answer<IUpdateRow[]>(table(UPDATES).index(BY_COPY).getAll(key));
}

/**
 * Remove all of a copy.
 */
export async function removeCopy(
  table: (name: string) => IDBObjectStore,
  key: string
): Promise<void> {
  await answer(table(COPIES).delete(key));
  await answer(table(SNAPSHOTS).delete(key));
  for (const row of await rowsOf(table, key)) {
    await answer(table(UPDATES).delete(row.n!));
  }
}
