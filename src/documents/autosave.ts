// JupyterLab's autosave setting, in time for the first notebook that opens.

import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { ITimers } from '../sync/timers';

/**
 * Where JupyterLab keeps the setting.
 */
const PLUGIN = '@jupyterlab/docmanager-extension:plugin';

/**
 * Opening a notebook does not wait longer than this for the setting.
 */
const SETTING_MS = 2_000;

/**
 * Whether files are to be written without being asked.
 */
export class Autosave {
  constructor(
    manager: IDocumentManager | null,
    settings: ISettingRegistry | null,
    timers: ITimers
  ) {
    // The document manager learns the setting only after the first notebooks begin to open.
    const setting = settings?.load(PLUGIN).then(
      plugin => plugin.get('autosave').composite !== false,
      () => true
    );
    const late = new Promise<boolean>(resolve => {
      timers.after(SETTING_MS, () => resolve(manager?.autosave ?? true));
    });
    this._value = Promise.race([setting ?? late, late]);
    manager?.stateChanged.connect((_, change) => {
      if (change.name === 'autosave') {
        void this._change(change.newValue === true);
      }
    }, this);
  }

  /**
   * The setting changed.
   */
  get changed(): ISignal<this, boolean> {
    return this._changed;
  }

  /**
   * The setting.
   */
  value(): Promise<boolean> {
    return this._value;
  }

  private async _change(value: boolean): Promise<void> {
    const before = await this._value;
    this._value = Promise.resolve(value);
    if (value !== before) {
      this._changed.emit(value);
    }
  }

  private _value: Promise<boolean>;
  private readonly _changed = new Signal<this, boolean>(this);
}
