// The kernel of a notebook in its toolbar: a dot, its name, and how it is. A click opens a menu.

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Menu } from '@lumino/widgets';
import * as React from 'react';

import type { RuntimeKind, RuntimeModel } from './model';
import { stateMeaning, stateWord } from './words';

/**
 * States that come and go with every run: screen readers are not told.
 */
const QUIET: ReadonlySet<RuntimeKind> = new Set(['idle', 'busy', 'none']);

/**
 * The pill of one notebook.
 */
export class RuntimePill extends ReactWidget {
  /**
   * @param _menu - makes the menu of what can be done.
   */
  constructor(
    private readonly _model: RuntimeModel,
    private readonly _menu: () => Menu,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Anode-runtime');
    _model.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._model.dispose();
      super.dispose();
    }
  }

  protected override render(): React.ReactElement {
    const { view } = this._model;
    const trans = this._trans;
    const state = stateWord(view, trans);
    const name = view.kernel === '' ? trans.__('No kernel') : view.kernel;
    const rest = view.kernel === '' ? '' : ` · ${state}`;
    return (
      <>
        <button
          className="jp-Anode-runtime-button"
          data-kind={view.kind}
          aria-haspopup="menu"
          aria-label={trans.__('Kernel: %1', name + rest)}
          title={`${name}${rest}\n${stateMeaning(view, trans)}`}
          onClick={event => this._open(event.currentTarget)}
        >
          <span className="jp-Anode-runtime-dot" aria-hidden="true" />
          <span className="jp-Anode-runtime-name">{name}</span>
          <span className="jp-Anode-runtime-state">{rest}</span>
        </button>
        <span className="jp-Anode-spoken" role="status">
          {this._spoken}
        </span>
      </>
    );
  }

  private _open(button: HTMLElement): void {
    const { left, bottom } = button.getBoundingClientRect();
    this._menu().open(left, bottom);
  }

  private _onChanged(): void {
    const { view } = this._model;
    this.node.dataset['anodeRuntime'] = view.kind;
    if (!QUIET.has(view.kind)) {
      this._spoken = `${view.kernel}: ${stateWord(view, this._trans)}`;
    } else if (view.kind === 'idle' && this._spoken !== '') {
      this._spoken = `${view.kernel}: ${stateWord(view, this._trans)}`;
    }
    this.update();
  }

  private _spoken = '';
}
