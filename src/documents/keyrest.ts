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
   * @param host - what the keyboard was in; it may not take it back by itself.
   * @param onLeave - called with what was typed when the person takes the keyboard elsewhere.
   */
  begin(host: HTMLElement, onLeave: (typed: string) => void): void {
    const field = this._field;
    if (this._isDisposed || this.isActive) {
      return;
    }
    this._host = host;
    this._onLeave = onLeave;
    document.addEventListener('pointerdown', this, true);
    document.addEventListener('focusin', this);
    field.addEventListener('keydown', this);
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
    document.removeEventListener('pointerdown', this, true);
    document.removeEventListener('focusin', this);
    this._field.removeEventListener('keydown', this);
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

  handleEvent(event: Event): void {
    switch (event.type) {
      case 'pointerdown':
        this._leave();
        break;
      case 'keydown':
        if (['Tab', 'Escape'].includes((event as KeyboardEvent).key)) {
          this._leave();
          this._host?.focus();
        }
        break;
      case 'focusin':
        this._keep(event.target as Node);
        break;
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.end();
    }
  }

  private _leave(): void {
    this._onLeave?.(this.end());
  }

  /**
   * Something took the keyboard: the host did by itself, anything else is the person's doing.
   */
  private _keep(taker: Node): void {
    if (taker === this._field) {
      return;
    }
    if (this._host?.contains(taker)) {
      this._field.focus({ preventScroll: true });
    } else {
      this._leave();
    }
  }

  private readonly _field = makeField();
  private _host: HTMLElement | null = null;
  private _onLeave: ((typed: string) => void) | null = null;
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
