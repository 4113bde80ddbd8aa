// JupyterLab's session goes to the kernel of the runs, if this server has it.

import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { ManualTimers } from '../../sync/__tests__/simulation';
import type { INotebookConnection } from '../../tokens';
import { KernelFollower } from '../kernelfollower';

async function followed(kernelId: string, here: string[]): Promise<unknown[]> {
  const asked: unknown[] = [];
  const owner = {};
  const runs = {
    changed: new Signal(owner),
    session: { kernelId, endedAt: null }
  };
  const context = {
    kernelChanged: new Signal(owner),
    isReady: true,
    session: { kernel: { id: 'own' } },
    changeKernel: async (wanted: unknown) => asked.push(wanted)
  };
  const timers = new ManualTimers();
  new KernelFollower(
    { runs } as unknown as INotebookConnection,
    context as unknown as ISessionContext,
    {
      findById: async id =>
        here.includes(id) ? ({ id } as Kernel.IModel) : undefined
    },
    timers
  );
  await timers.pass(10_000);
  return asked;
}

it('follows to a kernel of this server, not to one of another', async () => {
  expect(await followed('theirs', ['own', 'theirs'])).toEqual([
    { id: 'theirs' }
  ]);
  expect(await followed('elsewhere', ['own'])).toEqual([]);
  expect(await followed('own', ['own'])).toEqual([]);
});
