// Keeps the view where it was when all cells of a notebook are replaced by those of another document.

import type { Notebook } from '@jupyterlab/notebook';

import type { AnodeNotebook } from './notebook';

/**
 * The new cells grow while their editors are built: the view is put right until it was right for so long.
 */
const SETTLED_MS = 1_000;

/**
 * It is not put right for longer than this: something else moves the cells.
 */
const SETTLING_MS = 10_000;

/**
 * Less than this is rounding, in pixels.
 */
const RIGHT_PX = 1;

/**
 * With these the person goes elsewhere.
 */
const GOING = ['wheel', 'pointerdown', 'keydown', 'touchstart'] as const;

/**
 * Where a person is in a notebook.
 */
interface IPlace {
  /**
   * The active cell.
   */
  readonly active: string | null;

  /**
   * The first cell that is seen, and how far below the upper edge it begins.
   */
  readonly first: { readonly id: string; readonly offset: number } | null;
}

/**
 * Follow the exchanges of a notebook's document as long as it is open.
 */
export function keepPlace(notebook: AnodeNotebook, widget: Notebook): void {
  let place: IPlace | null = null;
  notebook.exchanging.connect((_, phase) => {
    if (phase === 'begin') {
      place = whereIn(widget);
      // In edit mode JupyterLab would enter whichever cell comes first.
      widget.mode = 'command';
    } else if (place) {
      goBack(widget, place);
      place = null;
    }
  }, widget);
}

function whereIn(widget: Notebook): IPlace {
  const { top } = widget.outerNode.getBoundingClientRect();
  const first = widget.widgets.find(
    ({ node }) => node.getBoundingClientRect().bottom > top
  );
  return {
    active: widget.activeCell?.model.id ?? null,
    first: first
      ? {
          id: first.model.id,
          offset: first.node.getBoundingClientRect().top - top
        }
      : null
  };
}

function goBack(widget: Notebook, { active, first }: IPlace): void {
  const find = (id: string): number =>
    widget.widgets.findIndex(({ model }) => model.id === id);
  if (active !== null && find(active) >= 0) {
    widget.activeCellIndex = find(active);
  }
  if (first && find(first.id) >= 0) {
    new Settling(widget, find(first.id), first.offset).begin();
  }
}

/**
 * Holds one cell at its height until the cells around it have theirs, or the person goes elsewhere.
 */
class Settling {
  constructor(
    private readonly _widget: Notebook,
    private readonly _index: number,
    private readonly _offset: number
  ) {}

  begin(): void {
    for (const name of GOING) {
      this._widget.node.addEventListener(name, this._end, OUTSIDE);
    }
    this._put();
  }

  private readonly _put = (): void => {
    const { outerNode, widgets } = this._widget;
    const cell = widgets[this._index];
    const now = performance.now();
    const isOver = now - this._begun > SETTLING_MS;
    if (!cell || isOver || now - this._moved > SETTLED_MS) {
      this._end();
      return;
    }
    if (cell.isAttached) {
      const edge = outerNode.getBoundingClientRect().top + this._offset;
      const error = cell.node.getBoundingClientRect().top - edge;
      if (Math.abs(error) > RIGHT_PX) {
        outerNode.scrollTop += error;
        this._moved = now;
      }
    } else if (!this._isSought) {
      this._isSought = true;
      this._widget.scrollToItem(this._index).catch(() => undefined);
    }
    this._frame = requestAnimationFrame(this._put);
  };

  private readonly _end = (): void => {
    cancelAnimationFrame(this._frame);
    for (const name of GOING) {
      this._widget.node.removeEventListener(name, this._end, OUTSIDE);
    }
  };

  private readonly _begun = performance.now();
  private _moved = this._begun;
  private _frame = 0;
  private _isSought = false;
}

const OUTSIDE = { capture: true, passive: true };
