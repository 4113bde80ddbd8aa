// What goes into one frame of the changes that were made while there was no line.

import * as Y from 'yjs';

/**
 * Changes that one frame can carry, and that frame's update.
 */
export interface IBundle {
  readonly update: Uint8Array;
  readonly changes: readonly Uint8Array[];
}

/**
 * Put changes into as few frames as the server can do with, in their order.
 *
 * From a move or a change of type the server has to see what its maker saw: just what that
 * transaction deleted. So it goes alone, as does all that deletes; mere typing is joined.
 */
export function bundles(changes: readonly Uint8Array[]): IBundle[] {
  const found: { changes: Uint8Array[]; next: IPlace | null }[] = [];
  for (const change of changes) {
    const typing = typed(change);
    const last = found.at(-1);
    if (typing && last?.next && follows(typing.start, last.next)) {
      last.changes.push(change);
      last.next = typing.end;
    } else {
      found.push({ changes: [change], next: typing?.end ?? null });
    }
  }
  return found.map(({ changes }) => ({
    changes,
    update: changes.length > 1 ? Y.mergeUpdates(changes) : changes[0]!
  }));
}

/**
 * A state vector after these changes came, in their order, to who was at `vector`.
 */
export function after(
  vector: Uint8Array,
  changes: readonly Uint8Array[]
): Uint8Array {
  const clocks = Y.decodeStateVector(vector);
  for (const change of changes) {
    const { from, to } = Y.parseUpdateMeta(change);
    for (const [client, end] of to) {
      const known = clocks.get(client) ?? 0;
      if ((from.get(client) ?? 0) <= known) {
        clocks.set(client, Math.max(known, end));
      }
    }
  }
  return Y.encodeStateVector(clocks);
}

interface IPlace {
  readonly client: number;
  readonly clock: number;
}

/**
 * Where a change begins and ends that brings nothing but text of one person; else null.
 */
function typed(change: Uint8Array): { start: IPlace; end: IPlace } | null {
  const { structs, ds } = Y.decodeUpdate(change);
  const first = structs[0];
  const last = structs.at(-1);
  const isTyping =
    ds.clients.size === 0 &&
    structs.every(
      struct =>
        struct instanceof Y.Item &&
        struct.content instanceof Y.ContentString &&
        struct.id.client === first?.id.client
    );
  if (!isTyping || !first || !last) {
    return null;
  }
  const { client, clock } = last.id;
  return { start: first.id, end: { client, clock: clock + last.length } };
}

function follows(start: IPlace, end: IPlace): boolean {
  return start.client === end.client && start.clock === end.clock;
}
