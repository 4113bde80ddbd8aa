// Whether notebooks show which of their cells the assistant sees: one switch for the whole page.

import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

/**
 * The switch.
 */
export class ContextMode {
  get isOn(): boolean {
    return this._isOn;
  }

  set isOn(isOn: boolean) {
    if (isOn !== this._isOn) {
      this._isOn = isOn;
      this._changed.emit();
    }
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  private readonly _changed = new Signal<this, void>(this);
  private _isOn = false;
}
