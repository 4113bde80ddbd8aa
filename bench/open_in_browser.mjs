// Opens a notebook in a JupyterLab that is loaded already and prints how long it took.
// Usage: node open_in_browser.mjs URL PATH CELLS CHROMIUM PLAYWRIGHT

import { createRequire } from 'node:module';

const [url, path, cells, executablePath, playwright] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(playwright);

const PATIENCE_MS = 180_000;

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
  const milliseconds = await page.evaluate(open, { path, cells: Number(cells) });
  console.log(JSON.stringify({ milliseconds }));
} finally {
  await browser.close();
}

/**
 * Runs in the page: until all cells are in the model and the first one is on the screen.
 */
async function open({ path, cells }) {
  const begun = performance.now();
  const panel = await window.jupyterapp.commands.execute('docmanager:open', {
    path,
    factory: 'Notebook',
    kernelPreference: { shouldStart: false, canStart: false }
  });
  await panel.context.ready;
  await panel.revealed;
  const shown = () => {
    const editor = panel.node.querySelector('.jp-Cell .cm-content');
    return (
      panel.content.widgets.length === cells &&
      editor !== null &&
      editor.textContent !== ''
    );
  };
  while (!shown()) {
    await new Promise(done => requestAnimationFrame(done));
  }
  return performance.now() - begun;
}
