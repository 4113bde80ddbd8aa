// The panel about the kernel of the current notebook.

import { expectAccessible } from '../support/accessibility.ts';
import type { Page } from '@playwright/test';

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { expect, test } from '../support/fixtures.ts';
import { NotebookRuns } from '../support/runs.ts';

/**
 * Starting a kernel takes long on a busy machine.
 */
const KERNEL_MS = 60_000;

/**
 * Runs until there is a file of this name.
 */
function waiting(name: string): string {
  return `# until ${name}\nimport os, time\nwhile not os.path.exists("${name}"):\n    time.sleep(0.05)`;
}

const FOUR = 'held = [0] * 1000; print("four")';

test('use, queue and sessions of a kernel', async ({ server, person }) => {
  server.write(
    'panel.ipynb',
    notebookFile([
      { id: 'one', source: waiting('first') },
      { id: 'two', source: 'print("two")' },
      { id: 'three', source: '\n\nprint("three")' },
      { id: 'four', source: FOUR }
    ])
  );
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'panel.ipynb');
  await ada.untilSync('saved');
  const pill = page.locator('.jp-NotebookPanel-toolbar .jp-Anode-runtime');
  await expect(pill).toContainText('idle', { timeout: KERNEL_MS });

  // From the kernel's menu, by keyboard.
  await pill.getByRole('button').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  const panel = page.getByRole('region', { name: 'Runtime' });
  await expect(panel.locator('.jp-Anode-runtimePanel-state')).toContainText(
    /Python 3 \(ipykernel\)idle · up \d+ s/
  );

  // It is measured while it is looked at, and only then.
  await expect(panel).toContainText(/CPU\d+\.\d\d of \d/, { timeout: KERNEL_MS });
  await expect(panel).toContainText(/Memory\d+ MiB of /);
  await expect(panel).toContainText(/Heartbeat\d/, { timeout: KERNEL_MS });
  const asked = await questions(page);
  await expect.poll(() => questions(page)).toBeGreaterThan(asked);

  // The queue: who and what, moved and taken back.
  for (const index of [0, 1, 2, 3]) {
    await ada.run(index);
  }
  const queue = panel.getByRole('listitem').filter({ hasText: 'for' });
  const places = panel.locator('.jp-Anode-queue-line');
  await expect(places).toHaveText([
    '# until first',
    'print("two")',
    'print("three")',
    FOUR
  ]);
  await expect(queue.first()).toContainText(/runs for \d+ s · /);
  await panel.getByRole('button', { name: `Run earlier: ${FOUR}` }).press('Enter');
  await expect(places.nth(2)).toHaveText(FOUR);
  await panel
    .locator('.jp-Anode-queue-item', { hasText: 'three' })
    .dragTo(panel.locator('.jp-Anode-queue-item', { hasText: 'two' }));
  await expect(places.nth(1)).toHaveText('print("three")');
  await panel.getByRole('button', { name: 'Take it back: print("two")' }).press('Enter');
  await expect(places).toHaveText(['# until first', 'print("three")', FOUR]);
  await expectAccessible(page);
  server.write('first', '');
  await expect(panel).toContainText('Nothing runs or waits.');
  const runs = await NotebookRuns.of(server, 'panel.ipynb');
  expect(await runs.started()).toEqual(['one', 'three', 'four']);
  await expect(panel.locator('.jp-Anode-variables tbody tr')).toHaveText([
    /^heldlist1000\d/
  ]);

  // What kernels start with; a secret is not told again.
  await panel.getByText('Environment variables').click();
  await panel.getByRole('button', { name: 'Add' }).click();
  await panel.getByLabel('Name', { exact: true }).fill('API_KEY');
  const value = panel.getByLabel('Value of API_KEY');
  await value.fill('s3cret-value');
  await panel.getByLabel('Secret').check();
  await panel.getByRole('button', { name: 'Save' }).click();
  await expect(panel).toContainText('Saved. It applies when the kernel is restarted.');
  await expect(value).toHaveValue('');

  // Stopped and started from the panel: the lives of the kernel are told.
  await panel.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(panel.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
  await panel.getByRole('button', { name: 'Start', exact: true }).click();
  const sessions = panel.locator('.jp-Anode-sessions li');
  await expect(sessions).toHaveText(
    [/^Python 3 \(ipykernel\) · nowsince/, /^Python 3 \(ipykernel\) · stopped/],
    { timeout: KERNEL_MS }
  );

  // Hidden, it asks for nothing; without a notebook it says what it is for.
  await page.getByRole('tab', { name: 'Runtime' }).click();
  await expect(panel).toBeHidden();
  await page.getByRole('tab', { name: 'Runtime' }).click();
  await ada.command('application:close');
  await expect(panel).toHaveText('Open a notebook to see how its kernel is.');
});

/**
 * How often the server was asked to measure.
 */
function questions(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => name.includes('/runtime/usage')).length
  );
}
