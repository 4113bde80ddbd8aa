// A place for keys that were meant for an editor which is gone: no shortcut hears them there.

import type { IDisposable } from '@lumino/disposable';

/**
 * Who types on after the cell is gone notices within this time.
 */
const NOTICED_MS = 1_200;

/**
 * A text field that nobody sees, outside of what JupyterLab's shortcuts look at.
 */
export class KeyRest implements IDisposable {
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Take the keyboard.
   *
   * @param host - what the keyboard was in.
   */
  begin(host: HTMLElement): void {
    if (this._isDisposed) {
      return;
    }
    window.clearTimeout(this._timer);
    const field = this._field;
    field.value = '';
    if (!field.isConnected) {
      document.body.append(field);
    }
    const { left, top } = host.getBoundingClientRect();
    field.style.left = `${left}px`;
    field.style.top = `${top}px`;
    field.focus({ preventScroll: true });
  }

  /**
   * Give the keyboard back.
   *
   * @returns what was typed.
   */
  end(): string {
    window.clearTimeout(this._timer);
    const typed = this._field.value;
    this._field.remove();
    return typed;
  }

  /**
   * Give the keyboard back when nobody can type on by mistake any more; what was typed is dropped.
   *
   * @param then - called if the keyboard was still here.
   */
  endSoon(then: () => void): void {
    this._timer = window.setTimeout(() => {
      const wasHere = document.activeElement === this._field;
      this.end();
      if (wasHere) {
        then();
      }
    }, NOTICED_MS);
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
