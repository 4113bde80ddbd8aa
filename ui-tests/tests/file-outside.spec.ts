// The file's own life: other programs change it, it is no notebook, it cannot be written.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';

const OURS = notebookFile([{ id: 'one', source: 'alpha = 1' }]);

/**
 * A contents manager that refuses to write while there is a file `refuse` beside its folder.
 */
const REFUSING = `
from pathlib import Path

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError

class Refusing(AsyncLargeFileManager):
    async def save(self, model, path=""):
        if Path(self.root_dir, "..", "refuse").exists():
            raise HTTPError(403, "Permission denied: the folder is read-only")
        return await super().save(model, path)

c.ServerApp.contents_manager_class = Refusing
`;

test('another program changes the file', async ({ server, person }) => {
  server.write(
    'shared.ipynb',
    notebookFile([
      { id: 'one', source: 'alpha = 1' },
      { id: 'two', source: 'beta = 1' },
      { id: 'three', source: 'gamma = 1' }
    ])
  );
  const ada = await NotebookPage.open(await person(), server, 'shared.ipynb');
  const grace = await NotebookPage.open(await person(), server, 'shared.ipynb');
  await ada.untilSync('saved');
  await ada.type(0, ' # ada');

  // While Ada edits one cell, another program changes another, and nobody is asked.
  server.write(
    'shared.ipynb',
    notebookFile([
      { id: 'one', source: 'alpha = 1' },
      { id: 'two', source: 'beta = 2' },
      { id: 'four', source: 'delta = 1' },
      { id: 'three', source: 'gamma = 1' }
    ])
  );
  const both = ['alpha = 1 # ada', 'beta = 2', 'delta = 1', 'gamma = 1'];
  for (const somebody of [ada, grace]) {
    await expect.poll(() => somebody.sources()).toEqual(both);
    await expect(somebody.notices).toContainText('2 cells changed on disk.');
  }
  await ada.untilSync('saved');
  await expect.poll(() => server.read('shared.ipynb')).toContain('# ada');
  expect(server.read('shared.ipynb')).toContain('beta = 2');

  // Review goes from one to the next; the notice stays.
  const review = grace.notices.getByRole('button', { name: 'Review' });
  for (const index of [1, 2, 1]) {
    await review.click();
    await expect(grace.cell(index)).toHaveClass(/jp-Anode-changedOnDisk/);
    await expect(grace.cell(index)).toHaveClass(/jp-mod-active/);
  }

  // Undo brings back what was there; what Ada did stays.
  await grace.type(3, ' # grace');
  await grace.notices.getByRole('button', { name: 'Undo' }).click();
  const undone = ['alpha = 1 # ada', 'beta = 1', 'gamma = 1 # grace'];
  await expect.poll(() => ada.sources()).toEqual(undone);
  await expect(grace.notices).toHaveCount(0);
  await expect
    .poll(() => server.read('shared.ipynb'))
    .toContain('gamma = 1 # grace');
  expect(await ada.dialogs()).toEqual([]);
});

test('both change one line', async ({ server, person }) => {
  server.write('shared.ipynb', OURS);
  const ada = await NotebookPage.open(await person(), server, 'shared.ipynb');
  await ada.untilSync('saved');
  const theirs = (value: number): void =>
    server.write(
      'shared.ipynb',
      notebookFile([{ id: 'one', source: `alpha = ${value}` }])
    );
  const bar = ada.page.locator('.jp-Anode-version-bar');

  await ada.type(0, ' # ada');
  theirs(2);
  await expect
    .poll(() => ada.sources())
    .toEqual(['alpha = 1 # ada', 'alpha = 2']);
  await expect(ada.notices).toContainText('both versions are kept');
  await expect(bar).toContainText('This is the version on disk.');
  await bar.getByRole('button', { name: 'Use this one' }).click();
  await expect.poll(() => ada.sources()).toEqual(['alpha = 2']);
  await expect(bar).toHaveCount(0);
  await expect
    .poll(() => JSON.parse(server.read('shared.ipynb')).cells.length)
    .toBe(1);

  await ada.type(0, ' # again');
  theirs(3);
  await expect(bar).toBeVisible();
  await bar.getByRole('button', { name: 'Keep both' }).click();
  await expect(bar).toHaveCount(0);
  await expect
    .poll(() => ada.content())
    .toEqual([
      { id: 'one', type: 'code', source: 'alpha = 2 # again' },
      { id: expect.any(String), type: 'code', source: 'alpha = 3' }
    ]);
});

test('the file is deleted', async ({ server, person }) => {
  server.write('shared.ipynb', OURS);
  const ada = await NotebookPage.open(await person(), server, 'shared.ipynb');
  await ada.untilSync('saved');
  const banner = ada.page.locator('.jp-NotebookPanel .jp-Anode-banner');
  await expect(banner).toBeHidden();
  rmSync(join(server.root, 'shared.ipynb'));
  await ada.untilSync('error (file deleted, save again)');
  await expect(banner).toContainText('shared.ipynb was deleted');
  await expect(banner).toContainText('Your work is kept');

  // Every further change is stored all the same; Ctrl-S does not write it either.
  await ada.type(0, ' # ada');
  await ada.page.keyboard.press('Control+s');
  await expect(ada.notices).toContainText('shared.ipynb');
  await ada.page.keyboard.press('Control+s');
  await expect(ada.notices).toHaveCount(1);
  expect(() => server.read('shared.ipynb')).toThrow('ENOENT');

  // Hidden, it comes again with the next trouble only; the sync state goes on telling.
  await banner.getByRole('button', { name: 'Hide' }).click();
  await expect(banner).toBeHidden();
  const details = ada.page.getByRole('dialog', { name: 'Sync state' });
  await ada.sync.getByRole('button').click();
  await expect(details.getByRole('button')).toHaveText(['Save again']);
  await details.getByRole('button', { name: 'Save again' }).click();
  await ada.untilSync('saved');
  expect(server.read('shared.ipynb')).toContain('alpha = 1 # ada');
  // What Ctrl-S said is true no longer.
  await expect(ada.notices).toHaveCount(0);

  // And on it goes.
  await ada.type(0, ' and again');
  await ada.untilSync('saved');
  await expect
    .poll(() => server.read('shared.ipynb'))
    .toContain('# ada and again');

  rmSync(join(server.root, 'shared.ipynb'));
  await expect(banner).toBeVisible();
  await banner.getByRole('button', { name: 'Save again' }).click();
  await expect(banner).toBeHidden();
  await ada.untilSync('saved');
  expect(server.read('shared.ipynb')).toContain('# ada and again');
  expect(await ada.dialogs()).toEqual([]);
});

