// Makes characters seen that change how text reads without being seen themselves.

/**
 * Code points without a glyph, from and to: control characters, marks of direction, what has no
 * width, fillers, and the tags in which whole sentences hide. See Unicode TR 36 and "Trojan Source"
 * (CVE-2021-42574). Tab and line feed are left.
 */
const UNSEEN: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0e],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff]
];

/**
 * A piece of text, or a character that is not seen, by its number.
 */
export interface IVisiblePiece {
  readonly text: string;
  readonly isUnseen: boolean;
}

/**
 * Take a text apart into what is seen and what is not.
 */
export function piecesOf(text: string): IVisiblePiece[] {
  const pieces: IVisiblePiece[] = [];
  let seen = '';
  const end = (): void => {
    if (seen !== '') {
      pieces.push({ text: seen, isUnseen: false });
      seen = '';
    }
  };
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (isUnseen(code)) {
      end();
      const name = code.toString(16).toUpperCase().padStart(4, '0');
      pieces.push({ text: `U+${name}`, isUnseen: true });
    } else {
      seen += character;
    }
  }
  end();
  return pieces;
}

function isUnseen(code: number): boolean {
  return UNSEEN.some(([from, to]) => code >= from && code <= to);
}
