// Many Yjs updates as one, without the cost of merging them all at once.

import * as Y from 'yjs';

/**
 * So many are merged at a time: the time that Yjs takes grows faster than their number.
 */
const AT_ONCE = 50;

/**
 * Merge updates; at least one is needed.
 */
export function mergeAll(updates: readonly Uint8Array[]): Uint8Array {
  let level = [...updates];
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += AT_ONCE) {
      next.push(Y.mergeUpdates(level.slice(at, at + AT_ONCE)));
    }
    level = next;
  }
  return level[0]!;
}
