// What the assistant did and may do: listed, taken back, kept, and asked for while typing.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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

const BEFORE = 'total = 3 + 4\n# so\nprint(total)';

/**
 * Whose settings switch completion at the caret on.
 */
const COMPLETER = '@jupyterlab/completer-extension';

test('changes are allowed for good, asked for again and taken back; questions are kept; the caret is helped', async ({
  startServer,
  person
}) => {
  const provider = new ScriptedProvider();
  await provider.start();
  try {
    const server = await startServer({ config: provider.config });
    server.write(
      'review.ipynb',
      notebookFile([
        { id: 'sum', source: BEFORE },
        { id: 'loop', source: 'for x in' }
      ])
    );
    switchOn(server);
    const page = await person();
    const ada = await NotebookPage.open(page, server, 'review.ipynb');
    await ada.untilSync('saved');
    await page.getByRole('tab', { name: 'Assistant' }).waitFor();
    await ada.command('anode:show-assistant');

    await allowedForGood(page, ada, server, provider);
    await takenBack(page, ada);
    await renamedAndSaved(page);
    await questionKept(page, server);
    await completed(page, ada, provider);
  } finally {
    await provider.stop();
  }
});

/**
 * A part of a change is allowed, and such calls for good; that is listed, and asked for again.
 */
async function allowedForGood(
  page: Page,
  ada: NotebookPage,
  server: Server,
  provider: ScriptedProvider
): Promise<void> {
  const { seq } = await server.api<{ seq: number }>('POST', 'notebooks', {
    path: 'review.ipynb'
  });
  const source = 'total = 6\n# so\nprint(total, total)';
  provider.replies.push(
    {
      calls: [
        { tool: 'outline', args: {} },
        {
          tool: 'modify_cell',
          args: { cell_id: 'sum', base_seq: seq, source }
        }
      ]
    },
    { says: ['Six it is.'] }
  );
  await ask(page, 'Change the total.');
  const panel = page.getByRole('region', { name: 'Assistant' });
  await panel
    .getByRole('checkbox', { name: 'Change 2' })
    .uncheck({ timeout: ANSWER_MS });
  await expectAccessible(page);
  await panel.getByRole('button', { name: 'Always here' }).click();
  await expect(answers(page).last()).toContainText('Six it is.');
  await expect
    .poll(() => ada.sources())
    .toContain('total = 6\n# so\nprint(total)');
  const told = JSON.stringify(provider.asked.at(-1)?.messages);
  expect(told).toContain('arguments_as_a_person_changed_them');
  await expect(
    panel.getByRole('button', { name: 'Read the outline, Change a cell' })
  ).toHaveAttribute('aria-expanded', 'false');

  const list = panel.locator('.jp-Anode-allowances');
  await list.locator('summary').click();
  await expect(list.getByRole('listitem')).toContainText('Change the total.');
  await expectAccessible(page);
  await list.getByRole('button', { name: 'Ask again: Change a cell' }).click();
  await expect(list).toHaveCount(0);
}

async function takenBack(page: Page, ada: NotebookPage): Promise<void> {
  await answers(page)
    .last()
    .getByRole('button', { name: 'Take the change back' })
    .click();
  await expect(answers(page).last()).toContainText('Taken back in one cell.');
  await expect.poll(() => ada.sources()).toContain(BEFORE);
}

async function renamedAndSaved(page: Page): Promise<void> {
  const menu = page.getByRole('button', {
    name: 'Rename, save or put this conversation away'
  });
  await menu.click();
  await page.getByRole('menuitem', { name: 'Rename…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('About totals');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  const chosen = page.getByLabel('Conversation').locator('option:checked');
  await expect(chosen).toHaveText(/About totals/);

  await menu.click();
  const saving = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Save as Markdown' }).click();
  const file = await saving;
  expect(file.suggestedFilename()).toBe('review.About-totals.md');
  const text = readFileSync(await file.path(), 'utf8');
  for (const said of ['# About totals', 'Change the total.', '+total = 6']) {
    expect(text).toContain(said);
  }
}

/**
 * A question is kept in the notebook, listed behind a slash, and in the file.
 */
async function questionKept(page: Page, server: Server): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Question' });
  await field.fill('Plot the total.');
  await page.getByRole('button', { name: 'Saved questions' }).click();
  const list = page.getByRole('region', { name: 'Saved questions' });
  await list.getByLabel('Name for the question below').fill('Plot it');
  await list.getByLabel('Where to keep it').selectOption('notebook');
  await list.getByRole('button', { name: 'Keep' }).click();
  await expect(list.getByRole('listitem')).toContainText('/plot-it');
  await expectAccessible(page);
  await expect
    .poll(() => server.read('review.ipynb'))
    .toContain('Plot the total.');
  await page.getByRole('button', { name: 'Saved questions' }).click();

  await field.fill('/plo');
  await page.getByRole('option', { name: /plot-it/ }).click();
  await expect(field).toHaveValue('Plot the total.');
  await field.fill('');
}

/**
 * Grey text at the caret, once somebody wants it; Tab takes it.
 */
async function completed(
  page: Page,
  ada: NotebookPage,
  provider: ScriptedProvider
): Promise<void> {
  // It is asked again after what was taken.
  provider.replies.push({ says: ['range(total):'] }, { says: [''] });
  await ada.type(1, ' ');
  await expect(ada.cell(1).locator('.jp-GhostText')).toContainText(
    'range(total):'
  );
  await page.keyboard.press('Tab');
  await expect.poll(() => ada.sources()).toContain('for x in range(total):');
}

function switchOn(server: Server): void {
  const folder = join(server.base, 'settings', COMPLETER);
  mkdirSync(folder, { recursive: true });
  const providers = { 'anode-jlab:assistant': { enabled: true } };
  writeFileSync(
    join(folder, 'inline-completer.jupyterlab-settings'),
    JSON.stringify({ providers })
  );
}

async function ask(page: Page, text: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Question' });
  await field.fill(text);
  await field.press('Enter');
}

function answers(page: Page): Locator {
  return page.locator('.jp-Anode-message[data-role=assistant]');
}
