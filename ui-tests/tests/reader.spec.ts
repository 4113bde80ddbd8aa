// Somebody who may only read, in a real JupyterLab: sees everything, changes nothing.

import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';

import { drop } from '../support/dropping.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { PEOPLE, signIn } from '../support/people.ts';
import { PYTHON } from '../support/server.ts';
import { expect, test } from '../support/fixtures.ts';

const FORGE = resolve(import.meta.dirname, '../support/forge.py');

const CELLS = [
  { id: 'one', source: 'alpha = 1' },
  { id: 'two', source: 'beta = 2' },
  { id: 'three', type: 'markdown' as const, source: 'Some *words*' }
];

/**
 * What JupyterLab lets people do to a notebook.
 */
const COMMANDS = [
  'notebook:insert-cell-below',
  'notebook:move-cell-down',
  'notebook:delete-cell',
  'notebook:cut-cell',
  'notebook:paste-cell-below',
  'notebook:duplicate-below',
  'notebook:split-cell-at-cursor',
  'notebook:merge-cell-below',
  'notebook:change-cell-to-raw',
  'notebook:change-cell-to-heading-1',
  'notebook:clear-all-cell-outputs',
  'notebook:undo',
  'notebook:trust',
  'docmanager:save'
];

/**
 * Rooms' sockets of a page: how many were opened and closed.
 */
function roomSockets(page: Page): { opened: number; closed: number } {
  const count = { opened: 0, closed: 0 };
  page.on('websocket', socket => {
    if (socket.url().includes('/room')) {
      count.opened += 1;
      socket.on('close', () => {
        count.closed += 1;
      });
    }
  });
  return count;
}

/**
 * Ask the server as the person of the page would; the status.
 */
async function ask(
  page: Page,
  method: string,
  route: string,
  body: object
): Promise<number> {
  return page.evaluate(
    async ([verb, path, content]) => {
      const xsrf = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
      const answer = await fetch(`/${path}`, {
        method: verb,
        headers: { 'Content-Type': 'application/json', 'X-XSRFToken': xsrf },
        body: JSON.stringify(content)
      });
      return answer.status;
    },
    [method, route, body] as const
  );
}

