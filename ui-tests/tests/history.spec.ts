// Who did what when in a notebook, and any moment of it beside the present.

import { expectAccessible } from '../support/accessibility.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';

interface IPosition {
  readonly id: string;
  readonly seq: number;
}

test('who wrote each line, beside the lines and in words', async ({ server, person }) => {
  server.write('lines.ipynb', notebookFile([{ id: 'one', source: 'a = 1\nb = 2\nc = 3' }]));
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'lines.ipynb');
  const cell = page.locator('.jp-Notebook .jp-Cell').first();
  const marks = cell.locator('.jp-Anode-author');
  await expect(cell.locator('.cm-gutters')).toHaveCount(0);

  await ada.command('anode:toggle-authors');
  await expect(marks).toHaveText([/^On disk/, '', '']);

  // What is typed is one's own once the server has it; the rest stays.
  await ada.type(0, '3\n\nd = 4');
  await expect(marks).toHaveText([/^On disk/, '', /^(?!On disk)./, '', '']);
  await expect(marks.nth(2)).toHaveAttribute('title', /\n.*On disk/);
  await expectAccessible(page);

  await ada.command('anode:who-wrote-line');
  await expect(page.getByText(/^Line 5: /)).toBeVisible();

  await ada.command('anode:toggle-authors');
  await expect(cell.locator('.cm-gutters')).toHaveCount(0);
});

test('the history of a notebook, and its moments', async ({ server, person }) => {
  server.write(
    'past.ipynb',
    notebookFile([
      { id: 'one', source: 'a = 1' },
      { id: 'two', source: 'b = 2' }
    ])
  );
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'past.ipynb');
  await ada.type(0, ' + 10');
  await ada.untilSync('saved');
  const where = async (): Promise<IPosition> =>
    server.api<IPosition>('POST', 'notebooks', { path: 'past.ipynb' });
  const typed = await where();

  await ada.command('anode:show-history');
  const panel = page.getByRole('region', { name: 'History', exact: true });
  const rows = panel.locator('.jp-Anode-history-row');
  await expect(rows).toHaveText([
    /\d+:\d\d.*\+5 −0/,
    /Opened for the first time.*2 cells/
  ]);

  // It follows what happens, and marks what was no typing.
  await server.api('POST', `notebooks/${typed.id}/restore`, { seq: 3 });
  await expect(rows).toHaveCount(3);
  await expect(rows.first()).toContainText('Brought back an earlier moment');
  await expect(page.locator('.jp-Notebook .jp-Cell').first()).toContainText('a = 1');

  // A moment opens beside, by keyboard, and nobody can write into it.
  await rows.nth(1).focus();
  await page.keyboard.press('Enter');
  const moment = page.locator('.jp-Anode-moment');
  const first = moment.locator('.jp-Cell').first();
  await expect(first).toContainText('a = 1 + 10');
  await expect(first.locator('.cm-content')).toHaveAttribute('aria-readonly', 'true');
  await expect(rows.nth(1)).toHaveAttribute('aria-current', 'true');
  expect(await ada.sources()).toEqual(['a = 1', 'b = 2']);
  await expectAccessible(page);

  // Along the history by keyboard, and by itself up to the present.
  const slider = moment.getByRole('slider', { name: 'Moment' });
  await slider.focus();
  await page.keyboard.press('End');
  await expect(first.locator('.cm-content')).toHaveText('a = 1');
  await page.keyboard.press('Home');
  await expect(moment).toContainText('It had no cells yet.');
  await moment.getByRole('button', { name: 'Play' }).click();
  await expect(moment.locator('.jp-Cell')).toHaveText([/a = 1$/, /b = 2$/]);
  await expect(moment.getByRole('button', { name: 'Play' })).toBeVisible();
  await expect
    .poll(async () => (await slider.getAttribute('max')) === (await slider.inputValue()))
    .toBe(true);

  // Some of it: by person, by cell.
  await panel.getByLabel('Whose work').selectOption({ label: 'File on disk' });
  await expect(rows).toHaveText([/Opened for the first time/]);
  await panel.getByLabel('Whose work').selectOption('');
  await expect(rows).toHaveCount(3);

  // A purged stretch says so, in the list and as a moment.
  await server.api('POST', `notebooks/${typed.id}/purge`, { from: 2, to: typed.seq });
  await expect(rows.first()).toContainText('Removed the history of 2 to');
  await rows.filter({ hasText: '+5 −0' }).click();
  await expect(moment.locator('.jp-Anode-moment-trouble')).toContainText('purged');
});
