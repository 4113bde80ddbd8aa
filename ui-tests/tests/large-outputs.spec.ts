// Large outputs of a run: loaded when they come into view, shown as JupyterLab shows them.

import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '../support/fixtures.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import type { Server } from '../support/server.ts';

/**
 * What scripts of others reach: neither the cookie, nor the page, nor the server.
 */
const SCRIPT = `<p id="reached"></p><script>
const reached = [];
const reach = (name, look) => {
  try { look(); reached.push(name); } catch { }
};
reach("cookie", () => document.cookie);
reach("storage", () => localStorage.length);
reach("page", () => parent.document.title);
fetch("/api/contents", { credentials: "include" })
  .then(() => reached.push("server"), () => undefined)
  .then(() => { document.getElementById("reached").textContent = "reached: " + reached.join(); });
</script><div style="height: 400px"></div>`;

const PLOT = `
import random, struct, zlib
from base64 import b64encode
from IPython.display import display
def png(seed, w=320, h=160):
    noise = random.Random(seed)
    rows = b"".join(b"\\0" + noise.randbytes(3 * w) for _ in range(h))
    chunk = lambda t, d: struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))
    head = struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)
    data = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b64encode(data).decode()
display({"image/png": png(1), "text/plain": "<Figure>"}, raw=True)
display({"text/html": "<table><tr><td>" + "x" * 90_000 + "</td></tr></table>", "text/plain": "table"}, raw=True)
display({"text/html": ${JSON.stringify(SCRIPT)} + "<!--" + "x" * 90_000 + "-->", "text/plain": "page"}, raw=True)
`;

async function ask<T>(server: Server, path: string, body?: object): Promise<T> {
  const response = await fetch(server.url(`anode/api/${path}`), {
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(body) })
  });
  expect(response.ok).toBe(true);
  return (await response.json()) as T;
}

const MANY = 'for n in range(60): display({"image/png": png(n)}, raw=True)';

test('plots and tables beside the document', async ({ server, person }) => {
  server.write(
    'a.ipynb',
    notebookFile([
      { id: 'first', source: PLOT },
      { id: 'many', source: MANY }
    ])
  );
  const { id } = await ask<{ id: string }>(server, 'notebooks', {
    path: 'a.ipynb'
  });
  await ask(server, `notebooks/${id}/executions`, {
    cells: [{ cell_id: 'first' }, { cell_id: 'many' }]
  });
  await expect
    .poll(
      async () => {
        const state = await ask<{ executions: { status: string }[] }>(
          server,
          `notebooks/${id}/state`
        );
        return state.executions.map(({ status }) => status);
      },
      { timeout: 60_000 }
    )
    .toEqual(['completed', 'completed']);

  const page = await person();
  let received = 0;
  let loaded = 0;
  page.on('websocket', socket => {
    if (socket.url().includes('/room')) {
      socket.on('framereceived', ({ payload }) => {
        received += payload.length;
      });
    }
  });
  page.on('response', response => {
    loaded += response.url().includes('/anode/artifacts/') ? 1 : 0;
  });
  const notebook = await NotebookPage.open(page, server, 'a.ipynb');
  const image = page.locator('.jp-RenderedImage img').first();
  await expect
    .poll(() => image.evaluate((node: HTMLImageElement) => node.naturalWidth))
    .toBe(320);
  await expect(image).toHaveAttribute('alt', '<Figure>');
  await expect(page.locator('.jp-RenderedHTML td').first()).toContainText(
    'xxxx'
  );
  const frame = page.locator('.jp-Anode-sandbox iframe');
  await expect(
    frame.contentFrame().getByText('reached:', { exact: true })
  ).toBeVisible();
  await expect
    .poll(async () => (await frame.boundingBox())?.height)
    .toBeGreaterThan(400);
  expect(received).toBeLessThan(100_000);
  expect(loaded).toBeLessThan(40);

  // Bytes that are gone are told in place, and everything else goes on.
  const kept = join(server.store, id.slice(0, 2), id, 'artifacts');
  expect(readdirSync(kept).length).toBeGreaterThan(60);
  renameSync(kept, `${kept}-away`);
  const other = await person();
  await NotebookPage.open(other, server, 'a.ipynb');
  const line = other.locator('.jp-Anode-artifact-line').first();
  await expect(line).toContainText('no such artifact');
  await expect(line).toContainText('Run the cell again');
  renameSync(`${kept}-away`, kept);
  await line.getByRole('button', { name: 'Try Again' }).click();
  await expect(other.locator('.jp-RenderedImage img').first()).toBeVisible();
  await expect(notebook.sync).toHaveAttribute('data-anode-sync', 'saved');
});

const LONG =
  'print("".join(f"line {n} of a long run\\n" for n in range(200_000)), end="")';

test('all of a long output, with keyboard and search', async ({
  server,
  person
}) => {
  server.write(
    'long.ipynb',
    notebookFile([
      { id: 'long', source: LONG },
      { id: 'other', source: '' }
    ])
  );
  const { id } = await ask<{ id: string }>(server, 'notebooks', {
    path: 'long.ipynb'
  });
  const page = await person();
  const notebook = await NotebookPage.open(page, server, 'long.ipynb');
  await ask(server, `notebooks/${id}/executions`, {
    cells: [{ cell_id: 'long' }]
  });
  const bar = page.locator('.jp-Anode-longText-bar');
  await expect(bar).toContainText('200,000 lines', { timeout: 60_000 });
  const texts = page.locator('.jp-OutputArea-output[data-mime-type*=stdout]');
  await expect(texts.last()).toContainText('line 199999 of a long run');

  await bar.getByRole('button', { name: 'Show All' }).click();
  const view = page.getByRole('region', { name: /All of the output/ });
  await expect(view).toBeFocused();
  await expect(view).toContainText('line 0 of a long run');
  await page.keyboard.press('End');
  await expect(view).toContainText('line 199999 of a long run');
  expect(await view.locator('pre').innerText()).not.toContain('line 1000 ');
  await page.keyboard.press('Home');
  await expect(view).toContainText('line 0 of a long run');
  await expect(
    page.locator('.jp-Notebook.jp-mod-commandMode .jp-Cell.jp-mod-active')
  ).toHaveCount(1);

  const box = page.getByRole('searchbox', { name: 'Find in this output' });
  await box.fill('LINE 123456 OF');
  const status = page.locator('.jp-Anode-longText-search [role=status]');
  await expect(status).toHaveText('Line 123,457 (1 of 1)');
  await expect(view).toContainText('line 123456 of a long run');
  await expect(page.locator('.jp-Anode-lineView-mark')).toBeVisible();
  await box.press('Escape');
  await expect(view).toBeFocused();

  await bar.getByRole('button', { name: 'Hide' }).click();
  await expect(view).toHaveCount(0);
  await expect(notebook.sync).toHaveAttribute('data-anode-sync', 'saved');
});
