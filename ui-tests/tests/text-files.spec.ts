// Two people in text files: both see the same, and the file follows as it is.

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expectAccessible } from '../support/accessibility.ts';
import { putTextCopy } from '../support/copies.ts';
import { EditorPage } from '../support/editor.ts';
import { expect, test } from '../support/fixtures.ts';

const NOTES = '# Notes\r\n\r\nfirst\r\nlast\r\n';
const LINES = NOTES.replaceAll('\r\n', '\n');

test('two people edit notes.md, with a preview that follows', async ({
  server,
  person
}) => {
  const place = join(server.root, 'notes.md');
  writeFileSync(place, NOTES);
  const ada = await EditorPage.open(await person(), server, 'notes.md');
  const grace = await EditorPage.open(await person(), server, 'notes.md');
  await ada.untilSync('saved');
  await grace.untilSync('saved');
  expect(await ada.text()).toBe(LINES);
  expect(readFileSync(place, 'utf8')).toBe(NOTES);

  await Promise.all([ada.type('Home', 'ADA '), grace.type('End', 'GRACE')]);
  await ada.untilText(`ADA ${LINES}GRACE`);
  await grace.untilText(`ADA ${LINES}GRACE`);

  // Somebody else shows the same text as a page: it follows.
  await grace.command('docmanager:open', {
    path: 'notes.md',
    factory: 'Markdown Preview',
    options: { mode: 'split-right' }
  });
  const preview = grace.page.locator('.jp-MarkdownViewer');
  await expect(preview).toContainText('last GRACE');
  await ada.untilSync('saved');

  await ada.command('docmanager:save');
  await expect
    .poll(() => readFileSync(place, 'utf8'))
    .toBe(`ADA ${NOTES}GRACE`);
});

test('code, and what stays with JupyterLab itself', async ({
  server,
  person
}) => {
  server.write('tool.py', 'x = 1\n');
  server.write('a.ipynb', '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}');
  const ada = await EditorPage.open(await person(), server, 'tool.py');
  await ada.untilSync('saved');
  await ada.type('End', 'y = 2\n');
  await ada.untilSync('saved');
  await expect.poll(() => server.read('tool.py')).toBe('x = 1\ny = 2\n');

  // JupyterLab's own way: no room, no word, and saving works.
  await ada.command('docmanager:open', { path: 'a.ipynb', factory: 'Editor' });
  const plain = ada.page.locator('.jp-FileEditor .cm-content').last();
  await expect(plain).toContainText('nbformat_minor');
  await plain.click();
  await ada.page.keyboard.press('Control+End');
  await ada.page.keyboard.type('\n');
  await ada.command('docmanager:save');
  await expect.poll(() => server.read('a.ipynb')).toMatch(/\n$/);
  const shared = await server.api<{ path: string }[]>('GET', 'files');
  expect(shared.map(({ path }) => path)).toEqual(['tool.py']);
});

test('notes.md through a crash, a change outside and a rename', async ({
  server,
  person
}) => {
  const place = join(server.root, 'notes.md');
  writeFileSync(place, NOTES);
  const ada = await EditorPage.open(await person(), server, 'notes.md');
  const grace = await EditorPage.open(await person(), server, 'notes.md');
  await grace.untilSync('saved');
  await ada.untilSync('saved');

  await server.kill();
  await ada.untilSync(/^offline/);
  await ada.type('Home', 'OFF ');
  writeFileSync(
    place,
    readFileSync(place, 'utf8').replace('first', 'first, changed outside')
  );
  await server.start();
  await ada.untilText(/^OFF # Notes\n\nfirst, changed outside\nlast\n$/);
  await grace.untilText(await ada.text());
  await ada.untilSync('saved');
  renameSync(place, join(server.root, 'moved.md'));
  await expect(
    ada.page.locator('.lm-TabBar-tabLabel', { hasText: 'moved.md' }).first()
  ).toBeVisible({ timeout: 60_000 });
  await ada.type('End', ' END');
  await ada.command('docmanager:save');
  const expected = (await ada.text()).replaceAll('\n', '\r\n');
  expect(expected).toContain('END');
  await expect
    .poll(() => readFileSync(join(server.root, 'moved.md'), 'utf8'))
    .toBe(expected);
  await grace.untilText(await ada.text());
  await expect(ada.page.locator('.jp-Dialog')).toHaveCount(0);
});

test('notes.md changed on disk, deleted, and brought back from a copy', async ({
  server,
  person
}) => {
  const place = join(server.root, 'notes.md');
  writeFileSync(place, NOTES);
  const page = await person();
  const ada = await EditorPage.open(page, server, 'notes.md');
  await ada.untilSync('saved');
  await ada.type('Home', 'ADA ');
  await ada.untilSync('saved');
  await expect.poll(() => readFileSync(place, 'utf8')).toBe(`ADA ${NOTES}`);

  // Another program changes a line: it is told, can be looked at, and be undone.
  writeFileSync(place, `ADA ${NOTES}`.replace('first', 'the very first'));
  const notice = page.locator('.Toastify__toast', { hasText: 'notes.md' });
  await expect(notice).toContainText('notes.md changed on disk.');
  await ada.untilText(`ADA ${LINES}`.replace('first', 'the very first'));
  await notice.getByRole('button', { name: 'Review' }).click();
  await expect.poll(() => ada.selected()).toBe('the very ');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('more');
  await notice.getByRole('button', { name: 'Undo' }).click();
  await ada.untilText(`ADA ${LINES}more`);
  await expect(notice).toHaveCount(0);
  await expect
    .poll(() => readFileSync(place, 'utf8'))
    .toBe(`ADA ${NOTES}more`);

  const banner = page.locator('.jp-Anode-banner');
  await expect(banner).toBeHidden();
  await ada.untilSync('saved');
  rmSync(place);
  await expect(banner).toContainText('notes.md was deleted');
  await banner.getByRole('button', { name: 'Save again' }).click();
  await expect(banner).toBeHidden();
  await expect.poll(() => existsSync(place)).toBe(true);
  expect(readFileSync(place, 'utf8')).toBe(`ADA ${NOTES}more`);

  const anHourAgo = new Date(Date.now() - 3_600_000);
  await putTextCopy(server, 'notes.md', anHourAgo, 'as it was\nonce\n');
  await page.getByRole('menuitem', { name: 'File', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Recover Text File…' }).click();
  const dialog = page.locator('.jp-Dialog');
  await expect(dialog).toContainText('Recover notes.md');
  await expect(dialog).toContainText('2 lines, 1 kB');
  await expect(dialog.getByRole('region')).toContainText('as it was');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Restore' }).click();
  await ada.untilText('as it was\nonce\n');
  await ada.untilSync('saved');
  await expect
    .poll(() => readFileSync(place, 'utf8'))
    .toMatch(/^as it was\r?\nonce\r?\n$/);
});
