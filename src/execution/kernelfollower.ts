// Keeps JupyterLab's session of a notebook on the kernel that the notebook's runs go to.

import type { ISessionContext } from '@jupyterlab/apputils';
import type { ServiceManager } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { ITimers } from '../sync/timers';
import type { INotebookConnection } from '../tokens';

/**
 * After this time the server knows what JupyterLab did with the kernel (changed it, ended it): it
 * looks every 2 s.
 */
const KNOWN_MS = 4_000;

/**
 * What is asked of the server.
 */
export interface IServices {
  kernels: Pick<ServiceManager.IManager['kernels'], 'findById'>;
  sessions: Pick<ServiceManager.IManager['sessions'], 'refreshRunning'>;
}

/**
 * Follows the runtime of one notebook. JupyterLab's session is on the same kernel nearly always: it
 * started that kernel, or found it. They differ when two pages open at once and start one each, or
 * when the kernel was started by another person while this page had none.
 */
export class KernelFollower implements IDisposable {
  constructor(
    private readonly _connection: INotebookConnection,
    private readonly _context: ISessionContext,
    private readonly _services: IServices,
    private readonly _timers: ITimers
  ) {
    _connection.runs.changed.connect(this._look, this);
    _context.kernelChanged.connect(this._look, this);
    this._look();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._timer?.dispose();
      Signal.clearData(this);
    }
  }

  /**
   * The kernel that JupyterLab's session should be on and is not; null when all is well.
   */
  private get _wanted(): string | null {
    const { session } = this._connection.runs;
    const context = this._context;
    if (
      !session ||
      session.endedAt !== null ||
      !context.isReady ||
      context.isDisposed ||
      context.isRestarting ||
      context.isTerminating
    ) {
      return null;
    }
    const { kernelId } = session;
    return context.session?.kernel?.id === kernelId ? null : kernelId;
  }

  private _look(): void {
    const wanted = this._wanted;
    if (wanted === this._seen) {
      return;
    }
    this._seen = wanted;
    this._timer?.dispose();
    this._timer = null;
    if (wanted !== null) {
      this._timer = this._timers.after(KNOWN_MS, () => {
        this._seen = null;
        if (wanted === this._wanted) {
          void this._follow(wanted);
        }
      });
    }
  }

  /**
   * A notebook that was taken over from another server may still name a kernel of that one. And the
   * page may still have a session of a server that was started again since: it cannot be changed,
   * and JupyterLab lets go of it once it has looked which there are.
   */
  private async _follow(id: string): Promise<void> {
    const { kernels, sessions } = this._services;
    try {
      if (await kernels.findById(id)) {
        await sessions.refreshRunning();
        if (id === this._wanted) {
          await this._context.changeKernel({ id });
        }
      }
    } catch (error) {
      console.warn("anode: the notebook's kernel was not attached", error);
    }
  }

  private _timer: IDisposable | null = null;
  private _seen: string | null = null;
  private _isDisposed = false;
}
