// One person alone sees plain JupyterLab plus one word, and everything works as there.

import type { Page } from '@playwright/test';

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';

const PLAIN = notebookFile([
  { id: 'one', source: 'print("hel" + "lo")' },
  { id: 'two', type: 'markdown', source: 'Some *words*' }
]);

/**
 * How long after the last change the file is written at the latest, while autosave is on.
 */
const AUTOSAVE_MS = 2_000;

function tab(page: Page): ReturnType<Page['locator']> {
  return page.locator('.lm-DockPanel-tabBar .lm-TabBar-tab.jp-mod-current');
}

test('plain JupyterLab plus one word', async ({ startServer, person }) => {
  const plainServer = await startServer({
    args: ['--AnodeConfig.enabled=False']
  });
  const server = await startServer();
  const toolbars: string[][] = [];
  for (const [one, expected] of [
    [plainServer, null],
    [server, 'Saved']
  ] as const) {
    one.write('solo.ipynb', PLAIN);
    const page = await person();
    const ada = await NotebookPage.open(page, one, 'solo.ipynb');
    if (expected !== null) {
      await expect(ada.sync).toHaveText(expected);
    }
    // The kernel's name is there: the toolbar is complete.
    await expect(
      page.locator('.jp-NotebookPanel-toolbar [data-jp-item-name=kernelName]')
    ).toContainText('Python 3');
    await expect(
      page.locator('[data-jp-item-name="debugger-icon"]')
    ).toBeVisible();
    toolbars.push(await ada.toolbar());
    expect(await ada.dialogs()).toEqual([]);
    await expect(ada.notices).toHaveCount(0);
    await expect(page.locator('.jp-Anode-avatar')).toHaveCount(0);
  }
  const [plain, ours] = toolbars as [string[], string[]];
  expect(plain.length).toBeGreaterThan(5);
  // The kernel's item says in words what the circle of progress beside it shows.
  const rest = plain.filter(name => name !== 'executionProgress');
  expect(rest).toHaveLength(plain.length - 1);
  expect(ours.filter(name => name !== 'anodeSync')).toEqual(rest);
  expect(ours).toHaveLength(rest.length + 1);
});

test('running, saving, autosave off, renaming, restarting', async ({
  server,
  person
}) => {
  server.write('solo.ipynb', PLAIN);
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'solo.ipynb');
  await ada.untilSync('saved');
  const identify = async (path: string): Promise<string> =>
    (await server.api<{ id: string }>('POST', 'notebooks', { path })).id;
  const id = await identify('solo.ipynb');
  const output = ada.cell(0).locator('.jp-OutputArea-output');

  // The cell runs on the server; its output is in the file without anybody saving.
  await ada.select(0);
  await ada.command('notebook:run-cell');
  await expect(output).toHaveText('hello\n', { timeout: 60_000 });
  await expect.poll(() => server.read('solo.ipynb')).toContain('"hello\\n"');
  await expect(tab(page)).not.toHaveClass(/jp-mod-dirty/);

  // Without autosave the file waits for Ctrl-S, while every change is stored.
  await ada.command('docmanager:toggle-autosave');
  await ada.untilSync('saved');
  const before = server.read('solo.ipynb');
  await ada.type(0, '\nprint("more")');
  await ada.untilSync('saved');
  await expect(tab(page)).toHaveClass(/jp-mod-dirty/);
  const typedAt = Date.now();
  await restartKernel(ada);
  await ada.select(0);
  await ada.command('notebook:run-cell');
  await expect(output).toHaveText('hello\nmore\n', { timeout: 60_000 });
  await ada.untilSync('saved');
  await expect
    .poll(() => Date.now() - typedAt, { timeout: 2 * AUTOSAVE_MS })
    .toBeGreaterThan(AUTOSAVE_MS);
  expect(server.read('solo.ipynb')).toBe(before);
  await expect(tab(page)).toHaveClass(/jp-mod-dirty/);
  await page.keyboard.press('Control+s');
  await expect(tab(page)).not.toHaveClass(/jp-mod-dirty/);
  expect(server.read('solo.ipynb')).toContain('"more\\n"');
  await ada.command('docmanager:toggle-autosave');

  // Renamed in the file browser, it stays the same live notebook.
  await page.locator('.jp-DirListing-item', { hasText: 'solo.ipynb' }).click();
  await page.keyboard.press('F2');
  const editor = page.locator('.jp-DirListing-editor');
  await editor.fill('renamed.ipynb');
  await editor.press('Enter');
  await expect(tab(page)).toContainText('renamed.ipynb');
  await ada.type(0, '\nprint("renamed")');
  await ada.untilSync('saved');
  await expect
    .poll(() => server.read('renamed.ipynb'))
    .toContain('print(\\"renamed\\")');
  expect(() => server.read('solo.ipynb')).toThrow('ENOENT');
  expect(await identify('renamed.ipynb')).toBe(id);

  // Closed and opened again, everything is there.
  const content = await ada.content();
  await ada.command('application:close');
  await expect(page.locator('.jp-NotebookPanel')).toHaveCount(0);
  await ada.command('docmanager:open', { path: 'renamed.ipynb' });
  await ada.untilOpen();
  await ada.untilSync('saved');
  expect(await ada.content()).toEqual(content);
  await expect(output).toHaveText('hello\nmore\n');

  expect(await ada.dialogs()).toEqual([]);
  await expect(ada.notices).toHaveCount(0);
});

