// What differs from an earlier moment, and bringing it back: a cell, all of it, a deleted cell.

import { expectAccessible } from '../support/accessibility.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';

test('an earlier moment compared with now, and brought back', async ({ server, person }) => {
  server.write(
    'back.ipynb',
    notebookFile([
      { id: 'one', source: 'a = 1\nb = 2\nc = 3' },
      { id: 'two', source: 'two' },
      { id: 'three', source: 'three' }
    ])
  );
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'back.ipynb');
  await ada.type(0, '33');
  await ada.type(1, ' more');
  await ada.select(2);
  await ada.command('notebook:delete-cell');
  await ada.untilSync('saved');
  const { id } = await server.api<{ id: string }>('POST', 'notebooks', { path: 'back.ipynb' });
  const sources = async (): Promise<string[]> => {
    const { cells } = await server.api<{ cells: { source: string }[] }>(
      'GET',
      `notebooks/${id}/document`
    );
    return cells.map(({ source }) => source);
  };

  // The first moment, compared with now.
  await ada.command('anode:show-history');
  const panel = page.getByRole('region', { name: 'History', exact: true });
  await panel.getByRole('button', { name: /Opened for the first time/ }).press('Enter');
  const moment = page.locator('.jp-Anode-moment');
  const bars = moment.locator('.jp-Anode-difference');
  await expect(bars).toHaveText([
    /^Changed since: text/,
    /^Changed since: text/,
    /^Deleted since/
  ]);
  await expect(moment).toContainText('3 cells differ');
  await bars.first().getByRole('button', { name: 'Show changes' }).press('Enter');
  await expect(bars.first().locator('li')).toHaveText([' a = 1', ' b = 2', '-c = 3', '+c = 333']);
  await expectAccessible(page);

  // One cell, by keyboard; the rest stays; one undo takes it back.
  await bars.nth(1).getByRole('checkbox').press('Space');
  await moment.getByRole('button', { name: 'Bring back 1 cell' }).press('Enter');
  await expect.poll(sources).toEqual(['a = 1\nb = 2\nc = 333', 'two']);
  await expect(bars).toHaveText([/^Changed since: text/, /^Deleted since/]);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(sources).toEqual(['a = 1\nb = 2\nc = 333', 'two more']);
  await expect(bars).toHaveCount(3);

  // The deleted cell, from the list.
  await panel.getByText('Deleted cells').click();
  await panel.getByRole('button', { name: 'Bring back' }).click();
  await expect
    .poll(sources)
    .toEqual(['a = 1\nb = 2\nc = 333', 'two more', 'three']);
  await expect(panel).toContainText('None was deleted.');

  // All of it.
  await expect(bars).toHaveText([/^Changed since: text/, /^Changed since: text/]);
  await bars.nth(1).getByRole('checkbox').press('Space');
  await moment.getByRole('button', { name: 'Bring all back' }).press('Enter');
  await expect.poll(sources).toEqual(['a = 1\nb = 2\nc = 3', 'two', 'three']);
  await expect(moment).toContainText('As it is now');
  await expect(bars).toHaveCount(0);
});
