// Which of the cells of one request says what became of it: one that its person sees.

import type { Cell } from '@jupyterlab/cells';

/**
 * What scrolls the cells of a notebook.
 */
const SCROLLER = '.jp-WindowedPanel-outer';

/**
 * "Run all" scrolls to the end, so that the first of its cells is often not the one to speak.
 *
 * @returns the first cell that is seen; where none is, the first. Null when all are gone.
 */
export function speaker(cells: readonly Cell[]): Cell | null {
  const there = cells.filter(({ isDisposed }) => !isDisposed);
  return there.find(isSeen) ?? there[0] ?? null;
}

/**
 * Whether the end of a cell, below which it speaks, is between the edges of its notebook.
 */
function isSeen({ node }: Cell): boolean {
  const scroller = node.closest(SCROLLER);
  if (!scroller) {
    return false;
  }
  const { top, bottom } = scroller.getBoundingClientRect();
  const end = node.getBoundingClientRect().bottom;
  return end > top && end <= bottom;
}
