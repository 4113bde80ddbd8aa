// Files of this computer in a notebook: dropped on it, or chosen from the menu.

import { expectAccessible } from '../support/accessibility.ts';
import { drop, LINES } from '../support/dropping.ts';
import { expect, test } from '../support/fixtures.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';

test('files come into the folder of the notebook, and cells that read them', async ({
  server,
  person
}) => {
  server.write(
    'a.ipynb',
    notebookFile([
      { id: 'one', source: 'import pandas' },
      { id: 'words', type: 'markdown', source: 'Some *words*' }
    ])
  );
  server.write('points.csv', 'mine');
  const page = await person();
  const notebook = await NotebookPage.open(page, server, 'a.ipynb');
  const sources = () => notebook.sources();

  // On an editor, which would have the text: below its cell, and over no file that is there.
  await drop(notebook.cell(0).locator('.cm-content'), 'points.csv', 'text/csv');
  await expect
    .poll(sources)
    .toEqual([
      'import pandas',
      'import pandas as pd\n\ndf = pd.read_csv("points-1.csv")\ndf',
      'Some *words*'
    ]);
  expect(server.read('points-1.csv')).toBe(LINES);
  expect(server.read('points.csv')).toBe('mine');
  await notebook.run(1);
  await expect(notebook.output(1).first()).toContainText('y');

  // An image is kept in the text that it is dropped on; what no cell reads is told.
  await drop(notebook.cell(2), 'a.txt', 'text/plain');
  await expect(
    notebook.notices.filter({
      hasText: 'a.txt is in the folder of the notebook now.'
    })
  ).toHaveCount(1);
  expect(await notebook.content()).toHaveLength(3);

  // From the menu.
  await notebook.select(1);
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('menuitem', { name: 'File', exact: true }).click();
  await page.getByText('Attach Files…').click();
  await (
    await chooser
  ).setFiles({
    name: 'more.tsv',
    mimeType: '',
    buffer: Buffer.from(LINES)
  });
  await expect
    .poll(async () => (await sources())[2])
    .toContain('df2 = pd.read_csv("more.tsv", sep="\\t")');
  await expectAccessible(page);
  expect(server.read('more.tsv')).toBe(LINES);
  await notebook.untilSync('saved');
});