test('a reader reads along and changes nothing', async ({
  startServer,
  person
}) => {
  const server = await startServer({ config: PEOPLE });
  server.write('shared.ipynb', notebookFile(CELLS));
  const ada = await NotebookPage.open(
    await signIn(await person(), server, 'Ada'),
    server,
    'shared.ipynb'
  );
  await ada.untilSync('saved');
  const { id } = await server.api<{ id: string }>('POST', 'notebooks', {
    path: 'shared.ipynb'
  });

  const page = await signIn(await person(), server, 'Rita');
  const sockets = roomSockets(page);
  const rita = await NotebookPage.open(page, server, 'shared.ipynb');
  await rita.untilSync(/^read-only \(/);

  // Sees what Ada types.
  await ada.type(0, ' # from ada');
  await expect
    .poll(() => rita.sources())
    .toEqual(['alpha = 1 # from ada', 'beta = 2', 'Some *words*']);
  const content = await ada.content();

  // The editors do not take anything.
  const editor = rita.cell(0).locator('.cm-content');
  await editor.click();
  await page.keyboard.type('hacked');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Escape');
  await expect(editor).toHaveText('alpha = 1 # from ada');
  await rita.cell(2).dblclick();
  await page.keyboard.type('hacked');
  await page.keyboard.press('Escape');

  // Nor do JupyterLab's commands.
  for (const command of COMMANDS) {
    await rita.select(1);
    await attempt(rita, command);
    expect(await rita.content(), command).toEqual(content);
  }

  // Nor is a file uploaded that she drops on it.
  await drop(rita.cell(0), 'points.csv', 'text/csv');
  await expect(
    rita.notices.filter({ hasText: 'Nothing was uploaded' })
  ).toHaveCount(1);
  expect(await rita.content()).toEqual(content);

  // Nor what a script in her own page writes to the shared model.
  await page.evaluate(() => {
    const { sharedModel } = (window as unknown as IWindow).jupyterapp.shell
      .currentWidget.content.model;
    sharedModel.cells[0]!.setSource('hacked');
    sharedModel.deleteCell(1);
    sharedModel.setMetadata('hacked', true);
  });
  expect(await rita.content()).toEqual(content);

  // She was there all the time: one connection, never closed.
  await ada.type(1, ' # more');
  await expect
    .poll(async () => (await rita.sources())[1])
    .toBe('beta = 2 # more');
  expect(sockets).toEqual({ opened: 1, closed: 0 });
  await rita.untilSync(/^read-only \(/);

  // Nor any route.
  await ada.untilSync('saved');
  await expect
    .poll(() => server.read('shared.ipynb'))
    .toContain('beta = 2 # more');
  const bytes = server.read('shared.ipynb');
  const file = { type: 'notebook', format: 'json', content: null };
  for (const [method, route, body] of [
    ['POST', `anode/api/notebooks/${id}/export`, { overwrite: true }],
    ['POST', `anode/api/notebooks/${id}/reload`, {}],
    ['POST', `anode/api/notebooks/${id}/restore`, { seq: 1 }],
    ['PUT', 'api/contents/shared.ipynb', file],
    ['PATCH', 'api/contents/shared.ipynb', { path: 'stolen.ipynb' }],
    ['DELETE', 'api/contents/shared.ipynb', {}],
    ['POST', 'api/contents/shared.ipynb/checkpoints', {}],
    ['POST', 'api/kernels', { name: 'python3' }],
    [
      'POST',
      'api/sessions',
      { path: 'shared.ipynb', type: 'notebook', kernel: { name: 'python3' } }
    ]
  ] as const) {
    expect(await ask(page, method, route, body), `${method} ${route}`).toBe(
      403
    );
  }

  // Nor a change that goes past the model, straight into the document.
  await page.evaluate(() => {
    const { sharedModel } = (window as unknown as IWindow).jupyterapp.shell
      .currentWidget.content.model;
    sharedModel.ydoc.getArray('cells').delete(0, 1);
  });
  await expect.poll(() => sockets.closed).toBe(1);
  await expect.poll(async () => (await rita.sources()).length).toBe(3);
  await rita.untilSync(/^read-only \(/);

  // Ada noticed nothing of all this, and goes on.
  await ada.type(0, '!');
  await ada.untilSync('saved');
  const expected = ['alpha = 1 # from ada!', 'beta = 2 # more', 'Some *words*'];
  expect(await ada.sources()).toEqual(expected);
  await expect.poll(() => rita.sources()).toEqual(expected);
  await expect
    .poll(() => server.read('shared.ipynb'))
    .toBe(bytes.replace('# from ada', '# from ada!'));
  const events = await server.api<{ actor: { id: string } }[]>(
    'GET',
    `notebooks/${id}/events`
  );
  expect(events.filter(event => event.actor.id === 'rita')).toEqual([]);
});

test('what somebody else says is trusted runs nothing', async ({
  server,
  person
}) => {
  server.write(
    'shared.ipynb',
    notebookFile([
      {
        id: 'own',
        source:
          'from IPython.display import HTML\n' +
          'HTML("<img src=none onerror=\'window.ranOwn = true\'>")'
      }
    ])
  );
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'shared.ipynb');
  await ada.untilSync('saved');
  const { id } = await server.api<{ id: string }>('POST', 'notebooks', {
    path: 'shared.ipynb'
  });
  const ran = (name: string): Promise<boolean> =>
    page.evaluate(key => key in window, name);

  // What Ada runs herself may run scripts, as in plain JupyterLab.
  await ada.select(0);
  await ada.command('notebook:run-cell');
  await expect.poll(() => ran('ranOwn'), { timeout: 60_000 }).toBe(true);

  execFileSync(PYTHON, [FORGE, server.origin, server.token, id]);
  const forged = ada.cell(1);
  await expect(forged.locator('.forged')).toHaveText('forged');
  await expect
    .poll(() =>
      page.evaluate(
        () =>
          (
            window as unknown as IWindow
          ).jupyterapp.shell.currentWidget.content.model.sharedModel.cells[1]!.getOutputs()
            .length
      )
    )
    .toBe(3);
  expect(await ran('ranForged')).toBe(false);

  // Nor after a reload, nor in the browser of somebody who comes later.
  await page.reload();
  await ada.untilOpen();
  await expect(forged.locator('.forged')).toHaveText('forged');
  expect(await ran('ranForged')).toBe(false);
  const later = await NotebookPage.open(await person(), server, 'shared.ipynb');
  await expect(later.cell(1).locator('.forged')).toHaveText('forged');
  expect(
    await later.page.evaluate(() =>
      ['ranForged', 'ranOwn'].map(k => k in window)
    )
  ).toEqual([false, false]);
  await expect
    .poll(() => server.read('shared.ipynb'))
    .toContain("<p class='forged'>");
  expect(server.read('shared.ipynb')).not.toContain('trusted');
});

/**
 * Run a command, whatever comes of it; what it asks is answered with "cancel".
 */
async function attempt(notebook: NotebookPage, command: string): Promise<void> {
  const dialog = notebook.page.locator('.jp-Dialog');
  const done = notebook.command(command).catch(() => undefined);
  await Promise.race([done, dialog.waitFor().catch(() => undefined)]);
  if (await dialog.isVisible()) {
    await dialog.press('Escape');
    await expect(dialog).toHaveCount(0);
  }
  await done;
}

interface IWindow {
  jupyterapp: {
    shell: {
      currentWidget: {
        content: {
          model: {
            sharedModel: {
              cells: {
                setSource(source: string): void;
                getOutputs(): unknown[];
              }[];
              deleteCell(index: number): void;
              setMetadata(key: string, value: unknown): void;
              ydoc: {
                getArray(name: string): {
                  delete(index: number, length: number): void;
                };
              };
            };
          };
        };
      };
    };
  };
}
