// Cells run on the server: what people do in the browser, and what becomes of it.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';

import { LimitedKernel } from '../support/limited.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';
import { PEOPLE, signIn } from '../support/people.ts';
import { NotebookRuns } from '../support/runs.ts';

/**
 * Starting a kernel takes long on a busy machine.
 */
const KERNEL_MS = 60_000;

/**
 * More than the kernel needs.
 */
const MEMORY = 1 << 30;

/**
 * How often a character is taken away and the cell run at once; each takes a tenth of a second.
 */
const BACKSPACES = Number(process.env['ANODE_BACKSPACES'] ?? '50');

test('a person runs cells', async ({ server, person }) => {
  test.setTimeout(300_000 + BACKSPACES * 1_000);
  server.write(
    'runs.ipynb',
    notebookFile([
      { id: 'words', type: 'markdown', source: 'Some *words*' },
      { id: 'one', source: 'x = 1\nprint("one")' },
      { id: 'two', source: '1 / 0' },
      { id: 'three', source: 'print("three")' },
      { id: 'empty', source: '' },
      { id: 'short', source: shortened(0) },
      { id: 'last', source: '' }
    ])
  );
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'runs.ipynb');
  await ada.untilSync('saved');
  const runs = await NotebookRuns.of(server, 'runs.ipynb');

  // At once after opening, with the kernel still on its way: one kernel, in the toolbar as well.
  await ada.select(1);
  await page.keyboard.press('Shift+Enter');
  await expect(ada.output(1)).toHaveText('one\n', { timeout: KERNEL_MS });
  await expect(ada.prompt(1)).toHaveText('[1]:');
  await expect.poll(() => runs.states()).toEqual([['one', 'completed']]);
  const kernels = await server.jupyter<{ id: string }[]>('api/kernels');
  expect(kernels).toHaveLength(1);
  expect(await kernelOf(page)).toBe(kernels[0]!.id);

  // An error stops the rest of what was asked for together, and shows its traceback.
  await ada.command('notebook:run-all-cells');
  await expect(ada.output(2)).toContainText('ZeroDivisionError', {
    timeout: KERNEL_MS
  });
  await expect(ada.output(3)).toHaveCount(0);
  await expect(ada.prompt(3)).toHaveText('[ ]:');
  await expect.poll(async () => (await runs.states()).slice(1)).toEqual([
    ['one', 'completed'],
    ['two', 'failed'],
    ['three', 'cancelled'],
    ['short', 'cancelled']
  ]);
  await expect(ada.cell(0).locator('.jp-RenderedMarkdown')).toBeVisible();
  await expect(ada.line(2)).toHaveText(/^Failed after [\d.]+ m?s · /);
  await expect(ada.line(3)).toHaveText(/^Not run: a cell before it failed · /);

  // What runs is what was typed until that moment.
  for (let turn = 0; turn < 10; turn++) {
    await ada.focusEnd(3);
    await page.keyboard.type(`\nprint(${turn})`);
    await page.keyboard.press('Control+Enter');
  }
  await expect(ada.output(3)).toHaveText(
    `three\n${[...Array(10).keys()].map(turn => `${turn}\n`).join('')}`
  );
  expect(await runs.sources('three')).toEqual(
    [...Array(11).keys()]
      .slice(1)
      .map(turns =>
        [
          'print("three")',
          ...[...Array(turns).keys()].map(turn => `print(${turn})`)
        ].join('\n')
      )
  );

  // Backspace, and at once Shift-Enter.
  await ada.focusEnd(5);
  for (let turn = 0; turn < BACKSPACES; turn++) {
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Shift+Enter');
    // Back to it.
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect(ada.cell(5).locator('.cm-content')).toBeFocused();
  }
  await expect
    .poll(async () => (await runs.sources('short')).length)
    .toBe(BACKSPACES);
  expect(await runs.sources('short')).toEqual(
    [...Array(BACKSPACES).keys()].map(turn => shortened(turn + 1))
  );

  // Without a line nothing runs, not later either, and the cell says so.
  const count = (await runs.states()).length;
  await page.context().setOffline(true);
  await ada.untilSync(/^offline/);
  await ada.select(1);
  await page.keyboard.press('Control+Enter');
  const notice = ada.line(1);
  await expect(notice).toContainText('the server cannot be reached');
  await expect(ada.prompt(1)).toHaveText('[2]:');
  await page.context().setOffline(false);
  await ada.untilSync('saved');
  await expect(notice).toContainText('Run it now?');
  expect(await runs.states()).toHaveLength(count);
  await notice.getByRole('button', { name: 'Run now' }).click();
  await expect(notice).toHaveText(/^[\d.]+ m?s · \d\d:\d\d/);
  await expect.poll(async () => (await runs.states()).length).toBe(count + 1);
  expect(await ada.dialogs()).toEqual([]);
});

