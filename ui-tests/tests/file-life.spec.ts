// What people do to files by hand does what they expect: save as, duplicate, rename, checkpoints.

import { readdirSync } from 'node:fs';

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';

const FILE = notebookFile([{ id: 'one', source: 'print("alpha")' }]);

interface IFile {
  cells: { source: string[]; outputs: object[] }[];
}

test('save as, duplicate, rename', async ({ server, person }) => {
  server.write('a.ipynb', FILE);
  const ada = await NotebookPage.open(await person(), server, 'a.ipynb');
  const grace = await NotebookPage.open(await person(), server, 'a.ipynb');
  const tab = (somebody: NotebookPage) =>
    somebody.page.locator('#jp-main-dock-panel .jp-mod-current');
  const dialog = ada.page.locator('.jp-Dialog');
  const read = (path: string): string => {
    const { cells } = JSON.parse(server.read(path)) as IFile;
    return cells[0]!.source.join('');
  };
  await ada.untilSync('saved');

  // An output that was made on the server goes along, and nothing of ours with it.
  const { id } = await server.api<{ id: string }>('POST', 'notebooks', {
    path: 'a.ipynb'
  });
  await server.api('POST', `notebooks/${id}/executions`, {
    cells: [{ cell_id: 'one' }]
  });
  await expect(ada.cell(0).locator('.jp-OutputArea')).toContainText('alpha', {
    timeout: 60_000
  });
  await ada.type(0, ' # ada');
  await ada.untilSync('saved');

  // Save as: the same content in a new file, which is the one that is edited from now on.
  void ada.command('docmanager:save-as').catch(() => undefined);
  await dialog.locator('input').fill('b.ipynb');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(tab(ada)).toContainText('b.ipynb');
  await ada.untilSync('saved');
  expect(await ada.sources()).toEqual(['print("alpha") # ada']);
  expect(server.read('b.ipynb')).not.toContain('anode');
  const saved = JSON.parse(server.read('b.ipynb')) as IFile;
  expect(saved.cells[0]!.outputs).toEqual([
    { name: 'stdout', output_type: 'stream', text: ['alpha\n'] }
  ]);
  await ada.type(0, ' b only');
  await expect.poll(() => read('b.ipynb')).toContain('b only');
  expect(await grace.sources()).toEqual(['print("alpha") # ada']);
  await expect.poll(() => read('a.ipynb')).toBe('print("alpha") # ada');

  // Duplicate: another notebook, with what is seen.
  await grace.command('docmanager:duplicate');
  await expect
    .poll(() => readdirSync(server.root))
    .toContain('a-Copy1.ipynb');
  expect(read('a-Copy1.ipynb')).toBe('print("alpha") # ada');
  await grace.command('docmanager:open', { path: 'a-Copy1.ipynb' });
  await expect(tab(grace)).toContainText('a-Copy1.ipynb');
  await expect.poll(() => grace.sources().catch(() => [])).toHaveLength(1);
  await grace.page.keyboard.press('Enter');
  await grace.page.keyboard.type('copy');
  await expect.poll(() => read('a-Copy1.ipynb')).toContain('copy');
  expect(read('a.ipynb')).toBe('print("alpha") # ada');

  // Rename while two have it open and type.
  await grace.command('docmanager:open', { path: 'b.ipynb' });
  await expect(tab(grace)).toContainText('b.ipynb');
  void ada.command('docmanager:rename').catch(() => undefined);
  await dialog.locator('input').fill('c.ipynb');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  for (const somebody of [ada, grace]) {
    await expect(tab(somebody)).toContainText('c.ipynb');
  }
  await ada.type(0, ' and c');
  await expect.poll(() => read('c.ipynb')).toMatch(/b only and c$/);
  await expect.poll(() => grace.sources()).toEqual([read('c.ipynb')]);
  expect(readdirSync(server.root)).not.toContain('b.ipynb');
  expect(await ada.dialogs()).toEqual([]);
  expect(await grace.dialogs()).toEqual([]);
});

test('checkpoints', async ({ server, person }) => {
  server.write('a.ipynb', FILE);
  const ada = await NotebookPage.open(await person(), server, 'a.ipynb');
  const grace = await NotebookPage.open(await person(), server, 'a.ipynb');
  await ada.untilSync('saved');
  await ada.type(0, ' # at the checkpoint');
  await ada.command('docmanager:save');
  await ada.type(0, ', later');
  await expect.poll(() => server.read('a.ipynb')).toContain(', later');

  void ada.command('docmanager:restore-checkpoint').catch(() => undefined);
  await ada.page
    .locator('.jp-Dialog')
    .getByRole('button', { name: 'Revert to Checkpoint' })
    .click();
  for (const somebody of [ada, grace]) {
    await expect
      .poll(() => somebody.sources())
      .toEqual(['print("alpha") # at the checkpoint']);
  }
  await ada.untilSync('saved');
  await grace.type(0, '!');
  await expect.poll(() => server.read('a.ipynb')).toContain('checkpoint!');
  expect(server.read('a.ipynb')).not.toContain('later');
  expect(await ada.dialogs()).toEqual([]);
});
