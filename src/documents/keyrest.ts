// A place for keys that were meant for an editor which is gone: no shortcut hears them there.

import type { IDisposable } from '@lumino/disposable';

/**
 * Who types on after the cell is gone has noticed when no key came for so long.
 */
const QUIET_MS = 1_200;

/**
 * A text field that nobody sees, outside of what JupyterLab's shortcuts look at.
 */
export class KeyRest implements IDisposable {
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Whether the keyboard is here.
   */
  get isActive(): boolean {
    return this._field.isConnected;
  }

  /**
   * Take the keyboard, unless it is here already.
   *
   * @param host - what the keyboard was in.
   */
  begin(host: HTMLElement): void {
    const field = this._field;
    if (this._isDisposed || this.isActive) {
      return;
    }
    field.value = '';
    const { left, top } = host.getBoundingClientRect();
    field.style.left = `${left}px`;
    field.style.top = `${top}px`;
    document.body.append(field);
    field.focus({ preventScroll: true });
  }

  /**
   * Give the keyboard back.
   *
   * @returns what was typed.
   */
  end(): string {
    window.clearTimeout(this._timer);
    this._field.oninput = null;
    const typed = this.isActive ? this._field.value : '';
    this._field.remove();
    return typed;
  }

  /**
   * Give the keyboard back when no key comes any more; what was typed is dropped.
   *
   * @param then - called if the keyboard was still here.
   */
  endWhenQuiet(then: () => void): void {
    const wait = () => {
      window.clearTimeout(this._timer);
      this._timer = window.setTimeout(() => {
        const wasHere = document.activeElement === this._field;
        this.end();
        if (wasHere) {
          then();
        }
      }, QUIET_MS);
    };
    this._field.oninput = wait;
    wait();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.end();
    }
  }

  private readonly _field = makeField();
  private _timer = 0;
  private _isDisposed = false;
}

function makeField(): HTMLTextAreaElement {
  const field = document.createElement('textarea');
  field.className = 'jp-Anode-keyRest';
  field.tabIndex = -1;
  field.setAttribute('aria-hidden', 'true');
  // Keys typed here are nobody's shortcut.
  field.dataset.lmSuppressShortcuts = 'true';
  Object.assign(field.style, {
    position: 'fixed',
    width: '1px',
    height: '1px',
    opacity: '0',
    pointerEvents: 'none'
  });
  return field;
}