test('a run belongs to the notebook, not to the tab', async ({
  server,
  person
}) => {
  server.write(
    'long.ipynb',
    notebookFile([
      {
        id: 'long',
        source:
          'import time\nfor i in range(40):\n    print(i, flush=True)\n    time.sleep(0.2)'
      },
      { id: 'after', source: 'print("after")' }
    ])
  );
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'long.ipynb');
  await ada.untilSync('saved');
  const runs = await NotebookRuns.of(server, 'long.ipynb');
  await ada.command('notebook:run-all-cells').catch(() => undefined);
  await expect(ada.output(0)).toContainText('2\n', { timeout: KERNEL_MS });
  await page.close();

  await expect
    .poll(() => runs.states(), { timeout: KERNEL_MS })
    .toEqual([
      ['long', 'completed'],
      ['after', 'completed']
    ]);
  const again = await NotebookPage.open(await person(), server, 'long.ipynb');
  const lines = [...Array(40).keys()].map(line => `${line}\n`).join('');
  await expect(again.output(0)).toHaveText(lines);
  await expect(again.output(0)).toHaveCount(1);
  await expect(again.output(1)).toHaveText('after\n');
  await expect(again.prompt(0)).toHaveText('[1]:');
});

test('restart and run all, with a tab that goes before the restart is over', async ({
  startServer,
  person
}) => {
  const kernel = new LimitedKernel(MEMORY);
  const server = await startServer({ env: kernel.env });
  server.write(
    'again.ipynb',
    notebookFile([
      { id: 'set', source: 'known = 1' },
      {
        id: 'gate',
        source:
          'import os, time\nwhile not os.path.exists("go"):\n    time.sleep(0.05)\nprint("over")'
      },
      { id: 'after', source: 'print(known)' }
    ])
  );
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'again.ipynb');
  await ada.untilSync('saved');
  const runs = await NotebookRuns.of(server, 'again.ipynb');
  await ada.run(0);
  await expect(ada.line(0)).toHaveText(/^[\d.]+ m?s · /, {
    timeout: KERNEL_MS
  });
  server.write('hold', '');
  void ada.command('notebook:restart-run-all').catch(() => undefined);
  await page.locator('.jp-Dialog .jp-mod-accept').click();
  const held = join(server.root, 'held');
  await expect.poll(() => existsSync(held)).toBe(true);
  // Whichever the server tells last of a kernel that is not up yet.
  await expect(page.locator('.jp-Anode-runtime')).toContainText(
    /· (re)?starting/
  );
  await page.goto('about:blank');
  await page.close();
  rmSync(join(server.root, 'hold'));
  server.write('go', '');
  await expect
    .poll(() => runs.states(), { timeout: KERNEL_MS })
    .toEqual([
      ['set', 'completed'],
      ['set', 'completed'],
      ['gate', 'completed'],
      ['after', 'completed']
    ]);
  const again = await NotebookPage.open(await person(), server, 'again.ipynb');
  await expect(again.output(1)).toHaveText('over\n');
  await expect(again.output(2)).toHaveText('1\n');
  await expect(again.prompt(2)).toHaveText('[3]:');
  await server.api('POST', `notebooks/${runs.id}/runtime`, { action: 'stop' });
  kernel.dispose();
});

