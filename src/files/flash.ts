// Lights up cells for a moment, so that the eye finds what changed without anybody's doing.

import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';

const CHANGED_CLASS = 'jp-Anode-changedOnDisk';

/**
 * How long the light stays; the animation in style/files.css takes as long.
 */
export const FLASH_MS = 2_400;

/**
 * The timers that put the lights out.
 */
const lights = new WeakMap<Cell, number>();

/**
 * Light up the cells with these ids.
 */
export function flash(notebook: Notebook, ids: readonly string[]): void {
  for (const cell of cellsOf(notebook, ids)) {
    cell.removeClass(CHANGED_CLASS);
    // The layout is asked for, so that an animation that runs begins anew.
    void cell.node.offsetWidth;
    cell.addClass(CHANGED_CLASS);
    // An earlier light must not put this one out.
    window.clearTimeout(lights.get(cell));
    const light = window.setTimeout(() => {
      if (!cell.isDisposed) {
        cell.removeClass(CHANGED_CLASS);
      }
    }, FLASH_MS);
    lights.set(cell, light);
  }
}

/**
 * Bring the next of these cells into view, select it and light it up.
 *
 * @returns whether there is one.
 */
export function showNext(notebook: Notebook, ids: readonly string[]): boolean {
  const cells = cellsOf(notebook, ids);
  const active = notebook.activeCellIndex;
  const index = (cell: Cell): number => notebook.widgets.indexOf(cell);
  const next = cells.find(cell => index(cell) > active) ?? cells[0];
  if (!next) {
    return false;
  }
  notebook.deselectAll();
  notebook.activeCellIndex = index(next);
  // A newer scroll refuses an older one: then there is nothing to do.
  notebook.scrollToItem(index(next), 'smart').catch(() => undefined);
  flash(notebook, [next.model.id]);
  return true;
}

function cellsOf(notebook: Notebook, ids: readonly string[]): Cell[] {
  return notebook.widgets.filter(cell => ids.includes(cell.model.id));
}
