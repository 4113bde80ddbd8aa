// How long copies are kept in this browser: what the person chose, or what fits the server.

import { PageConfig } from '@jupyterlab/coreutils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { CopyPolicy } from '../sync/copystore';
import { within } from '../sync/timers';
import type { ITimers } from '../sync/timers';

/**
 * The plugin that has the setting.
 */
export const COPIES_PLUGIN = 'anode-jlab:local-copies';

/**
 * Opening a notebook does not wait longer than this for the setting.
 */
const SETTING_MS = 2_000;

const POLICIES: readonly string[] = ['off', 'tab', 'reload'];

/**
 * Under JupyterHub a browser is more likely to be shared.
 */
function fitting(): CopyPolicy {
  return PageConfig.getOption('hubPrefix') === '' ? 'reload' : 'tab';
}

/**
 * Follows the setting.
 */
export class CopyPolicySetting {
  constructor(settings: ISettingRegistry | null, timers: ITimers) {
    const load = settings?.load(COPIES_PLUGIN) ?? Promise.reject(new Error());
    const late = () => new Error('The settings do not come.');
    this._value = within(load, timers, SETTING_MS, late).then(
      setting => {
        setting.changed.connect(this._onChanged, this);
        return chosen(setting);
      },
      () => fitting()
    );
  }

  /**
   * Emitted with the new policy.
   */
  get changed(): ISignal<this, CopyPolicy> {
    return this._changed;
  }

  value(): Promise<CopyPolicy> {
    return this._value;
  }

  private _onChanged(setting: ISettingRegistry.ISettings): void {
    const policy = chosen(setting);
    this._value = Promise.resolve(policy);
    this._changed.emit(policy);
  }

  private _value: Promise<CopyPolicy>;
  private readonly _changed = new Signal<this, CopyPolicy>(this);
}

function chosen(setting: ISettingRegistry.ISettings): CopyPolicy {
  const value = setting.get('keep').composite;
  return typeof value === 'string' && POLICIES.includes(value)
    ? (value as CopyPolicy)
    : fitting();
}
