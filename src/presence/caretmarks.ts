// What is drawn over and under the text of an editor: carets with their names, and selections.

import type { RectangleMarker } from '@codemirror/view';
import type { LayerMarker } from '@codemirror/view';

import type { ICaret } from './carets';
import { inkOn } from './person';

/**
 * Where a flag goes that would not be seen above its caret, or would stick out.
 */
export interface IFlagPlace {
  /**
   * Whether it is on the first line, and so has no room above.
   */
  readonly isFirst: boolean;

  /**
   * Whether it goes to the left of its caret.
   */
  readonly isLeft: boolean;
}

const NAMED = 'jp-mod-named';

/**
 * A caret with the flag that bears its name. The flag shows when its person moved it, and on hover.
 */
export class CaretMark implements LayerMarker {
  constructor(
    private readonly _caret: ICaret,
    private readonly _label: string,
    private readonly _box: RectangleMarker,
    private readonly _place: IFlagPlace
  ) {}

  eq(other: CaretMark): boolean {
    return (
      this._isLike(other) &&
      other._box.eq(this._box) &&
      other._caret.moves === this._caret.moves &&
      other._place.isFirst === this._place.isFirst &&
      other._place.isLeft === this._place.isLeft
    );
  }

  draw(): HTMLElement {
    const node = document.createElement('div');
    node.className = 'jp-Anode-caret';
    this._adjust(node);
    node.append(this._flag());
    return node;
  }

  update(node: HTMLElement, before: CaretMark): boolean {
    if (!this._isLike(before)) {
      return false;
    }
    this._adjust(node);
    if (before._caret.moves !== this._caret.moves) {
      // A new flag begins its time anew.
      node.replaceChildren(this._flag());
    }
    return true;
  }

  private _isLike({ _caret, _label }: CaretMark): boolean {
    return (
      _caret.id === this._caret.id &&
      _label === this._label &&
      _caret.person.color === this._caret.person.color
    );
  }

  private _adjust(node: HTMLElement): void {
    const { left, top, height } = this._box;
    paint(node, this._caret);
    node.style.left = `${left}px`;
    node.style.top = `${top}px`;
    node.style.height = `${height}px`;
    node.classList.toggle('jp-mod-first', this._place.isFirst);
    node.classList.toggle('jp-mod-left', this._place.isLeft);
  }

  private _flag(): HTMLElement {
    const flag = document.createElement('span');
    flag.className = 'jp-Anode-caret-flag';
    flag.textContent = this._label;
    return flag;
  }
}

/**
 * A rectangle of a selection.
 */
export class SelectionMark implements LayerMarker {
  constructor(
    private readonly _caret: ICaret,
    private readonly _box: RectangleMarker
  ) {}

  eq({ _caret, _box }: SelectionMark): boolean {
    return (
      _caret.person.color === this._caret.person.color && _box.eq(this._box)
    );
  }

  draw(): HTMLElement {
    const node = this._box.draw();
    paint(node, this._caret);
    return node;
  }
}

/**
 * Show the names of the carets that are near a point of the screen, and of no others.
 *
 * @param layer - the element that carets are drawn in.
 */
export function nameNear(layer: Element, x: number, y: number): void {
  for (const node of layer.children) {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    const isNear =
      x > left - NEAR_PX && x < right + NEAR_PX && y >= top && y <= bottom;
    node.classList.toggle(NAMED, isNear);
  }
}

/**
 * How near the pointer has to come to a caret, which is thin.
 */
const NEAR_PX = 6;

function paint(node: HTMLElement, { person }: ICaret): void {
  node.style.setProperty('--jp-anode-person', person.color);
  const ink = inkOn(person.color);
  if (ink) {
    node.style.setProperty('--jp-anode-ink', ink);
  }
}
