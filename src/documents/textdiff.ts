// The smallest single edit that turns one text into another.

/**
 * Replace `remove` UTF-16 units at `start` by `insert`.
 */
export interface ITextEdit {
  readonly start: number;
  readonly remove: number;
  readonly insert: string;
}

/**
 * Compare two texts from both ends; what lies between is the edit.
 *
 * It never cuts a surrogate pair in two: Yjs would store two broken halves.
 *
 * @returns null when the texts are equal.
 */
export function textEdit(before: string, after: string): ITextEdit | null {
  if (before === after) {
    return null;
  }
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (
    start < shorter &&
    before.charCodeAt(start) === after.charCodeAt(start)
  ) {
    start++;
  }
  if (start > 0 && isHigh(before.charCodeAt(start - 1))) {
    start--;
  }
  let tail = 0;
  while (
    tail < shorter - start &&
    before.charCodeAt(before.length - 1 - tail) ===
      after.charCodeAt(after.length - 1 - tail)
  ) {
    tail++;
  }
  if (tail > 0 && isLow(before.charCodeAt(before.length - tail))) {
    tail--;
  }
  return {
    start,
    remove: before.length - tail - start,
    insert: after.slice(start, after.length - tail)
  };
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
