// Changes on their way into the rows of a copy: own ones one by one, those of the server together.

import type { CopyTable } from './copytable';
import { mergeAll } from './merging';

/**
 * An own change that is not known to be on the server.
 */
export interface IPending {
  readonly update: Uint8Array;

  /**
   * Its number in the database; null while it is not written.
   */
  n: number | null;

  /**
   * Whether the server has it by now.
   */
  isAcked: boolean;
}

/**
 * An own change and the number of its row.
 */
export interface IWritten {
  readonly pending: IPending;
  readonly n: number;
}

/**
 * A change that is not written yet; `pending` when it is an own one.
 */
export interface IFresh {
  readonly update: Uint8Array;
  readonly pending: IPending | null;
}

/**
 * As rows: what the server has already goes together, in its order.
 */
function inRows(changes: readonly (IFresh | IPending)[]): IFresh[] {
  const rows: IFresh[] = [];
  let known: Uint8Array[] = [];
  const close = () => {
    if (known.length > 0) {
      rows.push({ update: mergeAll(known), pending: null });
      known = [];
    }
  };
  for (const change of changes) {
    const pending = 'pending' in change ? change.pending : change;
    if (pending && !pending.isAcked) {
      close();
      rows.push({ update: change.update, pending });
    } else {
      known.push(change.update);
    }
  }
  close();
  return rows;
}

/**
 * What was appended.
 */
export interface IAdded {
  readonly written: readonly IWritten[];
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Append changes to a copy, in their order.
 */
export async function addRows(
  table: CopyTable,
  changes: readonly (IFresh | IPending)[]
): Promise<IAdded> {
  const written: IWritten[] = [];
  let bytes = 0;
  const rows = inRows(changes);
  for (const { update, pending } of rows) {
    bytes += update.byteLength;
    const n = await table.add(update, pending !== null);
    if (pending) {
      written.push({ pending, n });
    }
  }
  return { written, rows: rows.length, bytes };
}
