// What follows many signals and shows all that changed in one frame of the screen together.

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

/**
 * Shows something anew with the next frame of the screen, once however often it was asked for.
 */
export abstract class ShownInFrames implements IDisposable {
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      cancelAnimationFrame(this._frame);
      Signal.clearData(this);
    }
  }

  protected abstract show(): void;

  /**
   * Something changed; to be connected to signals.
   */
  protected later(): void {
    if (this._frame === 0 && !this._isDisposed) {
      this._frame = requestAnimationFrame(() => {
        this._frame = 0;
        this.show();
      });
    }
  }

  private _frame = 0;
  private _isDisposed = false;
}
