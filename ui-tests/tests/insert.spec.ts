// A paste that is larger than the server takes: refused, said, and nothing else is lost.

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';

test('a paste above the limit', async ({ startServer, person }) => {
  const server = await startServer({
    args: ['--AnodeConfig.max_update_bytes=100000']
  });
  server.write(
    'shared.ipynb',
    notebookFile([{ id: 'one', type: 'raw', source: 'alpha' }])
  );
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'shared.ipynb');
  await ada.untilSync('saved');
  const paste = (size: number): Promise<void> =>
    ada
      .cell(0)
      .locator('.cm-content')
      .evaluate((node, length) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', 'x'.repeat(length));
        node.dispatchEvent(
          new ClipboardEvent('paste', { clipboardData, bubbles: true })
        );
      }, size);

  await ada.focusEnd(0);
  await paste(200_000);
  await expect(ada.notices).toContainText('Not inserted: 0.2 MB');
  expect(await ada.sources()).toEqual(['alpha']);
  await paste(50_000);
  await ada.untilSync('saved');
  expect(await ada.sources()).toEqual([`alpha${'x'.repeat(50_000)}`]);
});
