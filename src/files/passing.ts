// A notification that leaves the screen by itself, and stays in the notification center.

import { Notification } from '@jupyterlab/apputils';

/**
 * How long it is on the screen.
 */
export const SHOWN_MS = 20_000;

/**
 * So often it is looked at whether it is on the screen, and whether a person has to do with it.
 */
const LOOK_MS = 1_000;

/**
 * After so long it is given up that it comes to the screen: people can switch that off.
 */
export const NOT_SHOWN_MS = 60_000;

/**
 * JupyterLab closes a notification when an animation of its ends. On a busy machine the browser
 * tells the end of that animation as soon as it begins, and the notification is gone before
 * anybody has read it. So this one has a clock of its own, which counts the seconds in which it can be
 * seen: on such a machine it also takes long to appear, and a laptop may be closed meanwhile.
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
    this._left = SHOWN_MS;
    this._waited = 0;
    this._look(() => {
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

  private _look(pass: () => void): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      if (!this.isThere) {
        return;
      }
      const node = document.getElementById(this._id);
      this._waited += LOOK_MS;
      if (node !== null && document.visibilityState !== 'hidden') {
        this._left -= LOOK_MS;
      }
      const isTouched = node?.matches(':hover, :focus-within') ?? false;
      const isOver = node
        ? this._left <= 0 && !isTouched
        : this._left < SHOWN_MS || this._waited >= NOT_SHOWN_MS;
      if (isOver) {
        pass();
      } else {
        this._look(pass);
      }
    }, LOOK_MS);
  }

  private _id = '';

  /**
   * How much longer it is to be seen.
   */
  private _left = 0;

  /**
   * How long it has been there, seen or not.
   */
  private _waited = 0;
  private _timer: number | undefined;
}
