// A file with the conflict markers of a merge opens as that merge.

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';

const BASE = notebookFile([
  { id: 'one', source: 'alpha = 1' },
  { id: 'two', source: 'beta = 1' },
  { id: 'three', source: 'gamma = 1' }
]);

/**
 * What git leaves where both sides changed these lines.
 */
function conflicted(...names: string[]): string {
  return names.reduce(
    (text, name) =>
      text.replace(
        `    "${name} = 1"\n`,
        [
          '<<<<<<< HEAD',
          `    "${name} = 2"`,
          '=======',
          `    "${name} = 3"`,
          '>>>>>>> feature/x',
          ''
        ].join('\n')
      ),
    BASE
  );
}

/**
 * The text of the cells in a file; none while it is no JSON.
 */
function sourcesIn(text: string): string[] {
  try {
    const { cells } = JSON.parse(text) as { cells: { source: string[] }[] };
    return cells.map(({ source }) => source.join(''));
  } catch {
    return [];
  }
}

test('a file with conflict markers', async ({ server, person }) => {
  const text = conflicted('alpha', 'gamma');
  server.write('shared.ipynb', text);
  const ada = await NotebookPage.open(await person(), server, 'shared.ipynb');
  await ada.untilSync('saved');
  expect(await ada.sources()).toEqual([
    'alpha = 2',
    'alpha = 3',
    'beta = 1',
    'gamma = 2',
    'gamma = 3'
  ]);
  const banner = ada.page.locator('.jp-NotebookPanel .jp-Anode-banner');
  const bars = ada.page.locator('.jp-Anode-version-bar');
  await expect(banner).toContainText('2 cells were changed on both sides');
  await expect(bars).toHaveCount(2);
  await expect(bars.first()).toContainText('the version of feature/x.');
  await expect(bars.first()).toHaveCSS('display', 'flex');

  // Next goes from one choice to the next.
  for (const index of [1, 4, 1]) {
    await banner.getByRole('button', { name: 'Next choice' }).click();
    await expect(ada.cell(index)).toHaveClass(/jp-mod-active/);
  }
  expect(server.read('shared.ipynb')).toBe(text);

  await bars.first().getByRole('button', { name: 'Use this one' }).click();
  await expect(banner).toContainText('1 cell was changed on both sides');
  await bars.first().getByRole('button', { name: 'Discard' }).click();
  await expect(banner).toBeHidden();
  const chosen = ['alpha = 3', 'beta = 1', 'gamma = 2'];
  await expect.poll(() => ada.sources()).toEqual(chosen);
  await expect.poll(() => sourcesIn(server.read('shared.ipynb'))).toEqual(chosen);
  expect(await ada.dialogs()).toEqual([]);
});

test('a merge stops while the notebook is open', async ({ server, person }) => {
  server.write('shared.ipynb', BASE.replace('beta = 1', 'beta = 2'));
  const ada = await NotebookPage.open(await person(), server, 'shared.ipynb');
  await ada.untilSync('saved');
  const text = conflicted('beta');
  server.write('shared.ipynb', text);
  const both = ['alpha = 1', 'beta = 2', 'beta = 3', 'gamma = 1'];
  await expect.poll(() => ada.sources()).toEqual(both);
  const banner = ada.page.locator('.jp-NotebookPanel .jp-Anode-banner');
  await expect(banner).toContainText('The file has its conflict markers');
  expect(server.read('shared.ipynb')).toBe(text);

  // Saved without a choice, both versions are in the file, and the choice stays.
  await banner.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => sourcesIn(server.read('shared.ipynb'))).toEqual(both);
  await expect(banner).toContainText('Choose one version of each');
  await expect(banner.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await ada.page.reload();
  await ada.untilOpen();
  await expect(banner).toContainText('1 cell was changed on both sides');
});
