// What code shows: progress, displays that change, input, widgets, charts and pictures, in two tabs of
// one person, after a reload, and in the file as other programs read it.

import { join } from 'node:path';
import type { Page } from '@playwright/test';

import { expect, test } from '../support/fixtures.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { NotebookRuns } from '../support/runs.ts';
import { filed, widgets } from '../support/shown.ts';

/**
 * Starting a kernel, and importing plotting packages, take long on a busy machine.
 */
const RUN_MS = 240_000;

/**
 * The first use installs the packages.
 */
const TEST_MS = 240_000;

const PNG = `import struct, zlib
def png(r, g, b):
    part = lambda k, d: struct.pack('>I', len(d)) + k + d + struct.pack('>I', zlib.crc32(k + d))
    rows = b''.join(b'\\0' + bytes((r, g, b)) * 16 for _ in range(16))
    head = struct.pack('>IIBBBBB', 16, 16, 8, 2, 0, 0, 0)
    return b'\\x89PNG\\r\\n\\x1a\\n' + part(b'IHDR', head) + part(b'IDAT', zlib.compress(rows)) + part(b'IEND', b'')
`;

const SOURCES = {
  tqdm: 'import time\nfrom tqdm import tqdm\nfor i in tqdm(range(30)):\n    time.sleep(0.01)',
  rich: "from rich.progress import track\nfor i in track(range(20), description='Rich'):\n    time.sleep(0.01)",
  auto: 'from tqdm.auto import tqdm as auto\nfor i in auto(range(30)):\n    time.sleep(0.01)',
  clear:
    "from IPython.display import clear_output, display, Image, Latex, Math\nfor i in range(20):\n    clear_output(wait=True)\n    print('step', i)\n    time.sleep(0.01)",
  first: "handle = display('first', display_id='shared')",
  update:
    "for i in range(20):\n    handle.update(f'update {i}')\ndisplay('own')",
  input:
    "import getpass\nname = input('Name? ')\nword = getpass.getpass('Word? ')\nprint(name, len(word))",
  slider: "import ipywidgets as w\nw.IntSlider(value=3, description='Size')",
  interact:
    "@w.interact(x=(0, 10))\ndef squared(x=4):\n    print('square', x * x)",
  output:
    "out = w.Output()\nbutton = w.Button(description='Press')\ndef pressed(_):\n    with out:\n        print('pressed')\nbutton.on_click(pressed)\nwith out:\n    print('captured')\ndisplay(button, out)",
  progress:
    'bar = w.IntProgress(max=10)\ndisplay(bar)\nfor i in range(11):\n    bar.value = i\n    time.sleep(0.01)',
  // What the packages give, without the seconds that it takes to import them.
  plotly:
    "display({'application/vnd.plotly.v1+json': {'data': [{'type': 'bar', 'x': ['a', 'b', 'c'], 'y': [1, 3, 2]}], 'layout': {'height': 260}}, 'text/plain': 'Figure'}, raw=True)",
  altair:
    "bars = {'data': {'values': [{'kind': 'a', 'mass': 3}, {'kind': 'b', 'mass': 5}]}, 'mark': 'bar', 'encoding': {'x': {'field': 'kind', 'type': 'nominal'}, 'y': {'field': 'mass', 'type': 'quantitative'}}}\ndisplay({'application/vnd.vegalite.v5+json': {'$schema': 'https://vega.github.io/schema/vega-lite/v5.json', **bars}, 'text/plain': 'Chart'}, raw=True)",
  matplotlib:
    '%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.figure(figsize=(3, 2))\nplt.plot([1, 3, 2])\nplt.show()',
  pandas:
    "import pandas\npandas.DataFrame({'kind': ['a', 'b', 'c'], 'mass': [3, 5, 2]})",
  latex:
    "display(Math(r'\\int_0^1 x^2\\,dx'))\nLatex(r'$$e^{i\\pi} + 1 = 0$$')",
  distinct: `${PNG}for i in range(200):\n    display(Image(png(i, 255 - i, 90)))`,
  identical:
    'same = Image(png(200, 80, 30))\nfor i in range(200):\n    display(same)'
};
type Name = keyof typeof SOURCES;
const NAMES = Object.keys(SOURCES) as Name[];

