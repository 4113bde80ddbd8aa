// The session of a notebook that was opened without the server: it begins when the server is there.

import type { ISessionContext } from '@jupyterlab/apputils';
import type { Session } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { INotebookConnection } from '../tokens';

/**
 * JupyterLab starts a kernel for a notebook that it opens, and shows a dialog when it cannot. Without
 * the server it is told not to; when the server is back, the notebook is attached to the kernel that
 * it has there. Where it has none, the first run starts one.
 */
export class LateSession implements IDisposable {
  constructor(
    private readonly _connection: INotebookConnection,
    private readonly _context: ISessionContext,
    private readonly _sessions: Pick<Session.IManager, 'findByPath'>
  ) {
    _connection.syncChanged.connect(this._look, this);
    this._look();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  private _look(): void {
    const { kind } = this._connection.sync;
    const context = this._context;
    if (kind === 'offline' && !context.isReady && !this._wasAway) {
      this._wasAway = true;
      this._shouldStart = context.kernelPreference.shouldStart;
      this._prefer(false);
    } else if (kind === 'saved' && this._wasAway) {
      this._wasAway = false;
      this._attach().catch((error: unknown) => {
        console.warn("anode: the notebook's kernel was not attached", error);
      });
    }
  }

  private async _attach(): Promise<void> {
    const context = this._context;
    await context.ready;
    if (context.isDisposed) {
      return;
    }
    this._prefer(this._shouldStart);
    const model = await this._sessions.findByPath(context.path);
    if (model?.kernel && !context.isDisposed && !context.session?.kernel) {
      await context.changeKernel({ id: model.kernel.id });
    }
  }

  private _prefer(shouldStart: boolean | undefined): void {
    const context = this._context;
    context.kernelPreference = { ...context.kernelPreference, shouldStart };
  }

  private _wasAway = false;
  private _shouldStart: boolean | undefined;
  private _isDisposed = false;
}