test('the file becomes something else', async ({ server, person }) => {
  server.write('shared.ipynb', OURS);
  const ada = await NotebookPage.open(await person(), server, 'shared.ipynb');
  await ada.untilSync('saved');
  const banner = ada.page.locator('.jp-NotebookPanel .jp-Anode-banner');
  server.write('shared.ipynb', '{"cells": [');
  await ada.untilSync('error (file is not a notebook, retry)');
  await expect(banner).toContainText('The file is not JSON: line 1');
  await expect(banner).toContainText('your work here is kept');
  await expect(banner).toContainText('Repair the file');
  await ada.type(0, ' # ada');

  // It can be looked at and repaired here.
  await banner.getByRole('button', { name: 'Open as text' }).click();
  await expect(
    ada.page.locator('.jp-FileEditor .cm-content')
  ).toContainText('{"cells": [');
  expect(server.read('shared.ipynb')).toBe('{"cells": [');
  server.write('shared.ipynb', OURS);
  await ada.command('docmanager:open', { path: 'shared.ipynb' });
  await ada.untilSync('saved');
  await expect(banner).toBeHidden();
  await expect
    .poll(() => server.read('shared.ipynb'))
    .toContain('alpha = 1 # ada');
});

test('files that are no notebooks', async ({ server, person }) => {
  const bad: Record<string, string> = {
    'object.ipynb': '{"some": "object"}\n',
    'broken.ipynb': '{"cells": [',
    'newer.ipynb': OURS.replace('"nbformat": 4', '"nbformat": 5'),
    'older.ipynb': JSON.stringify({
      metadata: { name: '' },
      nbformat: 3,
      nbformat_minor: 0,
      worksheets: [
        {
          cells: [
            {
              cell_type: 'code',
              collapsed: false,
              input: 'print "old"',
              language: 'python',
              metadata: {},
              outputs: []
            }
          ],
          metadata: {}
        }
      ]
    })
  };
  for (const [name, content] of Object.entries(bad)) {
    server.write(name, content);
  }
  server.write('shared.ipynb', OURS);
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'shared.ipynb');
  await ada.untilSync('saved');
  const dialog = page.locator('.jp-Dialog');

  for (const name of ['object.ipynb', 'broken.ipynb', 'newer.ipynb']) {
    void ada.command('docmanager:open', { path: name }).catch(() => undefined);
    await expect(dialog).toContainText(name);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  }
  void ada
    .command('filebrowser:open-path', { path: 'missing.ipynb' })
    .catch(() => undefined);
  await expect(dialog).toContainText('missing.ipynb');
  await page.keyboard.press('Escape');

  // What JupyterLab can read by converting it, it opens; the file stays until somebody saves.
  await ada.command('docmanager:open', {
    path: 'older.ipynb',
    kernel: { name: 'python3' }
  });
  await expect(
    page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell').first()
  ).toContainText('old');
  await page.keyboard.press('Escape');

  await ada.command('docmanager:open', { path: 'shared.ipynb' });
  await ada.type(0, ' # goes on');
  await ada.untilSync('saved');
  await expect.poll(() => server.read('shared.ipynb')).toContain('# goes on');
  for (const [name, content] of Object.entries(bad)) {
    expect(server.read(name), name).toBe(content);
  }
  expect(() => server.read('missing.ipynb')).toThrow('ENOENT');
});

test('a folder that cannot be written for a while', async ({
  startServer,
  person
}) => {
  const server = await startServer({ config: REFUSING });
  server.write('shared.ipynb', OURS);
  const ada = await NotebookPage.open(await person(), server, 'shared.ipynb');
  await ada.untilSync('saved');
  const refuse = join(server.base, 'refuse');
  writeFileSync(refuse, '');
  await ada.type(0, ' # ada');
  await ada.untilSync(/^error \(.*retry\)/);
  expect(server.read('shared.ipynb')).toBe(OURS);
  const details = ada.page.getByRole('dialog', { name: 'Sync state' });
  await ada.sync.getByRole('button').click();
  await expect(details).toContainText('read-only');
  await ada.page.keyboard.press('Escape');

  // The event log has it: somebody else sees it, and typing goes on.
  await ada.type(0, '!');
  const grace = await NotebookPage.open(await person(), server, 'shared.ipynb');
  await expect.poll(() => grace.sources()).toEqual(['alpha = 1 # ada!']);
  await grace.untilSync(/^error \(/);

  rmSync(refuse);
  await ada.untilSync('saved');
  await grace.untilSync('saved');
  await expect.poll(() => server.read('shared.ipynb')).toContain('# ada!');
  expect(await ada.dialogs()).toEqual([]);
});
