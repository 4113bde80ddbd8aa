// The kernel of a notebook: how it is, what can be done with it, and what is said when it dies.

import { expectAccessible } from '../support/accessibility.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';
import { NotebookRuns } from '../support/runs.ts';

/**
 * Starting a kernel takes long on a busy machine.
 */
const KERNEL_MS = 60_000;

test('the kernel in the toolbar, and its death', async ({ server, person }) => {
  server.write(
    'kernel.ipynb',
    notebookFile([
      { id: 'one', source: 'x = 1\nprint(x)' },
      { id: 'die', source: 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)' },
      { id: 'after', source: 'print("after")' },
      { id: 'wait', source: 'import time\ntime.sleep(3)' }
    ])
  );
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'kernel.ipynb');
  await ada.untilSync('saved');
  const runs = await NotebookRuns.of(server, 'kernel.ipynb');
  const pill = page.locator('.jp-NotebookPanel-toolbar .jp-Anode-runtime');
  const button = pill.getByRole('button');
  await expect(button).toHaveText('Python 3 (ipykernel) · idle', {
    timeout: KERNEL_MS
  });

  // Busy and idle again; "tell me when done" tells once.
  await ada.run(3);
  await expect(button).toHaveText('Python 3 (ipykernel) · busy');
  await button.click();
  const menu = page.getByRole('menu').last();
  for (const item of [/^Start Kernel/, /^Interrupt Kernel/, /^Restart Kernel…/]) {
    await expect(menu.getByRole('menuitem', { name: item })).toBeVisible();
  }
  await menu.getByRole('menuitem', { name: 'Tell Me When Done' }).click();
  await expect(ada.notices).toHaveText(/kernel.ipynb: everything ran/);
  await expect(button).toHaveText('Python 3 (ipykernel) · idle');

  // A long run is broken off from the menu.
  await ada.run(3);
  await expect(ada.line(3)).toHaveText(/^Running/);
  await button.click();
  await menu
    .getByRole('menuitem', { name: 'Stop All Runs of This Notebook' })
    .click();
  await expect(ada.line(3)).toHaveText(/^Interrupted · /);

  // The kernel dies: why, what is kept, and one click to go on.
  await ada.command('notebook:run-all-cells');
  await expect(ada.line(1)).toHaveText(/^The kernel died: signal 9/, {
    timeout: KERNEL_MS
  });
  await expect(ada.line(2)).toHaveText(/^Not run: the kernel died · /);
  const banner = page.locator('.jp-Anode-kernelBanner');
  await expect(banner).toContainText('signal 9, SIGKILL');
  await expect(ada.output(0)).toHaveText('1\n');
  // JupyterLab tells it, too, at some moment.
  await page.addLocatorHandler(page.locator('.jp-Dialog'), dialog =>
    dialog.press('Escape')
  );
  await expectAccessible(page);
  await ada.run(2);
  await expect(ada.output(2)).toHaveText('after\n', { timeout: KERNEL_MS });
  await expect(banner).toContainText('the variables are gone');
  await banner.getByRole('button', { name: 'Hide' }).click();
  await expect(banner).toBeHidden();
  await expect
    .poll(async () => (await runs.states()).at(-1))
    .toEqual(['after', 'completed']);
});

test("a cell's menu", async ({ server, person }) => {
  const cells = ['a', 'b', 'c', 'd'].map(id => ({ id, source: id }));
  server.write('cells.ipynb', notebookFile(cells));
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'cells.ipynb');
  await ada.untilSync('saved');
  const choose = async (index: number, name: string): Promise<void> => {
    await ada.select(index);
    await ada.cell(index).click({ button: 'right' });
    await page.getByRole('menuitem', { name }).click();
  };
  await choose(2, 'Move Cell to Top');
  await expect.poll(() => ada.sources()).toEqual(['c', 'a', 'b', 'd']);
  await choose(0, 'Move Cell to Bottom');
  await expect.poll(() => ada.sources()).toEqual(['a', 'b', 'd', 'c']);
  await choose(1, 'Delete All Cells Below');
  await expect.poll(() => ada.sources()).toEqual(['a', 'b']);
  // JupyterLab joins what was done within half a second into one step: the move may be undone, too.
  await ada.command('notebook:undo-cell-action');
  await expect
    .poll(async () => (await ada.sources()).sort())
    .toEqual(['a', 'b', 'c', 'd']);
});
