// The history as a page that plays without a server and without a network.

import { readFileSync } from 'node:fs';

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';

test('a downloaded replay plays without a network', async ({ server, person, browser }) => {
  server.write('film.ipynb', notebookFile([{ id: 'one', source: 'a = 1 </script>' }]));
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'film.ipynb');
  await ada.type(0, ' # end');
  await ada.untilSync('saved');
  await ada.command('anode:show-history');
  const panel = page.getByRole('region', { name: 'History', exact: true });
  await panel.getByText('Export', { exact: true }).click();

  const download = async (button: string): Promise<{ name: string; path: string }> => {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('button', { name: button }).click()
    ]);
    return { name: file.suggestedFilename(), path: await file.path() };
  };

  // The events, one on each line.
  const events = await download('Events (.jsonl)');
  expect(events.name).toBe('film.events.jsonl');
  const lines = readFileSync(events.path, 'utf8').trim().split('\n');
  const seqs = lines.map(line => (JSON.parse(line) as { seq: number }).seq);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));

  // The replay, in a browser that reaches nothing.
  const replay = await download('Replay (.html)');
  expect(replay.name).toBe('film.history.html');
  const context = await browser.newContext({ offline: true });
  const alone = await context.newPage();
  const asked: string[] = [];
  alone.on('request', request => asked.push(request.url()));
  await alone.setContent(readFileSync(replay.path, 'utf8'));
  await expect(alone.getByRole('heading')).toHaveText('film.ipynb');
  await expect(alone.locator('.source')).toHaveText('a = 1 </script>');
  await alone.getByRole('button', { name: 'Play' }).click();
  await expect(alone.locator('.source')).toHaveText('a = 1 </script> # end');
  await expect(alone.getByRole('button', { name: 'Play' })).toBeVisible();
  const slider = alone.getByRole('slider', { name: 'Moment' });
  await slider.press('Home');
  await expect(alone.locator('.source')).toHaveText('a = 1 </script>');
  expect(asked.filter(url => /^(https?|ws):/.test(url))).toEqual([]);
  await context.close();
});
