// JupyterLab's session goes to the kernel of the runs, if this server has it.

import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { ManualTimers } from '../../sync/__tests__/simulation';
import type { INotebookConnection } from '../../tokens';
import { KernelFollower } from '../kernelfollower';

/**
 * What the session was asked for; `known`: the sessions that the server has.
 */
async function followed(
  kernelId: string,
  here: string[],
  known: string[] = ['of this page']
): Promise<unknown[]> {
  const asked: unknown[] = [];
  const owner = {};
  const runs = {
    changed: new Signal(owner),
    session: { kernelId, endedAt: null }
  };
  const context = {
    kernelChanged: new Signal(owner),
    isReady: true,
    session: { id: 'of this page', kernel: { id: 'own' } } as {
      id: string;
      kernel: { id: string };
    } | null,
    changeKernel: async (wanted: unknown) => {
      if (context.session && !known.includes(context.session.id)) {
        throw new Error('Session not found');
      }
      asked.push(wanted);
    }
  };
  const timers = new ManualTimers();
  new KernelFollower(
    { runs } as unknown as INotebookConnection,
    context as unknown as ISessionContext,
    {
      kernels: {
        findById: async id =>
          here.includes(id) ? ({ id } as Kernel.IModel) : undefined
      },
      sessions: {
        refreshRunning: async () => {
          if (context.session && !known.includes(context.session.id)) {
            context.session = null;
          }
        }
      }
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

it('lets go of a session that the server lost when it was started again', async () => {
  expect(await followed('theirs', ['theirs'], [])).toEqual([{ id: 'theirs' }]);
});
