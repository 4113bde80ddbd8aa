// Opens a notebook in a JupyterLab that is loaded already and prints how long it took.
// Usage: node open_in_browser.mjs URL PATH CELLS CHROMIUM PLAYWRIGHT

import { load, open, withPage } from './lab_page.mjs';

const [url, path, cells, chromium, playwright] = process.argv.slice(2);

await withPage(chromium, playwright, async page => {
  await load(page, url);
  const args = {
    path,
    factory: 'Notebook',
    kernelPreference: { shouldStart: false, canStart: false }
  };
  const milliseconds = await open(page, 'docmanager:open', args, Number(cells));
  console.log(JSON.stringify({ milliseconds }));
});
