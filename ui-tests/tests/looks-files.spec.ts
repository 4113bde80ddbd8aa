// Pictures of what is said about files: banners, two versions of a cell, copies to recover.

import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { putCopy } from '../support/copies.ts';
import { look } from '../support/looking.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';

const WIDE = { width: 1400, height: 900 };

const CONFLICTED = notebookFile([
  { id: 'one', type: 'markdown', source: '# Penguins' },
  { id: 'two', source: 'masses = [3700, 3733]' },
  { id: 'three', source: 'sum(masses)' }
]).replace(
  '    "masses = [3700, 3733]"\n',
  [
    '<<<<<<< HEAD',
    '    "masses = [3700, 3733, 5076]"',
    '=======',
    '    "masses = [3700, 4000]"',
    '>>>>>>> feature/chinstrap-penguins',
    ''
  ].join('\n')
);

test('files, in both themes, wide and narrow', async ({ server, person }) => {
  server.write('analysis.ipynb', CONFLICTED);
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'analysis.ipynb');
  await ada.untilSync('saved');
  await expect(
    page.locator('.jp-NotebookPanel-toolbar .jp-Anode-runtime')
  ).toContainText('Python 3');
  await ada.command('application:toggle-left-area');
  await expect(page.locator('.jp-Anode-version-bar')).toBeVisible();
  await look(ada, 'merge');

  await page.setViewportSize(WIDE);
  const hours = (count: number) => new Date(Date.now() - count * 3_600_000);
  for (const count of [1, 2, 26, 50, 74, 98]) {
    const sources = ['# Penguins', 'masses = [3700, 3733]', `day ${count}`];
    await putCopy(server, 'analysis.ipynb', hours(count), ...sources);
  }
  void ada.command('anode:recover-notebook').catch(() => undefined);
  await expect(page.locator('.jp-Anode-recover pre').first()).toBeVisible();
  await look(ada, 'recover');
  await page.keyboard.press('Escape');

  await page.setViewportSize(WIDE);
  rmSync(join(server.root, 'analysis.ipynb'));
  await ada.untilSync(/^error \(file deleted/);
  await expect(page.locator('.jp-Anode-banner')).toContainText('was deleted');
  await look(ada, 'deleted');

  await page.setViewportSize(WIDE);
  server.write('analysis.ipynb', '{"cells": [');
  await ada.untilSync(/^error \(file is not a notebook/);
  await look(ada, 'not-valid');
});
