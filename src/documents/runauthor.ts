// Whether outputs are what the server itself wrote for runs that were asked for here.

import * as Y from 'yjs';

import type { CellMap } from './celldata';

/**
 * Key of an output that the server wrote for a run: the run's id. Anybody may write the key; that
 * the server wrote the output is told by the Yjs client id, which it lets nobody else use.
 */
const EXECUTION_ID = 'anode_execution_id';

/**
 * Whose outputs are trusted.
 */
export interface IRunAuthor {
  /**
   * The server's Yjs client id; null while it is not known.
   */
  readonly writer: number | null;

  /**
   * Whether a run was asked for here.
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
  const outputs = cell.get('outputs');
  if (!(outputs instanceof Y.Array) || outputs.length === 0) {
    return 'foreign';
  }
  const items = (outputs as Y.Array<unknown>).toArray();
  if (!items.every(output => isOwnOutput(output, author))) {
    return 'foreign';
  }
  const begin = transaction.beforeState.get(author.writer ?? 0) ?? 0;
  const areNew = items.every(
    output => ((output as Y.Map<unknown>)._item?.id.clock ?? 0) >= begin
  );
  return areNew ? 'new' : 'own';
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
 * Whether an entry is the server's. The text of a stream may be anybody's: it can do nothing.
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
    item.id.client === author.writer &&
    (isText || !(value instanceof Y.AbstractType))
  );
}
