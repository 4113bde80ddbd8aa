// A page of JupyterLab in a browser that the benches measure.

import { createRequire } from 'node:module';

const PATIENCE_MS = 180_000;

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-networking'
];

/**
 * Do something with a page; its browser ends with it.
 */
export async function withPage(executablePath, playwright, work) {
  const { chromium } = createRequire(import.meta.url)(playwright);
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await work(page);
  } finally {
    await browser.close();
  }
}

/**
 * Load JupyterLab, until it is at rest.
 */
export async function load(page, url) {
  await page.goto(url);
  await page.waitForFunction(() => window.jupyterapp !== undefined);
  await page.evaluate(() => window.jupyterapp.restored);
}

/**
 * Open a notebook with a command of JupyterLab.
 *
 * @returns milliseconds until all cells are in the model and the first one is on the screen.
 */
export function open(page, command, args, cells) {
  return page.evaluate(openInPage, { command, args, cells });
}

async function openInPage({ command, args, cells }) {
  const begun = performance.now();
  const panel = await window.jupyterapp.commands.execute(command, args);
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
