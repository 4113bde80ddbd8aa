// A notification that leaves the screen by itself, and stays in the notification center.

import { Notification } from '@jupyterlab/apputils';

/**
 * How long it is on the screen.
 */
export const SHOWN_MS = 20_000;

/**
 * After its time it is looked at so often whether a person still has to do with it.
 */
const LOOK_MS = 1_000;

/**
 * JupyterLab closes a notification when an animation of its ends. On a busy machine the browser
 * tells the end of that animation as soon as it begins, and the notification is gone before
 * anybody has read it. So this one has a clock of its own.
 */
export class PassingNotification {
  /**
   * Whether it is on the screen or in the notification center.
   */
  get isThere(): boolean {
    return this._id !== '' && Notification.manager.has(this._id);
  }

  /**
   * Bring it to the screen, with these words from now on.
   */
  show(message: string, actions: Notification.IAction[]): void {
    const options = { autoClose: false as const, actions };
    if (this.isThere) {
      Notification.update({ id: this._id, message, ...options });
    } else {
      this._id = Notification.info(message, options);
    }
    this._begin(SHOWN_MS, () => {
      // Silent: JupyterLab shows it in the notification center only.
      Notification.dismiss(this._id);
      this._id = Notification.info(message, { autoClose: 0, actions });
    });
  }

  /**
   * Take it away altogether.
   */
  dismiss(): void {
    window.clearTimeout(this._timer);
    if (this.isThere) {
      Notification.dismiss(this._id);
    }
    this._id = '';
  }

  private _begin(wait: number, pass: () => void): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      if (!this.isThere) {
        return;
      }
      if (this._isInUse) {
        this._begin(LOOK_MS, pass);
      } else {
        pass();
      }
    }, wait);
  }

  /**
   * Whether somebody points at it, is on one of its buttons, or cannot have seen it yet.
   */
  private get _isInUse(): boolean {
    const node = document.getElementById(this._id);
    const isTouched = node?.matches(':hover, :focus-within') ?? false;
    return isTouched || document.visibilityState === 'hidden';
  }

  private _id = '';
  private _timer: number | undefined;
}
