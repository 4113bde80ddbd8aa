// What the document holds of a stream that is too long for it: the counterpart of the server's
// `documents/long_text.py`.

import type {
  PartialJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

/**
 * The MIME type of a reference to a stream's whole text.
 */
export const LONG_TEXT_MIME = 'application/vnd.anode.long-text.v1+json';

/**
 * Some of the text: where it lies, its bytes, how many line feeds it has.
 */
export interface IPiece {
  readonly sha256: string;
  readonly size: number;
  readonly lines: number;
}

/**
 * All of a stream's text.
 */
export interface ILongText {
  readonly name: string;
  readonly pieces: readonly IPiece[];

  /**
   * Characters after the pieces that could not be kept.
   */
  readonly lost: number;
}

const ADDRESS = /^[0-9a-f]{64}$/;

/**
 * The reference among an output's representations. Anybody may write anything into a document, so
 * what is none is null.
 */
export function longTextIn(data: ReadonlyPartialJSONObject): ILongText | null {
  const value = data[LONG_TEXT_MIME];
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  const { name, pieces, lost } = value as ReadonlyPartialJSONObject;
  if (
    (name !== 'stdout' && name !== 'stderr') ||
    !Array.isArray(pieces) ||
    !pieces.every(isPiece)
  ) {
    return null;
  }
  return {
    name,
    pieces: pieces,
    lost: typeof lost === 'number' ? lost : 0
  };
}

/**
 * The outputs of a cell with its long streams as a file has them; `load` gives null for a text that
 * cannot be had, which then stays as it is.
 */
export async function oneStream(
  outputs: readonly PartialJSONObject[],
  load: (long: ILongText) => Promise<string | null>
): Promise<PartialJSONObject[]> {
  const whole: PartialJSONObject[] = [];
  for (let place = 0; place < outputs.length; place++) {
    const output = outputs[place]!;
    const long = longTextIn(dataOf(output));
    const text = long === null ? null : await load(long);
    if (long === null || text === null) {
      whole.push(output);
      continue;
    }
    let all = text;
    const after = textOf(outputs[place + 1], long.name);
    if (after !== null) {
      all = withEnd(text, after, long.lost);
      place += 1;
    }
    const before = textOf(whole[whole.length - 1], long.name);
    if (before !== null && all.startsWith(before)) {
      whole.pop();
    }
    whole.push({ output_type: 'stream', name: long.name, text: all });
  }
  return whole;
}

function withEnd(text: string, end: string, lost: number): string {
  if (lost === 0 && text.endsWith(end)) {
    return text;
  }
  const number = lost.toLocaleString('en-US');
  const notice =
    lost === 0 ? '' : `\n[${number} characters of output could not be kept.]\n`;
  return text + notice + end;
}

function textOf(
  output: PartialJSONObject | undefined,
  name: string
): string | null {
  if (output?.output_type !== 'stream' || output.name !== name) {
    return null;
  }
  const { text } = output;
  if (Array.isArray(text)) {
    return text.join('');
  }
  return typeof text === 'string' ? text : '';
}

function dataOf(output: PartialJSONObject): PartialJSONObject {
  const { data } = output;
  return typeof data === 'object' && data !== null && !Array.isArray(data)
    ? data
    : {};
}

function isPiece(value: unknown): value is IPiece {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const { sha256, size, lines } = value as Record<string, unknown>;
  return (
    typeof sha256 === 'string' &&
    ADDRESS.test(sha256) &&
    typeof size === 'number' &&
    typeof lines === 'number'
  );
}
