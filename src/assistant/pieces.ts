// A change of a text in pieces, of which a person may leave some out.

/**
 * A piece: lines that go and lines that come, at one place.
 */
export interface IPiece {
  /**
   * The place among the lines before the change.
   */
  readonly at: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/**
 * A line of a unified diff, and the number of the piece that it belongs to.
 */
export interface IDiffLine {
  readonly kind: 'add' | 'remove' | 'place' | 'same';
  readonly text: string;
  readonly piece: number | null;
}

const PLACE = /^@@ -(\d+)(?:,(\d+))? /;

/**
 * The lines of a unified diff without its head. A piece ends where a line stays.
 */
export function linesOf(diff: string): readonly IDiffLine[] {
  let piece = -1;
  let isWithin = false;
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .filter((line, index) => index > 1 || !/^(\+\+\+|---)/.test(line))
    .map(text => {
      const kind = kindOf(text);
      const isPart = kind === 'add' || kind === 'remove';
      piece += isPart && !isWithin ? 1 : 0;
      isWithin = isPart;
      return { kind, text, piece: isPart ? piece : null };
    });
}

/**
 * The pieces of a unified diff, in their order.
 */
export function piecesOf(diff: string): readonly IPiece[] {
  const pieces: { at: number; removed: string[]; added: string[] }[] = [];
  let at = 0;
  for (const { kind, text, piece } of linesOf(diff)) {
    if (kind === 'place') {
      at = beginOf(text);
      continue;
    }
    if (piece !== null) {
      const known = (pieces[piece] ??= { at, removed: [], added: [] });
      known[kind === 'add' ? 'added' : 'removed'].push(text.slice(1));
    }
    at += kind === 'add' ? 0 : 1;
  }
  return pieces;
}

/**
 * The text with all pieces but those left out; null when they are not of this text.
 */
export function partly(
  text: string,
  pieces: readonly IPiece[],
  leftOut: ReadonlySet<number>
): string | null {
  const lines = text.split('\n');
  const isOfThis = pieces.every(({ at, removed }) =>
    removed.every((line, index) => lines[at + index] === line)
  );
  if (!isOfThis) {
    return null;
  }
  for (const [index, { at, removed, added }] of [
    ...pieces.entries()
  ].reverse()) {
    if (!leftOut.has(index)) {
      lines.splice(at, removed.length, ...added);
    }
  }
  return lines.join('\n');
}

/**
 * Lines count from one; a place without lines is named by the line before it.
 */
function beginOf(place: string): number {
  const [, line = '0', count = '1'] = PLACE.exec(place) ?? [];
  return count === '0' ? Number(line) : Number(line) - 1;
}

function kindOf(line: string): IDiffLine['kind'] {
  if (line.startsWith('@@')) {
    return 'place';
  }
  if (line.startsWith('+')) {
    return 'add';
  }
  return line.startsWith('-') ? 'remove' : 'same';
}
