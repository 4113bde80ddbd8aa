// The server is killed while people type: the tab goes on, nothing acknowledged is lost.

import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { PYTHON } from '../support/server.ts';
import type { Server } from '../support/server.ts';
import { expect, test } from '../support/fixtures.ts';
import { Typist, markers } from '../support/typist.ts';

const ROUNDS = Number(process.env['ANODE_KILL_ROUNDS'] ?? '3');
const STORED = resolve(import.meta.dirname, '../support/stored.py');
const KEY_DELAY_MS = 50;

/**
 * How long one waits for "saved" at the end of a line. Without a server there is none.
 */
const PAUSE_MS = 1_000;

/**
 * Types lines into the cell that has the focus, until told to end. At the end of a line it stops until
 * everything is saved: on a busy machine there is no such moment between two keys.
 */
class Typing {
  text = '';

  constructor(private readonly _page: Page) {
    this._done = this._type();
  }

  async end(): Promise<void> {
    this._isEnding = true;
    await this._done;
  }

  private async _type(): Promise<void> {
    for (let number = 1; !this._isEnding; number++) {
      const line = `line ${number} of many\n`;
      await this._page.keyboard.type(line, { delay: KEY_DELAY_MS });
      this.text += line;
      await this._page
        .locator('[data-anode-sync=saved]')
        .waitFor({ timeout: PAUSE_MS })
        .catch(() => undefined);
    }
  }

  private readonly _done: Promise<void>;
  private _isEnding = false;
}

/**
 * Watch for dialogs, and note how long the text of a cell was whenever the word was "saved".
 */
async function watch(page: Page, cell: string): Promise<void> {
  await page.evaluate(id => {
    const seen = window as unknown as IWatched;
    seen.dialogs = [];
    seen.promised = '';
    const word = document.querySelector<HTMLElement>('[data-anode-sync]')!;
    new MutationObserver(() => {
      for (const dialog of document.querySelectorAll('.jp-Dialog')) {
        seen.dialogs.push(dialog.textContent ?? '');
      }
    }).observe(document.body, { childList: true, subtree: true });
    const note = () => {
      if (word.dataset['anodeSync'] === 'saved') {
        const { cells } =
          seen.jupyterapp.shell.currentWidget.content.model.sharedModel;
        seen.promised = cells.find(one => one.id === id)!.getSource();
      }
    };
    note();
    new MutationObserver(note).observe(word, {
      attributes: true,
      attributeFilter: ['data-anode-sync']
    });
  }, cell);
}

async function watched(page: Page): Promise<IWatched> {
  return page.evaluate(() => {
    const { dialogs, promised } = window as unknown as IWatched;
    return { dialogs, promised } as IWatched;
  });
}

interface IWatched {
  dialogs: string[];
  promised: string;
  jupyterapp: {
    shell: {
      currentWidget: {
        content: {
          model: {
            sharedModel: { cells: { id: string; getSource(): string }[] };
          };
        };
      };
    };
  };
}

/**
 * What the store of a killed server holds, read from a copy.
 */
function stored(
  server: Server,
  notebook: string,
  round: number
): Record<string, string> {
  const copy = join(server.base, `killed-${round}`);
  cpSync(server.store, copy, { recursive: true });
  return JSON.parse(
    execFileSync(PYTHON, [STORED, copy, notebook], { encoding: 'utf8' })
  ) as Record<string, string>;
}

test('the server is killed while a browser and a program type', async ({
  server,
  person
}) => {
  test.setTimeout(180_000 + ROUNDS * 60_000);
  server.write(
    'day.ipynb',
    notebookFile([
      { id: 'browser', type: 'raw', source: '' },
      { id: 'program', source: '' }
    ])
  );
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'day.ipynb');
  await ada.untilSync('saved');
  let navigations = 0;
  page.on('framenavigated', frame => {
    navigations += Number(frame === page.mainFrame());
  });
  await watch(page, 'browser');
  const { id } = await server.api<{ id: string }>('POST', 'notebooks', {
    path: 'day.ipynb'
  });

  const typist = new Typist(server, id, 'program');
  await ada.focusEnd(0);
  const typing = new Typing(page);
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      // Both have been promised something new since the last time.
      const before = {
        program: typist.acked,
        browser: (await watched(page)).promised.length
      };
      await expect
        .poll(() => typist.acked)
        .toBeGreaterThan(before.program + 20);
      await expect
        .poll(async () => (await watched(page)).promised.length)
        .toBeGreaterThan(before.browser + 20);

      await server.kill();
      await expect(ada.sync).toHaveAttribute('data-anode-sync', /^offline/);
      const promised = {
        program: typist.acked,
        browser: (await watched(page)).promised
      };
      const kept = stored(server, id, round);
      const typed = kept['program']!.match(/<\d+>/g)?.length ?? 0;
      expect(kept['program']).toBe(markers(typed));
      expect(typed).toBeGreaterThanOrEqual(promised.program);
      expect((await ada.sources())[0]).toMatch(
        new RegExp(`^${kept['browser']}`)
      );
      expect(kept['browser']!.slice(0, promised.browser.length)).toBe(
        promised.browser
      );

      await server.start();
      // What was typed while it was away arrives, and typing is still going on.
      const away = {
        program: typist.typed,
        browser: (await ada.sources())[0]!.length
      };
      await expect
        .poll(async () => (await watched(page)).promised.length, {
          timeout: 60_000
        })
        .toBeGreaterThan(away.browser);
      await expect
        .poll(() => typist.acked, { timeout: 60_000 })
        .toBeGreaterThan(away.program);
    }
    await typing.end();
    const programText = await typist.end();
    await ada.untilSync('saved');

    expect(programText).toBe(markers(typist.typed));
    await expect.poll(() => ada.sources()).toEqual([typing.text, programText]);
    const document = await server.api<{ cells: { source: string[] }[] }>(
      'GET',
      `notebooks/${id}/document`
    );
    expect(document.cells.map(cell => [cell.source].flat().join(''))).toEqual([
      typing.text,
      programText
    ]);
    expect((await watched(page)).dialogs).toEqual([]);
    expect(navigations).toBe(0);
  } finally {
    await typing.end();
    typist.kill();
  }
});
