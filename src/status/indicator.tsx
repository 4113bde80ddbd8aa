// The one word in the notebook's toolbar that says how one's work stands.

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { ISyncState, SyncKind } from '../tokens';
import { Popover } from '../ui/popover';
import { exact } from '../ui/times';
import type { ISyncActions } from './details';
import { SyncDetails } from './details';
import type { SyncModel } from './model';
import { meaning, phrase, word } from './words';

/**
 * States that come and go with every keystroke: screen readers are not told.
 */
const QUIET: ReadonlySet<SyncKind> = new Set(['saved', 'saving', 'syncing']);

/**
 * The sync state of one notebook: a word, its meaning on hover, its details on click.
 *
 * The node carries the exact state as `data-anode-sync`.
 */
export class SyncIndicator extends ReactWidget {
  /**
   * @param toolbar - the toolbar that it is made for.
   */
  constructor(
    model: SyncModel,
    actions: ISyncActions,
    toolbar: HTMLElement,
    trans: TranslationBundle
  ) {
    super();
    this._model = model;
    this._actions = actions;
    this._toolbar = toolbar;
    this._trans = trans;
    this.addClass('jp-Anode-sync');
    model.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  /**
   * Open the details, or close them when they are open.
   */
  toggleDetails(): void {
    if (this._popover && !this._popover.isDisposed) {
      this._popover.dispose();
      return;
    }
    const anchor = this.node.querySelector('button');
    if (!anchor) {
      return;
    }
    this._popover = new Popover({
      anchor,
      bar: this._toolbar,
      body: new SyncDetails(this._model, this._actions, this._trans),
      label: this._trans.__('Sync state')
    });
    this._popover.launch();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._popover?.dispose();
    this._model.dispose();
    super.dispose();
  }

  protected override onUpdateRequest(msg: Message): void {
    super.onUpdateRequest(msg);
    if (this._popover && !this._popover.isDisposed) {
      this._popover.place();
    }
  }

  protected override render(): React.ReactElement | null {
    const state = this._model.calmState;
    if (!state) {
      return null;
    }
    return (
      <>
        {this._button(state)}
        <span className="jp-Anode-spoken" role="status">
          {this._spoken}
        </span>
      </>
    );
  }

  private _button(state: ISyncState): React.ReactElement {
    const trans = this._trans;
    const text = phrase(state, trans);
    const first = word(state, trans);
    const cut = text.startsWith(first) ? first.length : text.length;
    const lastAck =
      state.lastAck === null
        ? ''
        : '\n' + trans.__('Last change stored: %1', exact(state.lastAck));
    return (
      <button
        className="jp-Anode-sync-button"
        data-kind={state.kind}
        aria-haspopup="dialog"
        aria-expanded="false"
        aria-label={trans.__('Sync state: %1', text)}
        title={meaning(state, trans) + lastAck}
        onClick={() => this.toggleDetails()}
      >
        <span className="jp-Anode-sync-dot" aria-hidden="true" />
        <span className="jp-Anode-sync-text">
          {text.slice(0, cut)}
          <span className="jp-Anode-sync-rest">{text.slice(cut)}</span>
        </span>
      </button>
    );
  }

  private _onChanged(): void {
    const state = this._model.state;
    if (state) {
      this.node.dataset['anodeSync'] = state.label;
    } else {
      delete this.node.dataset['anodeSync'];
    }
    this._speak();
    this.update();
  }

  /**
   * Choose what the live region says: what is wrong, and once that it is well again.
   */
  private _speak(): void {
    const state = this._model.calmState;
    if (!state) {
      this._spoken = '';
    } else if (!QUIET.has(state.kind)) {
      const trans = this._trans;
      this._spoken = `${phrase(state, trans)}. ${meaning(state, trans)}`;
    } else if (state.kind === 'saved' && this._spoken) {
      this._spoken = phrase(state, this._trans);
    }
  }

  private readonly _model: SyncModel;
  private readonly _actions: ISyncActions;
  private readonly _toolbar: HTMLElement;
  private readonly _trans: TranslationBundle;
  private _popover: Popover | null = null;
  private _spoken = '';
}
