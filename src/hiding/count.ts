// Says on the bar of a hidden source or output how much is hidden.

import type { Cell } from '@jupyterlab/cells';
import { CodeCell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';

const COUNT_CLASS = 'jp-Anode-hidden-count';
const INPUT_BAR = '.jp-InputPlaceholder .jp-Placeholder-contentContainer';
const OUTPUT_BAR = '.jp-OutputPlaceholder .jp-Placeholder-contentContainer';

/**
 * Say how much of a cell is hidden, as long as something is.
 */
export function countHidden(cell: Cell, trans: TranslationBundle): void {
  const lines = cell.model.sharedModel.getSource().split('\n').length;
  say(
    cell.node.querySelector(INPUT_BAR),
    trans._n('%1 line hidden', '%1 lines hidden', lines, lines)
  );
  if (cell instanceof CodeCell) {
    const { length } = cell.model.outputs;
    say(
      cell.node.querySelector(OUTPUT_BAR),
      trans._n('%1 result hidden', '%1 results hidden', length, length)
    );
  }
}

function say(bar: Element | null, text: string): void {
  if (!bar) {
    return;
  }
  let count = bar.querySelector(`.${COUNT_CLASS}`);
  if (!count) {
    count = document.createElement('span');
    count.className = COUNT_CLASS;
    bar.append(count);
  }
  if (count.textContent !== text) {
    count.textContent = text;
  }
}
