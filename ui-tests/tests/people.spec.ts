// Three people with names of their own in one notebook: each sees where the others are.

import { resolve } from 'node:path';
import type { Page } from '@playwright/test';

import { caretIn, expectAt, flagOpacity } from '../support/caret.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { PEOPLE, signIn } from '../support/people.ts';
import { expect, test } from '../support/fixtures.ts';

const PICTURES = resolve(import.meta.dirname, '../test-results/people');

const CELLS = [
  { id: 'one', source: 'masses = [3700, 3733, 5076]\nsum(masses) / 3' },
  { id: 'two', source: 'plot(masses)' },
  { id: 'three', source: '# שלום עולם' }
];

/**
 * The type of a frame of presence.
 */
const AWARENESS = 1;

/**
 * At most so many go out in a second.
 */
const PER_SECOND = 20;

/**
 * Counts the frames of presence that a page sends from now on.
 */
function presenceFrames(page: Page): { count: number } {
  const frames = { count: 0 };
  page.on('websocket', socket => {
    if (socket.url().includes('/room')) {
      socket.on('framesent', ({ payload }) => {
        frames.count += Number(
          typeof payload !== 'string' && payload[0] === AWARENESS
        );
      });
    }
  });
  return frames;
}

test('three people see where the others write', async ({
  startServer,
  person
}) => {
  const server = await startServer({ config: PEOPLE });
  server.write('shared.ipynb', notebookFile(CELLS));
  const open = async (name: string, page: Page): Promise<NotebookPage> => {
    await signIn(page, server, name);
    const notebook = await NotebookPage.open(page, server, 'shared.ipynb');
    await notebook.untilSync('saved');
    return notebook;
  };
  const ada = await open('Ada Lovelace', await person());
  const gracePage = await person();
  const sent = presenceFrames(gracePage);
  const grace = await open('Grace Hopper', gracePage);
  const { id } = await server.api<{ id: string }>('POST', 'notebooks', {
    path: 'shared.ipynb'
  });
  const seq = async (): Promise<number> =>
    (await server.api<{ seq: number }>('GET', `notebooks/${id}`)).seq;

  await test.step('a caret with its name, where its person is', async () => {
    await grace.focusEnd(0);
    const caret = caretIn(ada, 0, 'Grace Hopper');
    await expect.poll(() => flagOpacity(caret)).toBe(1);
    await expectAt(ada, 0, 'Grace Hopper', 43);
    await grace.page.keyboard.press('ArrowLeft');
    await expectAt(ada, 0, 'Grace Hopper', 42);
    // Nobody sees their own.
    await expect(grace.page.locator('.jp-Anode-caret')).toHaveCount(0);
  });

  await test.step('the name goes by itself and comes back on hover', async () => {
    const caret = caretIn(ada, 0, 'Grace Hopper');
    await expect.poll(() => flagOpacity(caret)).toBe(0);
    const { x, y, height } = (await caret.boundingBox())!;
    await ada.page.mouse.move(x + 2, y + height / 2);
    await expect.poll(() => flagOpacity(caret)).toBe(1);
    await ada.page.mouse.move(x + 60, y + height / 2);
    await expect.poll(() => flagOpacity(caret)).toBe(0);
  });

  await test.step('a selection', async () => {
    await grace.page.keyboard.press('Shift+Home');
    await grace.page.keyboard.press('Shift+ArrowUp');
    const marks = ada.cell(0).locator('.jp-Anode-selection');
    await expect.poll(() => marks.count()).toBeGreaterThan(1);
    await grace.page.keyboard.press('Control+Home');
    await expect(marks).toHaveCount(0);
  });

  await test.step('it keeps its place while others type before it', async () => {
    await grace.page.keyboard.press('Control+End');
    await ada.focusEnd(0);
    await ada.page.keyboard.press('Control+Home');
    await ada.page.keyboard.type('import math\n', { delay: 15 });
    await expectAt(ada, 0, 'Grace Hopper', 55);
    await expectAt(grace, 0, 'Ada Lovelace', 12);
    // Both type at once, in one line.
    await ada.page.keyboard.press('Control+End');
    await Promise.all([
      ada.page.keyboard.type(' # ada', { delay: 25 }),
      grace.page.keyboard.type(' # grace', { delay: 25 })
    ]);
    for (const notebook of [ada, grace]) {
      await expect
        .poll(async () => (await notebook.sources())[0]?.length)
        .toBe(55 + 14);
    }
    const text = (await ada.sources())[0]!;
    await grace.page.keyboard.press('Control+End');
    await expectAt(ada, 0, 'Grace Hopper', text.length);
  });

  await test.step('right to left', async () => {
    // As in their own editor, where the direction of writing turns.
    await grace.focusEnd(2);
    for (const key of ['End', 'ArrowLeft', 'ArrowLeft', 'Home', 'ArrowRight']) {
      await grace.page.keyboard.press(key);
      const own = grace.cell(2).locator('.cm-cursor-primary');
      const theirs = caretIn(ada, 2, 'Grace Hopper');
      await expect
        .poll(async () => {
          const [one, other] = [
            await own.boundingBox(),
            await theirs.boundingBox()
          ];
          return Math.abs((one?.x ?? 0) - (other?.x ?? 1e6)) < 3;
        })
        .toBe(true);
    }
    await expect(caretIn(ada, 0, 'Grace Hopper')).toHaveCount(0);
  });

  await test.step('moving about costs little, and no record', async () => {
    await ada.untilSync('saved');
    await grace.untilSync('saved');
    await grace.focusEnd(0);
    const [before, from] = [await seq(), Date.now()];
    sent.count = 0;
    for (let at = 0; at < 120; at++) {
      await grace.page.keyboard.press(at % 60 < 30 ? 'ArrowLeft' : 'ArrowRight');
    }
    await expectAt(
      ada,
      0,
      'Grace Hopper',
      (await ada.sources())[0]!.length
    );
    const seconds = (Date.now() - from) / 1_000;
    expect(sent.count).toBeGreaterThan(1);
    expect(sent.count).toBeLessThanOrEqual(PER_SECOND * seconds + 2);
    const events = await server.api<{ actor: { id: string } }[]>(
      'GET',
      `notebooks/${id}/events?after=${before}`
    );
    const theirs = events.filter(({ actor }) => actor.id === 'grace hopper');
    expect(theirs).toEqual([]);
  });

  const radia = await open('Радья Перлман', await person());
  await test.step('who comes late sees everybody at once', async () => {
    const length = (await ada.sources())[0]!.length;
    await expectAt(radia, 0, 'Grace Hopper', length);
    await expect(caretIn(radia, 0, 'Ada Lovelace')).toHaveCount(1);
    await radia.focusEnd(1);
    await expectAt(ada, 1, 'Радья Перлман', CELLS[1]!.source.length);
  });

  await test.step('pictures', async () => {
    for (const theme of ['Light', 'Dark']) {
      await ada.command('apputils:change-theme', {
        theme: `JupyterLab ${theme}`
      });
      await grace.page.keyboard.press('Shift+Home');
      await radia.page.keyboard.press('Home');
      await radia.page.keyboard.press('End');
      await expect(ada.cell(0).locator('.jp-Anode-selection')).not.toHaveCount(
        0
      );
      for (const width of [1400, 390]) {
        await ada.page.setViewportSize({ width, height: 900 });
        await radia.page.keyboard.press('Home');
        await radia.page.keyboard.press('End');
        await expect
          .poll(() => flagOpacity(caretIn(ada, 1, 'Радья Перлман')))
          .toBe(1);
        await ada.page.screenshot({
          path: `${PICTURES}/carets-${theme.toLowerCase()}-${width}.png`
        });
      }
      await ada.page.setViewportSize({ width: 1400, height: 900 });
    }
  });

  await test.step('who leaves is gone', async () => {
    await radia.page.close();
    await expect(ada.page.getByText('Радья Перлман')).toHaveCount(0);
    await grace.page.context().close();
    await expect(ada.page.locator('.jp-Anode-caret')).toHaveCount(0);
  });
});
