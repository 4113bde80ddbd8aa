// The people of all open notebooks, in one side panel.

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, usersIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Poll } from '@lumino/polling';
import * as React from 'react';

import type { NotebookPeople } from './notebookpeople';
import type { OpenPeople } from './openpeople';
import { PeopleLines } from './peoplelist';

/**
 * How often what it says about times is made true again.
 */
const MINUTE_MS = 60_000;

/**
 * The panel. It is empty as long as one is alone in every notebook, and says so.
 */
export class PeoplePanel extends ReactWidget {
  /**
   * @param _activate - brings a notebook to the front.
   */
  constructor(
    private readonly _open: OpenPeople,
    private readonly _activate: (notebook: NotebookPeople) => void,
    private readonly _share: () => (() => void) | null,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.id = 'anode-people';
    this.addClass('jp-Anode-people-panel');
    this.title.icon = usersIcon;
    this.title.caption = _trans.__('People');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', _trans.__('People'));
    _open.changed.connect(this._refresh, this);
  }

  override dispose(): void {
    this._ageing?.dispose();
    super.dispose();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._ageing ??= new Poll({
      factory: () => {
        this.update();
        return Promise.resolve();
      },
      frequency: { interval: MINUTE_MS, backoff: false },
      standby: () => !this.isVisible
    });
    this.update();
  }

  protected override render(): React.ReactElement {
    const trans = this._trans;
    const inhabited = this._open.notebooks.filter(
      ({ model }) => model.isShared
    );
    const share = this._share();
    return (
      <>
        {inhabited.map(notebook => (
          <section key={notebook.panel.id}>
            <h3>
              <button
                className="jp-Anode-people-notebook"
                title={notebook.panel.context.path}
                onClick={() => this._activate(notebook)}
              >
                {notebook.panel.title.label}
              </button>
            </h3>
            <PeopleLines
              notebook={notebook}
              trans={trans}
              onDone={() => this._activate(notebook)}
            />
          </section>
        ))}
        {inhabited.length === 0 && (
          <div className="jp-Anode-people-empty">
            <p>
              {trans.__(
                'You are alone in your notebooks. Whoever opens one of them shows here.'
              )}
            </p>
            {share && (
              <button className="jp-mod-styled jp-mod-accept" onClick={share}>
                {trans.__('Copy link to notebook')}
              </button>
            )}
          </div>
        )}
      </>
    );
  }

  private _refresh(): void {
    if (this.isVisible) {
      this.update();
    }
  }

  private _ageing: Poll | null = null;
}
