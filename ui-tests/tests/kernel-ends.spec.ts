// Kernels that end, hang, or do not begin: what is told, what waits, and one click to go on.

import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { LimitedKernel } from '../support/limited.ts';
import { expect, test } from '../support/fixtures.ts';
import { NotebookRuns } from '../support/runs.ts';

/**
 * Nobody starts a dead kernel again by itself: it is seen what is told meanwhile.
 */
const CONFIG = 'c.KernelManager.autorestart = False\n';

const MEMORY = 300 << 20;

/**
 * It has filled most of what it may address when it waits.
 */
const NEARLY_ALL = 200 << 20;

const SOURCES = {
  hold: 'import os, time\nopen("pid", "w").write(f"{os.getpid()}\\n")\nwhile not os.path.exists("go"):\n    time.sleep(0.05)\nprint("over")',
  after: 'print("after")',
  // A group of processes is killed; else the program ends itself, as those in other languages do.
  fill: 'import os, time\nkept = []\ntry:\n    while True:\n        kept.append(os.urandom(1 << 20))\nexcept MemoryError:\n    while not os.path.exists("seen"):\n        time.sleep(0.05)\n    os.abort()'
};
const HOLD = 0;
const AFTER = 1;
const FILL = 2;

interface IRuntimeBody {
  status: string;
  health: { memory_bytes: number | null };
}

test('a kernel that is killed, hangs, has no memory left, or does not start', async ({
  startServer,
  person
}) => {
  const kernel = new LimitedKernel(MEMORY);
  const server = await startServer({ config: CONFIG, env: kernel.env });
  server.write(
    'ends.ipynb',
    notebookFile(
      Object.entries(SOURCES).map(([id, source]) => ({ id, source }))
    )
  );
  const page = await person();
  const ada = await NotebookPage.open(page, server, 'ends.ipynb');
  await ada.untilSync('saved');
  const runs = await NotebookRuns.of(server, 'ends.ipynb');
  const runtime = () =>
    server.api<IRuntimeBody>('GET', `notebooks/${runs.id}/runtime`);
  const pill = page.locator('.jp-Anode-runtime').getByRole('button');
  const died = page.locator('.jp-Anode-kernelBanner');
  const silent = page.locator('.jp-Anode-silenceBanner');

  /**
   * The process of the kernel that runs the first cell, with the second one asked for after it.
   */
  const holding = async (): Promise<number> => {
    server.write('pid', '');
    await ada.run(HOLD);
    await expect.poll(() => server.read('pid')).toMatch(/^\d+\n$/);
    await ada.run(AFTER);
    await expect(ada.line(AFTER)).toHaveText('Queued, 1 before it');
    return Number(server.read('pid'));
  };

  // Killed: the reason is told, the other request waits, and one click goes on with it.
  process.kill(await holding(), 'SIGKILL');
  await expect(ada.line(HOLD)).toHaveText(/^The kernel died: signal 9, SIGKILL/);
  await expect(died).toContainText('The kernel died (signal 9, SIGKILL');
  await expect(died).toContainText('1 run waits.');
  await expect(pill).toHaveText('Python 3 (ipykernel) · died');
  await expect(ada.line(AFTER)).toHaveText('Waits for a kernel');
  expect((await runs.states()).at(-1)).toEqual(['after', 'pending']);
  await died.getByRole('button', { name: 'Start a kernel and go on' }).click();
  await expect(ada.output(AFTER)).toHaveText('after\n');
  await expect(died).toContainText('the variables are gone');
  await expect(pill).toHaveText('Python 3 (ipykernel) · idle');
  await died.getByRole('button', { name: 'Hide' }).click();

  // Stopped: it does not answer, the queue waits, an interrupt does not help, a restart does.
  process.kill(await holding(), 'SIGSTOP');
  await expect(pill).toHaveText('Python 3 (ipykernel) · not responding');
  await expect(silent).toContainText('The kernel does not answer.');
  await expect(silent).toContainText('1 run waits.');
  await expect(ada.line(HOLD)).toHaveText(/^Running · /);
  await silent.getByRole('button', { name: 'Interrupt' }).click();
  await expect(silent).toContainText('It did not heed the interrupt');
  await silent.getByRole('button', { name: /^Restart/ }).click();
  await expect(ada.line(HOLD)).toHaveText(/^Broken off: the kernel was restarted/);
  await expect(ada.line(AFTER)).toHaveText(/^[\d.]+ m?s · /);
  await expect(silent).toBeHidden();
  await expect(pill).toHaveText('Python 3 (ipykernel) · idle');

  // No memory left: told with figures; a click, and it runs again.
  await ada.run(FILL);
  await expect
    .poll(async () => {
      const { status, health } = await runtime();
      return status === 'terminated' || (health.memory_bytes ?? 0) > NEARLY_ALL;
    })
    .toBe(true);
  server.write('seen', '');
  await expect(ada.line(FILL)).toHaveText(/^The kernel died: signal \d/);
  await expect(died).toContainText(/ran out of memory \(signal .* MiB/);
  await expect(pill).toHaveText('Python 3 (ipykernel) · ended: out of memory');
  await died.getByRole('button', { name: 'Start a kernel' }).click();
  await expect(pill).toHaveText('Python 3 (ipykernel) · idle');

  // The server and the kernel are gone: the run is lost, and may be run again.
  const process_ = await holding();
  await server.kill();
  process.kill(process_, 'SIGKILL');
  await server.start();
  await ada.untilSync('saved');
  await expect(ada.line(HOLD)).toHaveText(/^Lost: the server stopped while it ran/);
  server.write('go', '');
  await ada.line(HOLD).getByRole('button', { name: 'Run again' }).click();
  await expect(ada.output(HOLD)).toHaveText('over\n');

  // It ends when it starts: told in its own words, and nothing else claimed.
  await server.api('POST', `notebooks/${runs.id}/runtime`, { action: 'stop' });
  kernel.break('no licence found');
  await ada.run(AFTER);
  await expect(died).toContainText('The kernel ended at once (exit code 3). It wrote:');
  await expect(died.locator('pre')).toHaveText('no licence found');
  await expect(died).not.toContainText('variables');
  await expect(pill).toHaveText('Python 3 (ipykernel) · did not start');
  kernel.mend();
  await died.getByRole('button', { name: 'Try again' }).click();
  await expect(died).toBeHidden();
  await expect(pill).toHaveText('Python 3 (ipykernel) · idle');
  await ada.run(AFTER);
  await expect(ada.line(AFTER)).toHaveText(/^[\d.]+ m?s · /);

  await server.api('POST', `notebooks/${runs.id}/runtime`, { action: 'stop' });
  kernel.dispose();
});
