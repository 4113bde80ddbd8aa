// Notebook 7 is a second front end of the same rooms.

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';

test('Notebook 7 and JupyterLab edit one notebook', async ({
  startServer,
  person
}) => {
  const server = await startServer({
    args: ['--JupyterNotebookApp.expose_app_in_browser=True']
  });
  server.write(
    'shared.ipynb',
    notebookFile([
      { id: 'one', source: 'alpha = 1' },
      { id: 'two', source: 'print("hel" + "lo")' }
    ])
  );
  const page = await person();
  const ada = await NotebookPage.openClassic(page, server, 'shared.ipynb');
  await ada.untilSync('saved');
  await expect(ada.sync).toHaveText('Saved');
  const grace = await NotebookPage.open(await person(), server, 'shared.ipynb');
  await grace.untilSync('saved');
  await expect(page.locator('.jp-Anode-people-button .jp-Anode-avatar')).toHaveCount(2);

  await Promise.all([ada.type(0, ' # classic'), grace.type(1, ' # lab')]);
  const sources = ['alpha = 1 # classic', 'print("hel" + "lo") # lab'];
  await expect.poll(() => ada.sources()).toEqual(sources);
  await expect.poll(() => grace.sources()).toEqual(sources);

  await ada.select(1);
  await page.keyboard.press('Control+Enter');
  for (const one of [ada, grace]) {
    await expect(one.cell(1).locator('.jp-OutputArea-output')).toHaveText(
      'hello\n',
      { timeout: 60_000 }
    );
  }
  await page.keyboard.press('Control+s');
  await ada.untilSync('saved');
  await expect.poll(() => server.read('shared.ipynb')).toContain('"hello\\n"');
  expect(server.read('shared.ipynb')).toContain('# classic');
  expect(await ada.dialogs()).toEqual([]);
  await expect(ada.notices).toHaveCount(0);
});
