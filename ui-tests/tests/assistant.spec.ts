// The assistant: asked in the panel and in a cell, sees what it may, does what it is allowed.

import type { Locator, Page } from '@playwright/test';

import { expectAccessible } from '../support/accessibility.ts';
import { expect, test } from '../support/fixtures.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { ScriptedProvider } from '../support/provider.ts';
import type { Server } from '../support/server.ts';

/**
 * The first answer waits for the library of models to be loaded, which takes long on a busy machine.
 */
const ANSWER_MS = 90_000;

const CELLS = [
  { id: 'sum', source: 'total = 3 + 4' },
  { id: 'secret', source: 'password = "open sesame"' }
];

test('nothing shows before a provider is set, but for one card', async ({
  server,
  person
}) => {
  server.write('quiet.ipynb', notebookFile(CELLS));
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'quiet.ipynb');
  await ada.untilSync('saved');
  const types = page.locator('.jp-Notebook-toolbarCellTypeDropdown option');
  await expect(types).toHaveText(['-', 'Code', 'Markdown', 'Raw']);
  await expect(page.getByRole('tab', { name: 'Assistant' })).toHaveCount(0);

  await ada.command('anode:show-assistant');
  const panel = page.getByRole('region', { name: 'Assistant' });
  await expect(panel).toContainText('No assistant is set up yet');
  const key = panel.getByLabel('Key of OpenAI');
  await expect(key).toHaveAttribute('type', 'password');
  await expectAccessible(page);
});

test('a question is answered, a hidden cell stays hidden, a change is asked for', async ({
  startServer,
  person
}) => {
  const provider = new ScriptedProvider();
  await provider.start();
  try {
    const server = await startServer({ config: provider.config });
    server.write('ask.ipynb', notebookFile(CELLS));
    const page = await person();
    const ada = await NotebookPage.open(page, server, 'ask.ipynb');
    await ada.untilSync('saved');
    await page.getByRole('tab', { name: 'Assistant' }).waitFor();

    await ada.select(1);
    await ada.command('anode:toggle-ai-context');
    await expect(ada.cell(1)).toContainText('Hidden from the assistant');

    await answerStreams(page, ada, provider);
    await changeIsAsked(page, ada, server, provider);
    await cellIsAsked(page, ada, provider);
    expect(JSON.stringify(provider.asked)).toContain('total = 3 + 4');
    expect(JSON.stringify(provider.asked)).not.toContain('sesame');
  } finally {
    await provider.stop();
  }
});

async function ask(page: Page, text: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Question' });
  await field.fill(text);
  await field.press('Enter');
}

async function answerStreams(
  page: Page,
  ada: NotebookPage,
  provider: ScriptedProvider
): Promise<void> {
  let goOn = (): void => undefined;
  const until = new Promise<void>(done => {
    goOn = done;
  });
  provider.replies.push({
    says: [
      'The total is **seven**. ![spy](http://127.0.0.1:9/spy.png)',
      ' It is 3 + 4.'
    ],
    until
  });
  const sent: string[] = [];
  page.on('request', request => sent.push(request.url()));
  await ada.command('anode:show-assistant');
  await ask(page, 'What is the total?');
  const answer = answers(page).last();
  await expect(answer.locator('strong')).toHaveText('seven', {
    timeout: ANSWER_MS
  });
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  goOn();
  await expect(answer).toContainText('It is 3 + 4.');
  await expect(answer).toContainText('[picture, not loaded: spy]');
  await expect(answer).toContainText('1.2k in, 34 out');
  await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
  expect(sent.filter(url => url.includes('spy'))).toEqual([]);

  // What would be sent with the next question, before it is.
  await page.getByTitle('What will be sent').click();
  const list = page.getByRole('region', { name: 'What will be sent' });
  await expect(list).toContainText('1 hidden cell is not sent');
  await expectAccessible(page);
  await page.getByTitle('What will be sent').click();
}

async function changeIsAsked(
  page: Page,
  ada: NotebookPage,
  server: Server,
  provider: ScriptedProvider
): Promise<void> {
  const { seq } = await server.api<{ seq: number }>('POST', 'notebooks', {
    path: 'ask.ipynb'
  });
  const change = (source: string) => ({
    calls: [
      {
        tool: 'modify_cell',
        args: { cell_id: 'sum', base_seq: seq, source }
      }
    ]
  });
  provider.replies.push(change('total = 5 # \u202e'), { says: ['As you like.'] });
  await ask(page, 'Change the total.');
  const refused = page.locator('.jp-Anode-tool').last();
  const question = refused.getByRole('group', { name: /The assistant asks/ });
  await expect(refused.locator('.jp-Anode-diff')).toContainText('U+202E');
  await expectAccessible(page);
  await question.press('n');
  await expect(refused).toHaveAttribute('data-status', 'denied');
  await expect(answers(page).last()).toContainText('As you like.');

  provider.replies.push(change('total = 6'), { says: ['Changed.'] });
  await ask(page, 'Change it well.');
  const allowed = page.locator('.jp-Anode-tool').last();
  await expect(allowed).toHaveAttribute('data-status', 'waiting');
  expect(await ada.sources()).toEqual(CELLS.map(({ source }) => source));
  await allowed.getByRole('group', { name: /The assistant asks/ }).press('y');
  await expect(answers(page).last()).toContainText('Changed.');
  await expect.poll(() => ada.sources()).toContain('total = 6');
}

async function cellIsAsked(
  page: Page,
  ada: NotebookPage,
  provider: ScriptedProvider
): Promise<void> {
  provider.replies.push({ says: ['Because of the *six*.'] });
  await ada.select(1);
  await ada.command('anode:insert-ai-cell-below');
  await expect(ada.cell(2)).toHaveClass(/jp-Anode-aiCell/);
  await expect(ada.cell(2).locator('.cm-content')).toBeFocused();
  await page.keyboard.type('Why?');
  await page.keyboard.press('Control+Enter');
  await expect(ada.cell(2).locator('.jp-OutputArea em')).toHaveText('six');
  await ada.untilSync('saved');
  await expect
    .poll(() => provider.asked.at(-1)?.messages.at(-1)?.content)
    .toEqual(expect.stringContaining('Why?'));
}

function answers(page: Page): Locator {
  return page.locator('.jp-Anode-message[data-role=assistant]');
}
