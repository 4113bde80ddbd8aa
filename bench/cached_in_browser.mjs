// Opens a notebook that the browser keeps, with and without its server, and merges what was typed
// meanwhile. Usage: node cached_in_browser.mjs URL PATH CELLS CHANGES CHROMIUM PLAYWRIGHT
//
// Says in lines of JSON what the server should do, waits for a line, and ends with the figures.

import { createInterface } from 'node:readline';

import { load, open, withPage } from './lab_page.mjs';

const [url, path, cells, changes, chromium, playwright] = process.argv.slice(2);

const answers = createInterface({ input: process.stdin })[
  Symbol.asyncIterator
]();

/**
 * Ask for something and wait until it is done.
 */
async function ask(wanted) {
  console.log(JSON.stringify({ ask: wanted }));
  await answers.next();
}

await withPage(chromium, playwright, async page => {
  const show = () =>
    open(page, 'anode:open-local-copy', { path }, Number(cells));
  const state = words =>
    page.waitForFunction(
      wanted =>
        document
          .querySelector('.jp-NotebookPanel [data-anode-sync]')
          ?.dataset.anodeSync.startsWith(wanted),
      words
    );
  await load(page, url);
  await show();
  await state('saved');
  await page.waitForFunction(kept);

  await load(page, url);
  const up = await show();
  await state('saved');
  await page.evaluate(close);
  await ask('stop');
  const down = await show();
  await state('offline');
  await page.evaluate(type, Number(changes));
  await ask('start');
  const begun = performance.now();
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await state('saved');
  const merge = performance.now() - begun;
  console.log(JSON.stringify({ up, down, merge }));
});

/**
 * Runs in the page: whether a copy is in the browser.
 */
function kept() {
  return new Promise(resolve => {
    const opening = indexedDB.open('anode:/');
    opening.onsuccess = () => {
      const count = opening.result
        .transaction('snapshots')
        .objectStore('snapshots')
        .count();
      count.onsuccess = () => {
        opening.result.close();
        resolve(count.result > 0);
      };
    };
  });
}

function close() {
  window.jupyterapp.shell.currentWidget.dispose();
}

/**
 * Runs in the page: so many changes, each one of its own.
 */
function type(count) {
  const { sharedModel } =
    window.jupyterapp.shell.currentWidget.content.model;
  for (let made = 0; made < count; made++) {
    const cell = sharedModel.cells[made % sharedModel.cells.length];
    cell.updateSource(0, 0, 'x');
  }
}
