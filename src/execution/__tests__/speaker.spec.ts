// Which cell speaks for those that were asked for together.

import type { Cell } from '@jupyterlab/cells';

import { speaker } from '../speaker';

/**
 * Cells at these places in a notebook that shows what is from 100 to 500.
 */
function cells(...places: [top: number, bottom: number][]): Cell[] {
  const scroller = document.createElement('div');
  scroller.className = 'jp-WindowedPanel-outer';
  scroller.getBoundingClientRect = () => new DOMRect(0, 100, 300, 400);
  return places.map(([top, bottom]) => {
    const node = document.createElement('div');
    node.getBoundingClientRect = () => new DOMRect(0, top, 300, bottom - top);
    scroller.append(node);
    return { node, isDisposed: false } as Partial<Cell> as Cell;
  });
}

beforeAll(() => {
  globalThis.DOMRect ??= class {
    constructor(
      readonly x: number,
      readonly y: number,
      readonly width: number,
      readonly height: number
    ) {}

    get top() {
      return this.y;
    }

    get bottom() {
      return this.y + this.height;
    }
  } as unknown as typeof DOMRect;
});

describe('speaker', () => {
  it('is the first cell whose end is seen', () => {
    const all = cells([-300, 90], [90, 120], [120, 490], [490, 700]);
    expect(speaker(all)).toBe(all[1]);
  });

  it('is the first cell where none is seen', () => {
    const all = cells([-300, 50], [600, 700]);
    expect(speaker(all)).toBe(all[0]);
  });

  it('is none that is gone', () => {
    const [gone, there] = cells([110, 150], [600, 700]);
    Object.assign(gone!, { isDisposed: true });
    expect(speaker([gone!, there!])).toBe(there);
    expect(speaker([gone!])).toBeNull();
  });
});
