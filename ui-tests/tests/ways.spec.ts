// The ways to the others in a notebook: who is in which cell, go there, follow.

import { expectAccessible } from '../support/accessibility.ts';
import { resolve } from 'node:path';
import type { Locator, Page } from '@playwright/test';

import { caretIn } from '../support/caret.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { Crowd, PEOPLE, signIn } from '../support/people.ts';
import { expect, test } from '../support/fixtures.ts';

const PICTURES = resolve(import.meta.dirname, '../test-results/people');

const CELLS = Array.from({ length: 40 }, (_, at) => ({
  id: `cell-${at}`,
  source: `value_${at} = ${at}\nprint(value_${at})`
}));

const LAST = CELLS.length - 1;

const LONG_NAME = 'Wolfeschlegelsteinhausenbergerdorff '.repeat(300).trim();

test('who is where, and the ways there', async ({ startServer, person }) => {
  const server = await startServer({ config: PEOPLE });
  server.write('shared.ipynb', notebookFile(CELLS));
  const open = async (name: string, page: Page): Promise<NotebookPage> => {
    await signIn(page, server, name);
    const notebook = await NotebookPage.open(page, server, 'shared.ipynb');
    await notebook.untilSync('saved');
    return notebook;
  };
  const gracePage = await person();
  const ada = await open('Ada Lovelace', await person());
  const grace = await open('Grace Hopper', gracePage);
  const { id } = await server.api<{ id: string }>('POST', 'notebooks', {
    path: 'shared.ipynb'
  });
  const radia = new Crowd(server, id, ['Радья Перлман@cell-1']);

  const at = (index: number): Locator =>
    ada.cell(index).locator('.jp-Anode-cell-person');
  const avatars = ada.page.locator('.jp-Anode-people-button .jp-Anode-avatar');
  const people = ada.page.locator('.jp-Anode-people-button');
  const followed = people.locator('.jp-mod-followed');
  const list = ada.page.getByRole('dialog', { name: 'People in this notebook' });
  const row = (name: string): Locator =>
    list.getByRole('listitem').filter({ hasText: name });

  await test.step('small avatars at the cells', async () => {
    await expect(at(1)).toHaveText(['РП']);
    await grace.focusEnd(1);
    await expect(at(1)).toHaveText(['GH', 'РП']);
    await expect(at(0)).toHaveCount(0);
    await expect(grace.cell(0).locator('.jp-Anode-cell-person')).toHaveText([
      'AL'
    ]);
    // They stay with a cell that is moved.
    await grace.command('notebook:move-cell-down');
    await expect(at(2)).toContainText(['РП']);
    await grace.command('notebook:move-cell-up');
    await expect(at(1)).toContainText(['РП']);
  });

  await test.step('a card on hover', async () => {
    await expect(avatars).toHaveText(['AL', 'GH', 'РП']);
    await expect(people).toHaveAccessibleName(
      '3 people are here: Ada Lovelace (you), Grace Hopper, Радья Перлман'
    );
    await avatars.nth(1).hover();
    const card = ada.page.getByRole('tooltip');
    await expect(card).toContainText('Grace Hopper');
    await expect(card).toContainText(/cell 2/);
    await expect(card).toContainText(/came/);
    await ada.page.mouse.move(700, 600);
    await expect(card).toHaveCount(0);
  });

  await test.step('go to where somebody is, by keyboard', async () => {
    await grace.focusEnd(LAST);
    await people.press('Enter');
    await expect(row('Ada Lovelace (you)').getByRole('button')).toHaveCount(0);
    await expect(row('Grace Hopper')).toContainText(
      `Writing in cell ${CELLS.length}`
    );
    const goTo = row('Grace Hopper').getByRole('button', {
      name: 'Go to Grace Hopper'
    });
    await ada.page.keyboard.press('Tab');
    await expect(goTo).toBeFocused();
    await ada.page.keyboard.press('Enter');
    await expect(list).toHaveCount(0);
    await expect(caretIn(ada, LAST, 'Grace Hopper')).toBeInViewport();
    await expect(ada.cell(LAST)).toHaveClass(/jp-mod-active/);
    await people.press('Enter');
    await expect(list).toBeVisible();
    await ada.page.keyboard.press('Escape');
    await expect(people).toBeFocused();
  });

  await test.step('follow somebody until one acts oneself', async () => {
    await ada.command('anode:follow-person', { username: 'grace hopper' });
    await expect(followed).toHaveText('GH');
    await expect(ada.page.getByText(/^Following Grace Hopper/)).toHaveCount(1);
    await grace.focusEnd(0);
    await expect(caretIn(ada, 0, 'Grace Hopper')).toBeInViewport();
    await grace.cell(25).evaluate(node => node.scrollIntoView());
    await expect(ada.cell(26)).toBeInViewport();
    await expect(ada.cell(0)).not.toBeInViewport();
    // One's own place stays what it was.
    await expect(ada.cell(LAST)).toHaveClass(/jp-mod-active/);

    await ada.cell(26).locator('.jp-InputPrompt').click();
    await expect(followed).toHaveCount(0);
    await grace.focusEnd(0);
    await expect(at(0)).toHaveText(['GH']);
    await expect(ada.cell(26)).toBeInViewport();
  });

  await test.step('the panel, and the file browser', async () => {
    await ada.command('anode:show-people-panel');
    const panel = ada.page.getByRole('region', { name: 'People' });
    const notebook = panel.getByRole('button', { name: 'shared.ipynb' });
    await expect(notebook).toBeVisible();
    await expect(panel.getByRole('listitem')).toHaveCount(3);
    await panel.getByRole('button', { name: 'Follow Grace Hopper' }).click();
    const follow = panel.getByRole('button', { name: 'Follow Grace Hopper' });
    await expect(follow).toHaveAttribute('aria-pressed', 'true');
    await expectAccessible(ada.page);
    await follow.press('Enter');
    await expect(follow).toHaveAttribute('aria-pressed', 'false');
    await ada.command('filebrowser:refresh');
    const dot = ada.page
      .locator('.jp-DirListing-item', { hasText: 'shared.ipynb' })
      .locator('.jp-Anode-row-people');
    await expect(dot).toHaveText('2');
    await expect(dot).toHaveAttribute('title', /Grace Hopper/);
    await ada.page.screenshot({ path: `${PICTURES}/panel.png` });
    await ada.command('application:toggle-right-area');
    await expect(panel).toBeHidden();
  });

  await test.step('a link to a cell', async () => {
    await ada.page
      .context()
      .grantPermissions(['clipboard-read', 'clipboard-write']);
    await ada.select(26);
    await ada.command('anode:copy-cell-link');
    await expect(ada.notices).toContainText(['opens on this computer only']);
    const link = await ada.page.evaluate(() => navigator.clipboard.readText());
    expect(link).not.toContain('token');
    const page = await gracePage.context().newPage();
    await page.goto(link);
    const arrived = new NotebookPage(page);
    await arrived.untilOpen();
    await expect(arrived.cell(26)).toHaveClass(/jp-mod-active/);
    await expect(arrived.cell(26)).toBeInViewport();

    // What is hidden says how much it is, to everybody.
    await arrived.command('notebook:hide-cell-code');
    await expect(
      ada.cell(26).locator('.jp-Anode-hidden-count')
    ).toHaveText('2 lines hidden');
    await arrived.command('notebook:show-cell-code');
    await expect(ada.cell(26).locator('.cm-content')).toBeVisible();
    // Two windows of one person are one avatar.
    await expect(avatars).toHaveText(['AL', 'GH', 'РП']);
    await page.close();
  });

  await test.step('names and places that somebody made up', async () => {
    const crowd = new Crowd(server, id, [
      ...Array.from({ length: 6 }, (_, n) => `Person ${n}@cell-0`),
      `${LONG_NAME}@${'x'.repeat(10_000)}`
    ]);
    await expect(avatars).toHaveText(['AL', 'GH', 'P0', '+7']);
    await ada.focusEnd(0);
    await expect(at(0)).toHaveText(['GH', 'P0', '+5']);
    for (const theme of ['Light', 'Dark']) {
      await ada.command('apputils:change-theme', {
        theme: `JupyterLab ${theme}`
      });
      for (const width of [1400, 390]) {
        const picture = `${PICTURES}/ways-${theme.toLowerCase()}-${width}`;
        await ada.page.setViewportSize({ width, height: 900 });
        await expect(at(0).first()).toBeInViewport();
        await ada.page.screenshot({ path: `${picture}.png` });
      }
      await ada.page.setViewportSize({ width: 1400, height: 900 });
      await people.press('Enter');
      await expect(list.getByRole('listitem')).toHaveCount(10);
      const box = (await list.boundingBox())!;
      expect(box.x + box.width).toBeLessThanOrEqual(1400);
      await ada.page.screenshot({
        path: `${PICTURES}/list-${theme.toLowerCase()}.png`
      });
      await ada.page.keyboard.press('Escape');
    }
    await crowd.leave();
    await expect(avatars).toHaveText(['AL', 'GH', 'РП']);
  });

  await test.step('who leaves is gone, and not followed any more', async () => {
    await ada.command('anode:follow-person', { username: 'grace hopper' });
    await expect(followed).toHaveText('GH');
    await gracePage.context().close();
    await expect(followed).toHaveCount(0);
    await expect(ada.page.locator('.jp-Anode-led')).toHaveCount(0);
    await radia.leave();
    await expect(ada.page.locator('.jp-Anode-cell-person')).toHaveCount(0);
    await expect(avatars).toHaveCount(0);
  });
});
