// Where JupyterLab's own session of a notebook and the server's runtime meet.

import type { ISessionContext } from '@jupyterlab/apputils';
import type { INotebookCellExecutor } from '@jupyterlab/notebook';
import { ServerConnection } from '@jupyterlab/services';

import type { IRuntimeSession } from '../tokens';

/**
 * How long a kernel may take that JupyterLab is just starting for the notebook. It goes on when
 * this is over: the server then waits for the kernel, or starts one.
 */
const STARTING_MS = 60_000;

/**
 * Whether a notebook's kernel, if it has one, is a kernel of the page's own server. There are such
 * that run in the browser, or elsewhere.
 */
export function isOfServer(context: ISessionContext | undefined): boolean {
  const settings = context?.session?.kernel?.serverSettings;
  return (
    settings === undefined ||
    settings.baseUrl === ServerConnection.makeSettings().baseUrl
  );
}

/**
 * Whether there is nothing to start or to wait for before something runs.
 */
export function hasKernel(
  { sessionContext: context }: INotebookCellExecutor.IRunCellOptions,
  session: IRuntimeSession | null
): boolean {
  const isAlive = session !== null && session.endedAt === null;
  return !context?.isTerminating && (!context || isAlive);
}

/**
 * Whether a kernel has to be started before something runs.
 */
export function needsKernel(
  options: INotebookCellExecutor.IRunCellOptions,
  session: IRuntimeSession | null
): boolean {
  const isNone = options.sessionContext?.hasNoKernel === true;
  return isNone && !hasKernel(options, session);
}

/**
 * Have a kernel before something runs. JupyterLab starts one when a notebook opens: that one is
 * waited for, so that there are not two.
 *
 * @returns `no` when the person chose none.
 */
export async function kernelStarted(
  options: INotebookCellExecutor.IRunCellOptions,
  session: IRuntimeSession | null
): Promise<'yes' | 'no' | 'ending'> {
  const { sessionContext: context, sessionDialogs: dialogs } = options;
  if (context?.isTerminating) {
    return 'ending';
  }
  if (!context || hasKernel(options, session)) {
    return 'yes';
  }
  if (isStarting(context)) {
    await Promise.race([context.ready, passed(STARTING_MS)]);
  }
  if (context.hasNoKernel && !context.isDisposed) {
    const shouldSelect = await context.startKernel();
    if (shouldSelect && dialogs) {
      await dialogs.selectKernel(context);
    }
  }
  return context.hasNoKernel ? 'no' : 'yes';
}

function isStarting(context: ISessionContext): boolean {
  const status = context.kernelDisplayStatus;
  return (
    status === 'initializing' || (status === 'starting' && !context.isReady)
  );
}

function passed(ms: number): Promise<void> {
  return new Promise(resolve => {
    window.setTimeout(resolve, ms);
  });
}
