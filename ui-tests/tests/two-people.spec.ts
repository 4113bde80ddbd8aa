// Two people in one notebook: whatever they do at once, both see the same and nothing is lost.

import { execFileSync } from 'node:child_process';

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';
import type { Server } from '../support/server.ts';

const CELLS = [
  { id: 'one', source: 'alpha = 1' },
  { id: 'two', source: 'beta = 2' },
  { id: 'three', type: 'markdown' as const, source: 'Some *words*' },
  { id: 'four', source: 'gamma = 3' }
];

async function pair(
  server: Server,
  person: () => Promise<import('@playwright/test').Page>
): Promise<[NotebookPage, NotebookPage]> {
  server.write('shared.ipynb', notebookFile(CELLS));
  const ada = await NotebookPage.open(await person(), server, 'shared.ipynb');
  const grace = await NotebookPage.open(await person(), server, 'shared.ipynb');
  await ada.untilSync('saved');
  await grace.untilSync('saved');
  return [ada, grace];
}

/**
 * Both pages, and the server, hold the same cells; no id is there twice. Returns the sources.
 */
async function settle(
  server: Server,
  ada: NotebookPage,
  grace: NotebookPage
): Promise<string[]> {
  await ada.untilSync('saved');
  await grace.untilSync('saved');
  const { id } = await server.api<{ id: string }>('POST', 'notebooks', {
    path: 'shared.ipynb'
  });
  await expect
    .poll(async () => JSON.stringify(await grace.content()))
    .toBe(JSON.stringify(await ada.content()));
  const content = await ada.content();
  const ids = content.map(cell => cell.id);
  expect(new Set(ids).size).toBe(ids.length);
  const document = await server.api<{
    cells: { id: string; cell_type: string; source: string | string[] }[];
  }>('GET', `notebooks/${id}/document`);
  expect(
    document.cells.map(cell => ({
      id: cell.id,
      type: cell.cell_type,
      source: [cell.source].flat().join('')
    }))
  ).toEqual(content);
  return content.map(cell => cell.source);
}

test('both type in one cell and in different cells', async ({
  server,
  person
}) => {
  const [ada, grace] = await pair(server, person);
  await Promise.all([
    ada.type(0, '\n# from ada', 30),
    grace.type(1, '\n# from grace', 30)
  ]);
  await Promise.all([
    ada.type(3, ' # AAAAAAAAAA', 30),
    grace.type(3, ' # BBBBBBBBBB', 30)
  ]);
  const sources = await settle(server, ada, grace);
  expect(sources[0]).toBe('alpha = 1\n# from ada');
  expect(sources[1]).toBe('beta = 2\n# from grace');
  const letters = Array.from(sources[3]!);
  expect(letters.filter(letter => letter === 'A')).toHaveLength(10);
  expect(letters.filter(letter => letter === 'B')).toHaveLength(10);
});

test('inserted, moved, deleted and retyped cells arrive', async ({
  server,
  person
}) => {
  const [ada, grace] = await pair(server, person);
  await ada.select(0);
  await ada.command('notebook:insert-cell-below');
  await grace.select(3);
  await grace.command('notebook:move-cell-up');
  await settle(server, ada, grace);
  await grace.select(1);
  await grace.command('notebook:change-cell-to-markdown');
  await settle(server, ada, grace);
  await ada.select(2);
  await ada.command('notebook:delete-cell');
  await settle(server, ada, grace);
  const content = await ada.content();
  expect(content.map(cell => cell.id).filter(id => id.length > 5)).toHaveLength(
    1
  );
  expect(content.map(cell => cell.type)).toContain('markdown');
  expect(content).toHaveLength(4);
});

test('one types into a cell while the other moves it', async ({
  server,
  person
}) => {
  const [ada, grace] = await pair(server, person);
  await grace.select(1);
  await ada.focusEnd(1);
  const typed = ' # 0123456789abcdefghijklmnopqrstuvwxyz';
  const typing = ada.page.keyboard.type(typed, { delay: 25 });
  for (const direction of ['down', 'up', 'down', 'down']) {
    await grace.command(`notebook:move-cell-${direction}`);
  }
  await typing;
  await settle(server, ada, grace);
  const content = await ada.content();
  expect(content.map(cell => cell.id)).toEqual(['one', 'three', 'four', 'two']);
  // The editor that was typed in was replaced four times; no key went astray.
  expect(content[3]?.source).toBe(`beta = 2${typed}`);
});

test('one types into a cell while the other changes its type', async ({
  server,
  person
}) => {
  const [ada, grace] = await pair(server, person);
  await grace.select(1);
  await ada.focusEnd(1);
  await ada.page.keyboard.type(' # typed', { delay: 10 });
  await grace.command('notebook:change-cell-to-markdown');
  await settle(server, ada, grace);
  const content = await ada.content();
  const cell = content.find(candidate => candidate.id === 'two')!;
  expect(cell.type).toBe('markdown');
  expect(cell.source).toBe('beta = 2 # typed');
});

test('undo takes back only what one did oneself', async ({
  server,
  person
}) => {
  const [ada, grace] = await pair(server, person);
  await ada.type(0, ' # ada');
  await settle(server, ada, grace);
  await grace.type(0, ' # grace');
  await settle(server, ada, grace);
  await ada.focusEnd(0);
  await ada.page.keyboard.press('Control+z');
  const sources = await settle(server, ada, grace);
  expect(sources[0]).toContain('# grace');
  expect(sources[0]).not.toContain('# ada');
});

test('a reload keeps everything, and the file is valid and has it', async ({
  server,
  person
}) => {
  const [ada, grace] = await pair(server, person);
  await ada.type(0, '\n# kept');
  await settle(server, ada, grace);
  await expect
    .poll(() => server.read('shared.ipynb'))
    .toContain('# kept');
  execFileSync(process.env['ANODE_TEST_PYTHON'] ?? '../.venv/bin/python', [
    '-c',
    'import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], 4))',
    `${server.root}/shared.ipynb`
  ]);
  const before = await ada.content();
  await ada.page.reload();
  await ada.untilOpen();
  await ada.untilSync('saved');
  expect(await ada.content()).toEqual(before);
});

test('opening and reading leaves a repository clean', async ({
  server,
  person
}) => {
  server.write('shared.ipynb', notebookFile(CELLS));
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', server.root, ...args], { encoding: 'utf8' });
  git('init', '-q');
  git('add', '.');
  git(
    '-c',
    'user.name=Test',
    '-c',
    'user.email=test@example.org',
    'commit',
    '-qm',
    'start'
  );
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'shared.ipynb');
  await ada.untilSync('saved');
  for (let index = 0; index < CELLS.length; index++) {
    await ada.select(index);
  }
  await page.close();
  expect(git('status', '--porcelain')).toBe('');

  // Saving what was not edited makes JupyterLab's checkpoint, as ever, and leaves the file alone.
  const grace = await NotebookPage.open(await person(), server, 'shared.ipynb');
  await grace.untilSync('saved');
  await grace.command('docmanager:save');
  await grace.untilSync('saved');
  expect(git('status', '--porcelain', '-uno')).toBe('');
});
