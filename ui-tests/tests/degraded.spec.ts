// Without our server half notebooks are what they are in plain JupyterLab, and people are told once.

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import type { IServerOptions } from '../support/server.ts';
import { expect, test } from '../support/fixtures.ts';

const CASES: {
  name: string;
  options: IServerOptions;
  notice: RegExp | null;
}[] = [
  {
    name: 'the server extension is not enabled',
    options: { without: ['anode_jlab'] },
    notice: /not available: .*server extension.* not enabled/i
  },
  {
    name: 'the self-test of the server fails',
    // Below a regular file there can be no folder.
    options: { store: 'config/jupyter_server_config.py/store' },
    notice: /not available: .*jupyter_server_config\.py/i
  },
  {
    name: 'an administrator switched it off',
    options: { args: ['--AnodeConfig.enabled=False'] },
    notice: null
  }
];

for (const { name, options, notice } of CASES) {
  test(`plain notebooks when ${name}`, async ({ startServer, person }) => {
    const server = await startServer(options);
    server.write(
      'plain.ipynb',
      notebookFile([{ id: 'one', source: 'print(6 * 7)' }])
    );
    const page = await person();
    const requests: string[] = [];
    page.on('request', request => requests.push(request.url()));
    page.on('websocket', socket => requests.push(socket.url()));
    const ada = await NotebookPage.open(page, server, 'plain.ipynb');
    if (notice) {
      await expect(ada.notices).toHaveText([notice]);
    }

    await ada.type(0, '\nprint("typed" * 2)');
    await page.keyboard.press('Shift+Enter');
    await expect(ada.cell(0).locator('.jp-OutputArea-output')).toHaveText(
      '42\ntypedtyped\n',
      { timeout: 60_000 }
    );
    expect(server.read('plain.ipynb')).not.toContain('typedtyped');
    await page.keyboard.press('Control+s');
    await expect.poll(() => server.read('plain.ipynb')).toContain('typedtyped');
    await expect(
      page.locator('.lm-TabBar-tab.jp-mod-current.jp-mod-dirty')
    ).toHaveCount(0);

    await expect(ada.notices).toHaveCount(notice ? 1 : 0);
    expect(await ada.dialogs()).toEqual([]);
    await expect(page.locator('[data-anode-sync]')).toHaveCount(0);
    expect(requests.filter(url => url.includes('/anode/api/'))).toEqual([]);

    // What was saved is what is opened.
    await page.reload();
    await ada.untilOpen();
    await expect
      .poll(() => ada.sources())
      .toEqual(['print(6 * 7)\nprint("typed" * 2)', '']);
    await expect(ada.notices).toHaveCount(notice ? 1 : 0);
  });
}
