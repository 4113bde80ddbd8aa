// The lines of a text that lies in pieces: loaded where they are wanted, searched from the beginning.

import type { IPiece } from '../documents/longtext';

/**
 * Pieces kept in memory; the browser's cache has the others.
 */
const PIECES_KEPT = 8;

/**
 * What is shown of a line.
 */
const WIDEST = 10_000;

/**
 * Lines that a search finds at most.
 */
export const MOST_FOUND = 100_000;

// eslint-disable-next-line no-control-regex
const COLOURS = /\x1b\[[0-9;]*m/g;

/**
 * The lines; `load` gives the text of a piece.
 */
export class TextLines {
  constructor(
    private readonly _pieces: readonly IPiece[],
    private readonly _load: (sha256: string) => Promise<string>
  ) {
    let line = 0;
    for (const piece of _pieces) {
      this._firsts.push(line);
      line += piece.lines;
    }
    this.count = line + 1;
  }

  /**
   * How many there are; the last is empty when the text ends with a line feed.
   */
  readonly count: number;

  /**
   * Lines from one up to another, if they are at hand.
   */
  peek(from: number, to: number): string[] | null {
    const pieces = new Map<number, string[]>();
    for (const index of this._with(from, to)) {
      const lines = this._kept.get(index);
      if (lines === undefined) {
        return null;
      }
      pieces.set(index, lines);
    }
    return this._join(pieces, from, to);
  }

  /**
   * Lines from one up to another.
   */
  async lines(from: number, to: number): Promise<string[]> {
    const pieces = new Map<number, string[]>();
    for (const index of this._with(from, to)) {
      pieces.set(index, await this._piece(index));
    }
    return this._join(pieces, from, to);
  }

  /**
   * The numbers of the lines with a text in them, whatever its case, as they are found.
   *
   * @param isCurrent - Asked after each piece; the search ends when it is not wanted any more.
   */
  async search(
    query: string,
    isCurrent: () => boolean,
    found: (lines: readonly number[], isAll: boolean) => void
  ): Promise<void> {
    const wanted = query.toLowerCase();
    const lines: number[] = [];
    for (let index = 0; index < this._pieces.length; index++) {
      const piece = await this._piece(index);
      if (!isCurrent()) {
        return;
      }
      const first = this._firsts[index]!;
      for (let line = 0; line < piece.length; line++) {
        const number = first + line;
        if (
          plain(piece[line]!).toLowerCase().includes(wanted) &&
          lines[lines.length - 1] !== number
        ) {
          lines.push(number);
        }
      }
      const isAll = index === this._pieces.length - 1;
      found(lines, isAll);
      if (lines.length >= MOST_FOUND) {
        break;
      }
    }
  }

  private async _piece(index: number): Promise<string[]> {
    let lines = this._kept.get(index);
    if (lines === undefined) {
      lines = (await this._load(this._pieces[index]!.sha256)).split('\n');
    }
    this._kept.delete(index);
    this._kept.set(index, lines);
    if (this._kept.size > PIECES_KEPT) {
      this._kept.delete(this._kept.keys().next().value!);
    }
    return lines;
  }

  /**
   * The pieces that have these lines. Of a line that goes over many only the first ones, which are
   * more than is shown of it.
   */
  private _with(from: number, to: number): number[] {
    const found: number[] = [];
    this._pieces.forEach(({ lines }, index) => {
      const first = this._firsts[index]!;
      const before = this._pieces[index - 1];
      const isMiddle =
        lines === 0 && before?.lines === 0 && before.size >= 4 * WIDEST;
      if (first < to && first + lines >= from && !isMiddle) {
        found.push(index);
      }
    });
    return found;
  }

  private _join(
    pieces: ReadonlyMap<number, string[]>,
    from: number,
    to: number
  ): string[] {
    const lines: string[] = Array.from({ length: to - from }, () => '');
    for (const [index, piece] of pieces) {
      const start = this._firsts[index]!;
      const end = Math.min(piece.length, to - start);
      for (let line = Math.max(from - start, 0); line < end; line++) {
        const place = start + line - from;
        if (lines[place]!.length <= WIDEST) {
          lines[place] += piece[line]!.slice(0, 2 * WIDEST);
        }
      }
    }
    return lines.map(shown);
  }

  private readonly _firsts: number[] = [];
  private readonly _kept = new Map<number, string[]>();
}

/**
 * A line without what was overwritten in it.
 */
function shown(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const last = text.slice(text.lastIndexOf('\r') + 1);
  return last.length > WIDEST ? `${last.slice(0, WIDEST)}…` : last;
}

function plain(line: string): string {
  return line.includes('\x1b') ? line.replace(COLOURS, '') : line;
}
