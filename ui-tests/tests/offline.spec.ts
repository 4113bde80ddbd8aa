// The server is away: people type on, and nothing of it is lost or doubled when it is back.

import { rmSync } from 'node:fs';
import type { Page } from '@playwright/test';

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';

const KEPT = /^offline \([1-9]\d* changes kept in this browser\)$/;

/**
 * The first cells, which people type in, and enough others to scroll.
 */
const CELLS = [
  { id: 'ada', source: 'ada = 1' },
  { id: 'ben', source: 'ben = 1' },
  ...Array.from({ length: 40 }, (_, at) => ({
    id: `more-${at}`,
    source: `more_${at} = ${at}`
  }))
];

const REST = CELLS.slice(2).map(({ source }) => source);

/**
 * How far the notebook is scrolled.
 */
function scrolled(page: Page): Promise<number> {
  return page
    .locator('.jp-NotebookPanel .jp-WindowedPanel-outer')
    .evaluate(node => Math.round(node.scrollTop));
}

/**
 * How many changes the browser itself keeps that are not on the server.
 */
function pendingRows(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('anode:/');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const rows = opening.result
            .transaction('updates')
            .objectStore('updates')
            .getAll();
          rows.onsuccess = () => {
            opening.result.close();
            const all = rows.result as { pending: number }[];
            resolve(all.filter(({ pending }) => pending === 1).length);
          };
        };
      })
  );
}

/**
 * What a page of JupyterLab does not come up without.
 */
const PARTS =
  '/(static/lab|lab/extensions|lab/api/(settings|themes|translations))/';

/**
 * The browser keeps JupyterLab's own files, too.
 */
async function untilShell(page: Page): Promise<void> {
  await expect
    .poll(
      () =>
        page.evaluate(async parts => {
          if (!(await caches.has('anode-shell-1:/'))) {
            return false;
          }
          const cache = await caches.open('anode-shell-1:/');
          const kept = (await cache.keys()).map(({ url }) => url);
          const loaded = performance
            .getEntriesByType('resource')
            .map(({ name }) => name.replace(/\?\d+$/, ''))
            .filter(name => new RegExp(parts).test(name));
          return (
            loaded.length > 0 &&
            loaded.every(name => kept.includes(name)) &&
            kept.some(url => url.endsWith('/anode/shell/lab'))
          );
        }, PARTS),
      { timeout: 120_000 }
    )
    .toBe(true);
}

/**
 * The tab crashes: nothing of the page runs any more, not even to say good-bye.
 */
async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
}

test.use({ serviceWorkers: 'allow' });

test('what is typed while the server is away arrives once, also from a tab that crashed', async ({
  server,
  person
}) => {
  // Three starts of the server and three pages: long on a machine that does other things.
  test.setTimeout(420_000);
  server.write('day.ipynb', notebookFile(CELLS));
  const ada = await NotebookPage.open(await person(), server, 'day.ipynb');
  const ben = await NotebookPage.open(await person(), server, 'day.ipynb');
  await ada.untilSync('saved');
  await ben.untilSync('saved');
  await untilShell(ada.page);

  await server.stop();
  await ada.untilSync(/^offline/);
  await ben.untilSync(/^offline/);
  await ada.type(0, ' # Ada was here');
  await ada.untilSync(KEPT);
  await ben.type(1, ' # Ben was here');
  await ben.cell(25).scrollIntoViewIfNeeded();
  await ben.focusEnd(25);
  const before = await scrolled(ben.page);
  expect(before).toBeGreaterThan(100);
  await expect.poll(() => pendingRows(ada.page)).toBeGreaterThanOrEqual(15);
  const address = ada.page.url();
  const context = ada.page.context();
  await crash(ada.page);

  // JupyterLab itself comes up without the server, and so does what was typed.
  const again = new NotebookPage(await context.newPage());
  await again.page.goto(address);
  await again.untilOpen();
  await again.untilSync(KEPT);
  expect((await again.sources())[0]).toBe('ada = 1 # Ada was here');
  expect(await again.dialogs()).toEqual([]);

  await server.start();
  await ben.untilSync('saved');
  await again.untilSync('saved');
  const merged = ['ada = 1 # Ada was here', 'ben = 1 # Ben was here', ...REST];
  expect(await again.sources()).toEqual(merged);
  await expect.poll(() => ben.sources()).toEqual(merged);
  expect(await scrolled(ben.page)).toBe(before);
  expect(await ben.dialogs()).toEqual([]);
  expect(await again.dialogs()).toEqual([]);

  // The store is lost while the tabs hold edits: the file comes back, and the edits on top of it.
  await server.stop();
  await again.untilSync(/^offline/);
  await ben.untilSync(/^offline/);
  rmSync(server.store, { recursive: true });
  await again.type(0, '!');
  await ben.type(1, '!');
  await server.start();
  await again.untilSync('saved');
  await ben.untilSync('saved');
  const kept = ['ada = 1 # Ada was here!', 'ben = 1 # Ben was here!', ...REST];
  await expect.poll(() => again.sources()).toEqual(kept);
  await expect.poll(() => ben.sources()).toEqual(kept);
  expect(await again.dialogs()).toEqual([]);
});