test('the details by keyboard', async ({ server, person }) => {
  server.write('solo.ipynb', PLAIN);
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'solo.ipynb');
  await ada.untilSync('saved');
  const button = ada.sync.getByRole('button');
  const details = page.getByRole('dialog', { name: 'Sync state' });

  // Reached with the arrow keys, as everything in a toolbar of JupyterLab: it is the first there.
  await page
    .locator('.jp-NotebookPanel-toolbar [data-jp-item-name="insert"]')
    .getByRole('button')
    .focus();
  const items = (await ada.toolbar()).length;
  for (let at = 0; at < items; at++) {
    if (await button.evaluate(node => node === document.activeElement)) {
      break;
    }
    await page.keyboard.press('ArrowLeft');
  }
  await expect(button).toBeFocused();
  await expect(button).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('Enter');
  await expect(details).toBeVisible();
  await expect(details).toContainText('Every change is stored on the server.');
  await expect(button).toHaveAttribute('aria-expanded', 'true');
  expect(
    await details.evaluate(node => node.contains(document.activeElement))
  ).toBe(true);
  await page.keyboard.press('Escape');
  await expect(details).toHaveCount(0);
  await expect(button).toBeFocused();
  await expect(button).toHaveAttribute('aria-expanded', 'false');

  // It lives on while the state changes, and a click elsewhere closes it.
  await page.keyboard.press('Enter');
  await expect(details).toBeVisible();
  await ada.page.evaluate(() => {
    const { jupyterapp } = window as unknown as IWindow;
    jupyterapp.shell.currentWidget.content.model.sharedModel.cells[0]!.setSource(
      'changed'
    );
  });
  await expect(details).toContainText('Last change stored');
  await ada.cell(1).click();
  await expect(details).toHaveCount(0);
});

/**
 * Restart the kernel, as JupyterLab asks and does it.
 */
async function restartKernel(notebook: NotebookPage): Promise<void> {
  const restarting = notebook.command('kernelmenu:restart');
  await notebook.page
    .locator('.jp-Dialog')
    .getByRole('button', { name: 'Confirm Kernel Restart' })
    .click();
  await restarting;
}

interface IWindow {
  jupyterapp: {
    shell: {
      currentWidget: {
        content: {
          model: {
            sharedModel: { cells: { setSource(source: string): void }[] };
          };
        };
      };
    };
  };
}
