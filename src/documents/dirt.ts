// When JupyterLab asks before it closes a notebook, and when its tab shows a dot.

import type { IDisposable } from '@lumino/disposable';

import type { ITimers } from '../sync/timers';
import type { SharedRoot } from './root';

/**
 * Changes that become durable within this time leave the tab as it is: it would blink with every
 * keystroke.
 */
const CALM_MS = 1_000;

/**
 * The dirty mark of one notebook.
 *
 * With autosave it means: something is not durable yet, "Discard" may lose it. Without, it also
 * means: the file is behind, "Discard" leaves it so.
 */
export class DirtyMark implements IDisposable {
  constructor(
    private readonly _notebook: SharedRoot,
    private readonly _timers: ITimers
  ) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * @param isUnsaved - whether own changes are not known to be durable.
   * @param isBehind - whether the file waits for the person to save it.
   */
  set(isUnsaved: boolean, isBehind: boolean): void {
    if (this._isDisposed) {
      return;
    }
    if (!isUnsaved || isBehind) {
      this._wait?.dispose();
      this._wait = null;
      this._isLong = false;
    } else if (!this._wait) {
      this._wait = this._timers.after(CALM_MS, () => {
        this._isLong = true;
        this._notebook.setDirty(true);
      });
    }
    this._notebook.setDirty(isUnsaved || isBehind, isBehind || this._isLong);
  }

  dispose(): void {
    this._isDisposed = true;
    this._wait?.dispose();
  }

  private _wait: IDisposable | null = null;
  private _isLong = false;
  private _isDisposed = false;
}
