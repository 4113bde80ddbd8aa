// Whether outputs are what the server itself wrote for runs that were asked for here.

import * as Y from 'yjs';

import type { CellMap } from './celldata';
import { EXECUTION_ID } from './celldata';
import { PICTURE } from './picture';

/**
 * Whose outputs are trusted.
 */
export interface IRunAuthor {
  /**
   * The server's Yjs client id; null while it is not known.
   */
  readonly writer: number | null;

  /**
   * Whether this person asked for a run.
   */
  isOwn(executionId: string): boolean;
}

/**
 * How the outputs of a cell are after a transaction.
 *
 * - `foreign`: not all of them are of own runs, or there are none.
 * - `own`: all of them are.
 * - `new`: all of them are, and all were made in this transaction.
 */
export type Origin = 'foreign' | 'own' | 'new';

/**
 * Look at the outputs of a cell.
 */
export function originOf(
  cell: CellMap,
  author: IRunAuthor,
  transaction: Y.Transaction
): Origin {
  if (!areOwn(cell, author)) {
    return 'foreign';
  }
  const items = (cell.get('outputs') as Y.Array<unknown>).toArray();
  const begin = transaction.beforeState.get(author.writer ?? 0) ?? 0;
  const areNew = items.every(
    output => ((output as Y.Map<unknown>)._item?.id.clock ?? 0) >= begin
  );
  return areNew ? 'new' : 'own';
}

/**
 * Whether a cell has outputs, all of own runs.
 */
export function areOwn(cell: CellMap, author: IRunAuthor): boolean {
  const outputs = cell.get('outputs');
  return (
    outputs instanceof Y.Array &&
    outputs.length > 0 &&
    (outputs as Y.Array<unknown>)
      .toArray()
      .every(output => isOwnOutput(output, author))
  );
}

function isOwnOutput(output: unknown, author: IRunAuthor): boolean {
  if (!(output instanceof Y.Map)) {
    return false;
  }
  const map = output as Y.Map<unknown>;
  const executionId = map.get(EXECUTION_ID);
  return (
    typeof executionId === 'string' &&
    author.isOwn(executionId) &&
    map._item?.id.client === author.writer &&
    [...map._map].every(([key, item]) => isWritten(map, key, item, author))
  );
}

/**
 * Whether an entry is the server's. The text of a stream and the picture of a chart may be anybody's:
 * they can do nothing.
 */
function isWritten(
  output: Y.Map<unknown>,
  key: string,
  item: Y.Item,
  author: IRunAuthor
): boolean {
  const value = output.get(key);
  const isText = key === 'text' && output.get('output_type') === 'stream';
  return (
    key === PICTURE ||
    (item.id.client === author.writer &&
      (isText || !(value instanceof Y.AbstractType)))
  );
}
