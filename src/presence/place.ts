// Places in a text that stay right while it changes: to and from what travels in awareness states.

import * as Y from 'yjs';

/**
 * One end of a selection.
 */
export interface IPlace {
  readonly text: unknown;

  /**
   * UTF-16 units from the beginning of the text.
   */
  readonly index: number;
}

/**
 * A selection as it travels: the form in which jupyter-collaboration sends and expects it.
 */
export interface ISelection {
  readonly anchor: Y.RelativePosition;
  readonly head: Y.RelativePosition;
  readonly primary: boolean;
  readonly empty: boolean;

  /**
   * On which side of its place the caret is drawn, where lines or directions of writing meet: 1 with
   * what follows, -1 with what it follows. Only ours say it.
   */
  readonly assoc: number;
}

/**
 * A selection as it came.
 */
export interface IRawSelection {
  readonly anchor: unknown;
  readonly head: unknown;
  readonly assoc?: unknown;
}

/**
 * The selections of a state, in either of the two forms in use; what is no selection is left out.
 *
 * @param most - so many are taken.
 */
export function selectionsOf(
  state: Readonly<Record<string, unknown>>,
  most: number
): IRawSelection[] {
  const { cursors, cursor } = state;
  const found = Array.isArray(cursors) ? cursors.slice(0, most) : [cursor];
  return found.filter(
    (entry): entry is IRawSelection =>
      typeof entry === 'object' &&
      entry !== null &&
      'anchor' in entry &&
      'head' in entry
  );
}

/**
 * A selection of a text, to be sent. A caret stays behind what it follows, as in the editor that it
 * is in; a selection does not grow when somebody writes at its ends.
 */
export function selectionIn(
  text: Y.Text,
  anchor: number,
  head: number,
  primary = true,
  assoc = 0
): ISelection {
  const place = (index: number, isStart: boolean): Y.RelativePosition =>
    Y.createRelativePositionFromTypeIndex(text, index, isStart ? 0 : -1);
  return {
    anchor: place(anchor, anchor < head),
    head: place(head, head < anchor),
    primary,
    empty: anchor === head,
    assoc
  };
}

/**
 * Where a place is now; null when the document does not hold it (yet, or any more), or when it is
 * no place at all.
 */
export function resolve(place: unknown, doc: Y.Doc): IPlace | null {
  const position = read(place, doc);
  try {
    const found =
      position && Y.createAbsolutePositionFromRelativePosition(position, doc);
    return found && { text: found.type, index: found.index };
  } catch {
    // Yjs finds no item where a forged id points.
    return null;
  }
}

function read(place: unknown, doc: Y.Doc): Y.RelativePosition | null {
  if (typeof place !== 'object' || place === null) {
    return null;
  }
  const { type, tname, item, assoc } = place as Record<string, unknown>;
  const root = typeof tname === 'string' ? tname : null;
  const position = new Y.RelativePosition(
    idOf(type),
    root,
    idOf(item),
    typeof assoc === 'number' ? assoc : 0
  );
  if (position.item ?? position.type) {
    return position;
  }
  // Asking for a root that is not there would make it.
  return root !== null && doc.share.has(root) ? position : null;
}

function idOf(value: unknown): Y.ID | null {
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  const { client, clock } = value as Record<string, unknown>;
  const isId = [client, clock].every(part => Number.isSafeInteger(part));
  return isId && Number(client) >= 0 && Number(clock) >= 0
    ? Y.createID(Number(client), Number(clock))
    : null;
}
