// Opens a notebook that the browser keeps, with and without its server, and merges what was typed
// meanwhile. Usage: node cached_in_browser.mjs URL PATH CELLS CHANGES CHROMIUM PLAYWRIGHT
//
// Says in lines of JSON what the server should do, waits for a line, and ends with the figures.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [url, path, cells, changes, executablePath, playwright] =
  process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(playwright);

const PATIENCE_MS = 180_000;

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

const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-dev-shm-usage',
    '--disable-gpu',
    '--disable-background-networking'
  ]
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const start = async () => {
    await page.goto(url);
    await page.waitForFunction(() => window.jupyterapp !== undefined);
    await page.evaluate(() => window.jupyterapp.restored);
  };
  const shown = { path, cells: Number(cells) };
  const state = words =>
    page.waitForFunction(
      wanted =>
        document
          .querySelector('.jp-NotebookPanel [data-anode-sync]')
          ?.dataset.anodeSync.startsWith(wanted),
      words
    );
  await start();
  await page.evaluate(open, shown);
  await state('saved');
  await page.waitForFunction(kept);

  await start();
  const up = await page.evaluate(open, shown);
  await state('saved');
  await page.evaluate(close);
  await ask('stop');
  const down = await page.evaluate(open, shown);
  await state('offline');
  await page.evaluate(type, Number(changes));
  await ask('start');
  const begun = performance.now();
  await page
    .locator('.jp-NotebookPanel .jp-Anode-sync-button')
    .evaluate(() => window.dispatchEvent(new Event('online')));
  await state('saved');
  const merge = performance.now() - begun;
  console.log(JSON.stringify({ up, down, merge }));
} finally {
  await browser.close();
}

/**
 * Runs in the page: until all cells are in the model and the first one is on the screen.
 */
async function open({ path, cells }) {
  const begun = performance.now();
  const panel = await window.jupyterapp.commands.execute(
    'anode:open-local-copy',
    { path }
  );
  await panel.context.ready;
  await panel.revealed;
  const isShown = () => {
    const editor = panel.node.querySelector('.jp-Cell .cm-content');
    return (
      panel.content.widgets.length === cells &&
      editor !== null &&
      editor.textContent !== ''
    );
  };
  while (!isShown()) {
    await new Promise(done => requestAnimationFrame(done));
  }
  return performance.now() - begun;
}

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
