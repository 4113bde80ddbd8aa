import { nullTranslator } from '@jupyterlab/translation';
import type { Cell } from '@jupyterlab/cells';

import { countHidden } from '../count';

const trans = nullTranslator.load('anode_jlab');

/**
 * A cell with this source and the bar of its hidden input.
 */
function hiddenCell(source: string): Cell {
  const node = document.createElement('div');
  node.innerHTML =
    '<div class="jp-InputPlaceholder"><div class="jp-Placeholder-contentContainer"></div></div>';
  const model = { sharedModel: { getSource: () => source } };
  return { node, model } as unknown as Cell;
}

describe('countHidden', () => {
  it.each([
    ['', '1 line hidden'],
    ['a = 1', '1 line hidden'],
    ['a = 1\nb = 2\n', '3 lines hidden']
  ])('counts the lines of %j', (source, text) => {
    const cell = hiddenCell(source);
    countHidden(cell, trans);
    countHidden(cell, trans);
    expect(cell.node.textContent).toBe(text);
  });

  it('says nothing where nothing is hidden', () => {
    const cell = hiddenCell('a = 1');
    cell.node.replaceChildren();
    countHidden(cell, trans);
    expect(cell.node.textContent).toBe('');
  });
});
