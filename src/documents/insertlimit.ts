// Keeps a text that is larger than the server takes out of the notebook, before anything of it is in.

import type { Extension, Transaction } from '@codemirror/state';
import { EditorState } from '@codemirror/state';

/**
 * What an update needs beside the text, in bytes, generously.
 */
const BESIDE_TEXT = 4_096;

/**
 * The most bytes that a UTF-16 unit becomes in UTF-8.
 */
const BYTES_PER_UNIT = 3;

/**
 * An editor that takes no text (typed, pasted, dropped) larger than a change may be.
 *
 * @param limit - bytes that a change may have at the moment.
 * @param onRefused - told the size of a text that was not taken, in bytes.
 */
export function insertLimit(
  limit: () => number,
  onRefused: (size: number) => void
): Extension {
  return EditorState.transactionFilter.of(transaction => {
    if (!transaction.docChanged || !transaction.isUserEvent('input')) {
      return transaction;
    }
    const size = insertedBytes(transaction, limit());
    if (size + BESIDE_TEXT <= limit()) {
      return transaction;
    }
    onRefused(size);
    return [];
  });
}

/**
 * The size of what is inserted; 0 when a look at its length shows that it is well below the limit.
 */
function insertedBytes(transaction: Transaction, limit: number): number {
  const texts: string[] = [];
  transaction.changes.iterChanges((_from, _to, _start, _end, inserted) => {
    if (inserted.length > 0) {
      texts.push(inserted.toString());
    }
  });
  const units = texts.reduce((sum, { length }) => sum + length, 0);
  if (units * BYTES_PER_UNIT + BESIDE_TEXT <= limit) {
    return 0;
  }
  const encoder = new TextEncoder();
  return texts.reduce((sum, text) => sum + encoder.encode(text).length, 0);
}
