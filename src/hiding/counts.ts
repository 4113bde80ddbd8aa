// Keeps the counts of what is hidden in a notebook true.

import type { Cell } from '@jupyterlab/cells';
import { CodeCell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { countHidden } from './count';

const BAR_CLASS = 'jp-Placeholder';

/**
 * Watch a notebook as long as it is open. JupyterLab tells nobody that it put the bar of something
 * hidden in; the page does.
 */
export function watchHidden(
  notebook: Notebook,
  trans: TranslationBundle
): void {
  const counted = new WeakSet<Cell>();
  const count = (cell: Cell): void => {
    countHidden(cell, trans);
    if (counted.has(cell)) {
      return;
    }
    counted.add(cell);
    const again = (): void => {
      if (!cell.isDisposed) {
        countHidden(cell, trans);
      }
    };
    cell.model.contentChanged.connect(again);
    if (cell instanceof CodeCell) {
      cell.model.outputs.changed.connect(again);
    }
  };
  const bars = new MutationObserver(changes => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (node instanceof Element) {
          cellsWithBars(notebook, node).forEach(count);
        }
      }
    }
  });
  bars.observe(notebook.node, { childList: true, subtree: true });
  cellsWithBars(notebook, notebook.node).forEach(count);
  notebook.disposed.connect(() => bars.disconnect());
}

/**
 * The cells whose bars are in a part of the page.
 */
function cellsWithBars(notebook: Notebook, part: Element): Cell[] {
  const isOwn = part.classList.contains(BAR_CLASS);
  if (!isOwn && !part.querySelector(`.${BAR_CLASS}`)) {
    return [];
  }
  return notebook.widgets.filter(
    ({ node }) =>
      node.contains(part) ||
      (part.contains(node) && node.querySelector(`.${BAR_CLASS}`))
  );
}
