// Runs a cell with Shift-Enter, again and again, and prints how long each result took.
// Usage: node result_in_browser.mjs URL PATH TURNS CHROMIUM PLAYWRIGHT

import { createRequire } from 'node:module';

const [url, path, turns, executablePath, playwright] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(playwright);

const PATIENCE_MS = 180_000;

/**
 * The first ones start the kernel and compile what the page runs.
 */
const WARMING = 5;

/**
 * A person looks at the result before pressing the keys again.
 */
const PAUSE_MS = 100;

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
  await page.goto(url);
  await page.waitForFunction(() => window.jupyterapp !== undefined);
  await page.evaluate(() => window.jupyterapp.restored);
  await page.evaluate(open, path);
  await page.locator('.jp-Notebook .jp-InputPrompt').first().click();
  await page.keyboard.press('Escape');
  for (let turn = 1; turn <= WARMING + Number(turns); turn++) {
    await page.keyboard.press('Shift+Enter');
    await page.waitForFunction(count => window.taken.length === count, turn);
    await page.keyboard.press('ArrowUp');
    await page.waitForTimeout(PAUSE_MS);
  }
  const milliseconds = await page.evaluate(() => window.taken);
  console.log(JSON.stringify({ milliseconds: milliseconds.slice(WARMING) }));
} finally {
  await browser.close();
}

/**
 * Runs in the page: opens a notebook, and notes in `taken` the milliseconds from each Shift-Enter
 * until the number that the first cell prints is another one.
 */
async function open(path) {
  const panel = await window.jupyterapp.commands.execute('docmanager:open', {
    path,
    factory: 'Notebook'
  });
  await panel.context.ready;
  await panel.sessionContext.ready;
  await panel.revealed;
  window.taken = [];
  let begun = null;
  let last = '';
  document.addEventListener(
    'keydown',
    event => {
      if (event.key === 'Enter' && event.shiftKey) {
        begun = performance.now();
      }
    },
    true
  );
  new MutationObserver(() => {
    const output = panel.node.querySelector('.jp-Cell .jp-OutputArea-output');
    const text = output?.textContent.trim() ?? '';
    if (begun !== null && /^\d+$/.test(text) && text !== last) {
      window.taken.push(performance.now() - begun);
      begun = null;
      last = text;
    }
  }).observe(panel.node, {
    childList: true,
    characterData: true,
    subtree: true
  });
}
