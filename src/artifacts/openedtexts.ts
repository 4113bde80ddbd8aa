// Which long texts a person has opened, and where they are in them: while a cell runs its output is
// made anew again and again.

import type { ILongText } from '../documents/longtext';

/**
 * Texts remembered; the oldest is forgotten first.
 */
const MOST = 50;

/**
 * How far a person is in a text.
 */
export interface IPlace {
  readonly first: number;
  readonly query: string;
  readonly hasFocus: boolean;
}

/**
 * The places, by the texts' first pieces, which do not change any more.
 */
export class OpenedTexts {
  /**
   * Where somebody is in a text; null when it is not open.
   */
  get(long: ILongText): IPlace | null {
    return this._places.get(keyOf(long)) ?? null;
  }

  /**
   * Remember it; null when the text was closed.
   */
  set(long: ILongText, place: IPlace | null): void {
    const key = keyOf(long);
    this._places.delete(key);
    if (place !== null) {
      this._places.set(key, place);
    }
    if (this._places.size > MOST) {
      this._places.delete(this._places.keys().next().value!);
    }
  }

  private readonly _places = new Map<string, IPlace>();
}

function keyOf({ name, pieces }: ILongText): string {
  return `${name} ${pieces[0]?.sha256 ?? ''}`;
}
