// What the assistant says while it says it, put together from the pieces of the stream.

import type { IStreamPiece } from '../tokens';

/**
 * Answers whose text is kept; a page that is open for long sees many.
 */
const ANSWERS_KEPT = 20;

/**
 * What came of one step of an answer.
 */
export interface ILiveStep {
  readonly text: string;
  readonly thinking: string;
}

const NOTHING: ILiveStep = { text: '', thinking: '' };

/**
 * The answers that are streaming, or did just now.
 */
export class LiveTexts {
  /**
   * More came.
   */
  take(piece: IStreamPiece): void {
    const { run_id: run, step = 1, thinking = false } = piece;
    const known = this._steps.get(run);
    const before = known?.step === step ? known : { step, ...NOTHING };
    const key = thinking ? 'thinking' : 'text';
    const text = joined(before[key], piece);
    this._steps.delete(run);
    this._steps.set(run, { ...before, [key]: text });
    const [oldest] = this._steps.keys();
    if (this._steps.size > ANSWERS_KEPT && oldest !== undefined) {
      this._steps.delete(oldest);
    }
  }

  /**
   * What came of a step so far.
   */
  of(run: string, step: number): ILiveStep {
    const known = this._steps.get(run);
    return known?.step === step ? known : NOTHING;
  }

  private readonly _steps = new Map<string, ILiveStep & { step: number }>();
}

/**
 * The server sends all of it again to whom it does not know, so a piece may lie over what is there.
 */
function joined(before: string, { offset, text }: IStreamPiece): string {
  if (offset === 0) {
    return text;
  }
  const points = Array.from(before);
  return points.slice(0, offset).join('') + text;
}
