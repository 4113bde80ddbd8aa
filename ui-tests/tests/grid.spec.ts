// Tables of a run as grids: sorted, filtered and paged from the kernel, for every viewer.

import { expectAccessible } from '../support/accessibility.ts';
import { expect, test } from '../support/fixtures.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { NotebookRuns } from '../support/runs.ts';

const FRAME = `
import pandas
frame = pandas.DataFrame({
    "number": range(5000), "half": [i / 2 for i in range(5000)],
    "word": ["alpha" if i % 3 else "beta" for i in range(5000)],
})
frame
`;

test('a long table is a grid, a short one has a button', async ({
  server,
  person
}) => {
  const cells = [
    { id: 'long', source: FRAME },
    { id: 'short', source: 'frame.head(3)' }
  ];
  server.write('a.ipynb', notebookFile(cells));
  const { id } = await NotebookRuns.of(server, 'a.ipynb');
  await server.api('POST', `notebooks/${id}/executions`, {
    cells: cells.map(cell => ({ cell_id: cell.id }))
  });
  const page = await person();
  await NotebookPage.open(page, server, 'a.ipynb');
  const [long, short] = [0, 1].map(place =>
    page.locator('.jp-Anode-grid').nth(place)
  ) as [ReturnType<typeof page.locator>, ReturnType<typeof page.locator>];
  await expect(long).toContainText('5,000 rows × 3 columns');
  await expect(short.locator('tbody tr')).toHaveCount(3);

  // With the keyboard: what stands in a cell is read out.
  const spoken = long.locator('.jp-Anode-grid-spoken');
  const canvas = long.getByRole('application');
  await canvas.focus();
  await expect(spoken).toHaveText('number, 0: 0');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Control+ArrowDown');
  await expect(spoken).toHaveText('half, 4999: 2499.5');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(canvas).not.toBeFocused();

  await long.getByRole('button', { name: 'Filter and Sort' }).click();
  await long.getByLabel('Column', { exact: true }).selectOption('word');
  await long.getByLabel('Value').fill('BETA');
  await long.getByRole('button', { name: 'Add Filter' }).click();
  await expect(long).toContainText('1,667 of 5,000 rows');
  await long.getByLabel('Sort by', { exact: true }).selectOption('number ▼');
  await canvas.focus();
  await page.keyboard.press('Control+ArrowUp');
  await page.keyboard.press('Control+ArrowLeft');
  await expect(spoken).toHaveText('number, 4998: 4998');
  await expectAccessible(page);

  await long.getByLabel('Column', { exact: true }).selectOption('number');
  await long.getByLabel('Value').fill('many');
  await long.getByRole('button', { name: 'Add Filter' }).click();
  await expect(long).toContainText("'many' is no number.");

  // Once the kernel is gone, the first rows are what there is.
  await server.api('POST', `notebooks/${id}/runtime`, { action: 'stop' });
  await long.getByLabel('Sort by', { exact: true }).selectOption('half ▼');
  await expect(long).toContainText('The first 100 rows');
  await long.getByRole('button', { name: 'Show as Table' }).click();
  await expect(long.locator('table')).toContainText('4999');
  await long.getByRole('button', { name: 'Show as Grid' }).click();
  await expect(long.getByRole('application')).toBeVisible();
});