test('what code shows', async ({ startServer, person }) => {
  test.setTimeout(2 * TEST_MS);
  const server = await startServer({ env: widgets() });
  const cells = NAMES.map(id => ({ id, source: SOURCES[id] }));
  server.write('shows.ipynb', notebookFile(cells));
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'shows.ipynb');
  const second = await page.context().newPage();
  const other = await NotebookPage.open(second, server, 'shows.ipynb');
  await ada.untilSync('saved');
  await other.untilSync('saved');
  const runs = await NotebookRuns.of(server, 'shows.ipynb');

  await page.bringToFront();
  void ada.command('notebook:run-all-cells');
  const asked = page.locator('.jp-Stdin-input');
  await expect(asked).toBeFocused({ timeout: RUN_MS });
  await page.keyboard.type('Ada');
  await page.keyboard.press('Enter');
  await expect(page.locator('.jp-Stdin-input[type=password]')).toBeFocused();
  await page.keyboard.type('secret');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => runs.states(), { timeout: RUN_MS })
    .toEqual(NAMES.map(name => [name, 'completed']));

  for (const tab of [other, ada]) {
    await tab.page.bringToFront();
    await looksRight(tab);
  }

  // What one tab moves or presses, the other shows; a slider's captured output too.
  await (await seen(ada, 'slider')).getByRole('slider').press('ArrowRight');
  await (await seen(ada, 'interact')).getByRole('slider').press('ArrowRight');
  await (
    await seen(ada, 'output')
  )
    .getByRole('button', { name: 'Press' })
    .click();
  await hasMoved(ada);
  await second.bringToFront();
  await hasMoved(other);

  // The state is the kernel's: it is there after a reload.
  await page.bringToFront();
  await page.reload();
  await ada.untilOpen();
  await hasMoved(ada);
  await looksRight(ada);
  await ada.untilSync('saved');

  const file = filed(join(server.root, 'shows.ipynb'));
  const text = (name: Name): string[] =>
    file.outputs[name]!.map(
      ({ text, data }) => text ?? String(data?.['text/plain'])
    );
  expect(text('tqdm')).toEqual([
    expect.stringMatching(/^100%\|█+\| 30\/30 [^\r\n]*\n$/)
  ]);
  expect(text('clear')).toEqual(['step 19\n']);
  expect(text('first')).toEqual(["'update 19'"]);
  expect(text('update')).toEqual(["'own'"]);
  expect(text('input')).toEqual(['Name? Ada\nWord? ········\nAda 6\n']);
  expect(text('latex')).toHaveLength(2);
  for (const name of ['slider', 'interact', 'progress', 'auto'] as const) {
    expect(Object.keys(file.outputs[name]![0]!.data!)).toContain(
      'application/vnd.jupyter.widget-view+json'
    );
  }
  for (const name of ['plotly', 'altair', 'matplotlib'] as const) {
    expect(file.outputs[name]).toHaveLength(1);
    expect(Object.keys(file.outputs[name]![0]!.data!)).toContain('image/png');
  }
  const pictures = (name: Name): number =>
    new Set(file.outputs[name]!.map(({ data }) => data?.['image/png'])).size;
  expect(file.outputs['distinct']).toHaveLength(200);
  expect(pictures('distinct')).toBe(200);
  expect(file.outputs['identical']).toHaveLength(200);
  expect(pictures('identical')).toBe(1);
  expect(file.html.match(/<img/g)).toHaveLength(403);
  expect(file.html).toContain('update 19');
});

/**
 * A cell, scrolled to: JupyterLab takes those that are not seen out of the page.
 */
async function seen(tab: NotebookPage, name: Name) {
  const index = NAMES.indexOf(name);
  await scrollTo(tab.page, index);
  return tab.cell(index);
}

function scrollTo(page: Page, index: number): Promise<void> {
  return page.evaluate(
    at =>
      (
        window as unknown as IWindow
      ).jupyterapp.shell.currentWidget.content.scrollToItem(at, 'start'),
    index
  );
}

/**
 * What stays the same, whatever is moved.
 */
async function looksRight(tab: NotebookPage): Promise<void> {
  const says = async (name: Name, text: string | RegExp): Promise<void> => {
    const cell = await seen(tab, name);
    await expect(cell.locator('.jp-OutputArea-output')).toHaveText(text);
  };
  const holds = async (name: Name, what: string, count = 1): Promise<void> => {
    const cell = await seen(tab, name);
    await expect(cell.locator(what)).toHaveCount(count);
  };
  await says('tqdm', /^100%\|█+\| 30\/30/);
  const rich = await seen(tab, 'rich');
  await expect(rich.locator('.jp-OutputArea-output').first()).toContainText(
    /Rich.*100%/
  );
  const auto = await seen(tab, 'auto');
  await expect(auto.locator('.jp-OutputArea-output')).toContainText('30/30');
  await says('clear', 'step 19\n');
  await says('first', "'update 19'");
  await says('update', "'own'");
  await says('input', 'Name? Ada\nWord? ········\nAda 6\n');
  for (const name of ['auto', 'progress'] as const) {
    const cell = await seen(tab, name);
    const bar = cell.locator('.progress-bar');
    await expect(bar).toHaveAttribute('style', /width: 100%/);
  }
  await holds('plotly', '.js-plotly-plot .bars .point', 3);
  await holds('altair', '.vega-embed');
  await holds('matplotlib', 'img[src^="data:image/png"]');
  await holds('pandas', 'tbody tr', 3);
  await holds('latex', 'mjx-container', 2);
  for (const name of ['distinct', 'identical'] as const) {
    const cell = await seen(tab, name);
    await expect(cell.locator('img').first()).toBeVisible();
    await expect(cell.getByText('Show more outputs')).toBeVisible();
  }
}

/**
 * The slider, `interact` and the button were used once.
 */
async function hasMoved(tab: NotebookPage): Promise<void> {
  const slider = await seen(tab, 'slider');
  await expect(slider.locator('.widget-readout')).toHaveText('4');
  const interact = await seen(tab, 'interact');
  await expect(interact.locator('.widget-readout')).toHaveText('5');
  await expect(interact.locator('.widget-output')).toHaveText('square 25\n');
  const output = await seen(tab, 'output');
  await expect(output.locator('.widget-output')).toHaveText(
    'captured\npressed\n'
  );
}

interface IWindow {
  jupyterapp: {
    shell: {
      currentWidget: {
        content: { scrollToItem(index: number, align: string): Promise<void> };
      };
    };
  };
}
