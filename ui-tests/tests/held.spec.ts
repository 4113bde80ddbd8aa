// Two servers of one person, and one notebook: it is edited in one of them at a time.

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';

test('a notebook that another server has open', async ({
  startServer,
  person
}) => {
  const first = await startServer();
  const second = await startServer({ beside: first });
  first.write(
    'shared.ipynb',
    notebookFile([{ id: 'one', source: 'alpha = 1' }])
  );
  const ada = await NotebookPage.open(await person(), first, 'shared.ipynb');
  await ada.type(0, ' # first');
  await ada.untilSync('saved');
  await expect.poll(() => first.read('shared.ipynb')).toContain('# first');

  // The second shows the file, says where the notebook is open, and takes nothing.
  const page = await person();
  const there = await NotebookPage.open(page, second, 'shared.ipynb');
  await there.untilSync(`read-only (open in ${first.origin})`);
  await expect(there.sync).toContainText(
    `Read-only · open in ${first.origin}`
  );
  await expect.poll(() => there.sources()).toEqual(['alpha = 1 # first']);
  await there.cell(0).locator('.cm-content').click();
  await page.keyboard.type('hacked');
  await page.keyboard.press('Control+s');
  await expect(there.notices).toContainText('open in');
  await expect(page.getByText('Saving started')).toHaveCount(0);
  expect(await there.sources()).toEqual(['alpha = 1 # first']);
  expect(await there.dialogs()).toEqual([]);

  // It can be edited here all the same: then the first only reads, until it takes it back.
  for (const [taker, other, place] of [
    [there, ada, second],
    [ada, there, first]
  ] as const) {
    void taker.command('anode:take-over').catch(() => undefined);
    await taker.page.locator('.jp-Dialog .jp-mod-accept').click();
    await taker.untilSync('saved');
    await other.untilSync(`read-only (open in ${place.origin})`);
  }
  expect(await there.sources()).toEqual(['alpha = 1 # first']);

  // What the first still writes is not lost, and the second has it when it takes over.
  await ada.type(0, ' and last');
  await ada.untilSync('saved');
  await first.stop();
  // It comes by itself; one need not wait for the next attempt.
  await there.command('anode:retry-connection');
  await there.untilSync('saved');
  await expect
    .poll(() => there.sources())
    .toEqual(['alpha = 1 # first and last']);
  await there.type(0, ', second');
  await there.untilSync('saved');
  await expect.poll(() => first.read('shared.ipynb')).toContain(', second');
  expect(await there.dialogs()).toEqual([]);
});
