// Copies of a notebook: shown, opened as a new file, restored.

import { expectAccessible } from '../support/accessibility.ts';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { putCopy } from '../support/copies.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';

test('copies of a notebook', async ({ server, person }) => {
  const folder = join(server.root, 'sub');
  const files = () => readdirSync(folder).filter(name => name[0] !== '.');
  mkdirSync(folder);
  server.write(
    'sub/shared.ipynb',
    notebookFile([{ id: 'cell-0', source: 'now = 1' }])
  );
  const ada = await NotebookPage.open(
    await person(),
    server,
    'sub/shared.ipynb'
  );
  await ada.untilSync('saved');
  const dialog = ada.page.locator('.jp-Dialog');
  const recover = async (): Promise<void> => {
    await ada.page.getByRole('menuitem', { name: 'File', exact: true }).click();
    await ada.page.getByRole('menuitem', { name: 'Recover Notebook…' }).click();
    await expect(dialog).toContainText('Recover shared.ipynb');
  };

  await recover();
  await expect(dialog).toContainText('There is no copy yet.');
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  await putCopy(server, 'sub/shared.ipynb', hoursAgo(1), 'before = 1', 'b');
  await putCopy(server, 'sub/shared.ipynb', hoursAgo(30), 'long_before = 1');
  await recover();
  const rows = dialog.getByRole('radio');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toBeChecked();
  await expect(dialog).toContainText('2 cells, 1 kB');
  await expectAccessible(ada.page);
  await expect(dialog.getByRole('region')).toContainText('before = 1');
  await rows.first().focus();
  await ada.page.keyboard.press('ArrowDown');
  await expect(rows.last()).toBeChecked();
  await expect(dialog.getByRole('region')).toContainText('long_before = 1');

  // Nothing was written so far; a new file only because the person wants it.
  expect(files()).toEqual(['shared.ipynb']);
  await dialog.getByRole('button', { name: 'Open as a new file' }).click();
  await expect
    .poll(() => ada.sources().catch(() => []))
    .toEqual(['long_before = 1']);
  expect(files().filter(name => name !== 'shared.ipynb')).toEqual([
    expect.stringMatching(/^shared \(recovered .*\.ipynb$/)
  ]);
  await ada.command('docmanager:open', { path: 'sub/shared.ipynb' });
  await expect.poll(() => ada.sources()).toEqual(['now = 1']);

  await recover();
  await dialog.getByRole('button', { name: 'Restore' }).click();
  await expect.poll(() => ada.sources()).toEqual(['before = 1', 'b']);
  await expect(ada.notices).toContainText('is in its history');
  await expect
    .poll(() => server.read('sub/shared.ipynb'))
    .toContain('before = 1');
});

test('a deleted notebook', async ({ startServer, person }) => {
  const server = await startServer({
    config: 'c.FileContentsManager.delete_to_trash = False\n'
  });
  server.write('keep.ipynb', notebookFile([{ id: 'k', source: 'keep' }]));
  server.write('gone.ipynb', notebookFile([{ id: 'g', source: 'gone = 1' }]));
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'gone.ipynb');
  await ada.untilSync('saved');
  await ada.type(0, ' # ada');
  await ada.untilSync('saved');
  await expect.poll(() => server.read('gone.ipynb')).toContain('# ada');
  await ada.command('application:close');
  const answer = await fetch(server.url('api/contents/gone.ipynb'), {
    method: 'DELETE',
    headers: { Authorization: `token ${server.token}` }
  });
  expect(answer.status).toBe(204);
  expect(() => server.read('gone.ipynb')).toThrow('ENOENT');

  const dialog = page.locator('.jp-Dialog');
  await ada.command('docmanager:open', { path: 'keep.ipynb' });
  await page.getByRole('menuitem', { name: 'File', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Recover Deleted' }).click();
  await expect(dialog).toContainText('gone.ipynb');
  await expect(dialog).not.toContainText('keep.ipynb');
  await expect(dialog.getByRole('region')).toContainText('gone = 1 # ada');
  await dialog.getByRole('button', { name: 'Recover', exact: true }).click();
  await expect
    .poll(() => ada.sources().catch(() => []))
    .toEqual(['gone = 1 # ada']);
  expect(server.read('gone.ipynb')).toContain('gone = 1 # ada');
  await page
    .locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell .cm-content')
    .first()
    .click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('!');
  await expect.poll(() => server.read('gone.ipynb')).toContain('# ada!');
});