test('two people run cells of one notebook', async ({
  startServer,
  person
}) => {
  const server = await startServer({ config: PEOPLE });
  const gate = 'import os, time\nwhile not os.path.exists("go"):\n    time.sleep(0.05)';
  server.write(
    'both.ipynb',
    notebookFile([
      { id: 'long', source: `print("begun")\n${gate}\nprint("over")` },
      { id: 'ada', source: 'print("of Ada")' },
      { id: 'ben', source: 'print("of Ben")' },
      {
        id: 'ask',
        source:
          'import getpass\nname = input("Who? ")\nword = getpass.getpass("Word: ")\nprint(name, word)'
      }
    ])
  );
  const [adaPage, benPage] = [await person(), await person()];
  await signIn(adaPage, server, 'Ada');
  await signIn(benPage, server, 'Ben');
  const ada = await NotebookPage.open(adaPage, server, 'both.ipynb');
  await ada.untilSync('saved');
  const runs = await NotebookRuns.of(server, 'both.ipynb');
  await ada.select(0);
  await adaPage.keyboard.press('Shift+Enter');
  await expect(ada.output(0)).toHaveText('begun\n', { timeout: KERNEL_MS });
  await adaPage.keyboard.press('Shift+Enter');
  await expect(ada.line(0)).toHaveText(/^Running · \d+ s$/);
  await expect(ada.line(1)).toHaveText('Queued, 1 before it');
  await expect(ada.prompt(1)).toHaveText('[*]:');

  // Who comes later sees the same, with the name.
  const ben = await NotebookPage.open(benPage, server, 'both.ipynb');
  await expect(ben.line(0)).toHaveText(/^Running · Ada · \d+ s$/);
  await expect(ben.line(1)).toHaveText('Queued, 1 before it · Ada');
  await ben.run(2);
  await expect(ada.line(2)).toHaveText('Queued, 2 before it · Ben');

  // Either takes back what the other queued; the rest goes on in its order.
  await ada.runButton(2).click();
  await expect(ben.line(2)).toHaveText(/^Not run: taken back · /);
  await ben.run(2);
  server.write('go', '');
  await expect(ben.output(2)).toHaveText('of Ben\n');
  await expect(ben.line(1)).toHaveText(/^[\d.]+ m?s · Ada · \d\d:\d\d/);
  await expect(ada.line(1)).toHaveText(/^[\d.]+ m?s · \d\d:\d\d/);
  await expect.poll(() => runs.states()).toEqual([
    ['long', 'completed'],
    ['ada', 'completed'],
    ['ben', 'cancelled'],
    ['ben', 'completed']
  ]);

  // Input is asked of the person who asked for the run; the other sees whom it waits for.
  await ada.run(3);
  const field = ada.cell(3).getByRole('textbox', { name: 'Who?' });
  await expect(field).toBeFocused();
  await expect(ben.line(3)).toHaveText(/^Waits for input from Ada · /);
  await expect(ben.cell(3).locator('.jp-Stdin-input')).toHaveCount(0);
  await adaPage.keyboard.type('x dd Ada');
  await adaPage.keyboard.press('Enter');
  const word = ada.cell(3).locator('.jp-Stdin-input[type=password]');
  await expect(word).toBeFocused();
  await adaPage.keyboard.type('secret');
  await adaPage.keyboard.press('Enter');
  await expect(ada.output(3)).toHaveText(
    'Who? x dd Ada\nWord: ········\nx dd Ada secret\n'
  );
  await expect(word).toHaveCount(0);
  expect(await ada.content()).toHaveLength(4);

  // The text is another one than what ran.
  await ada.type(1, ' # edited');
  await expect(ada.line(1)).toHaveText(/ · edited since run$/);
  await expect(ben.line(1)).toHaveText(/ · edited since run$/);

  // Outputs of before stay, dimmed, until there are new ones.
  rmSync(join(server.root, 'go'));
  await ada.type(2, `\n${gate}`);
  await ada.run(2);
  await expect(ben.output(2)).toHaveText('of Ben\n');
  await expect(ada.line(2)).toHaveText(/^Running/);
  server.write('go', '');
  await expect(ada.line(2)).toHaveText(/^[\d.]+ m?s/);
  await expect(ada.cell(2)).not.toHaveClass(/jp-Anode-stale/);
});

/**
 * Code from which some characters were taken away.
 */
function shortened(by: number): string {
  return `# ${'x'.repeat(BACKSPACES - by)}`;
}

/**
 * The kernel of JupyterLab's own session of the notebook.
 */
function kernelOf(page: Page): Promise<string | undefined> {
  return page.evaluate(
    () =>
      (window as unknown as IWindow).jupyterapp.shell.currentWidget
        .sessionContext.session?.kernel?.id
  );
}

interface IWindow {
  jupyterapp: {
    shell: {
      currentWidget: {
        sessionContext: { session?: { kernel?: { id: string } } };
      };
    };
  };
}
