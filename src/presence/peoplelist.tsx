// The people of one notebook as a list, with the ways to them.

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Poll } from '@lumino/polling';
import * as React from 'react';

import { PersonLine } from './card';
import type { NotebookPeople } from './notebookpeople';

/**
 * How often what it says about times is made true again.
 */
const MINUTE_MS = 60_000;

/**
 * The lines of all people of a notebook.
 */
export function PeopleLines(props: {
  notebook: NotebookPeople;
  trans: TranslationBundle;

  /**
   * Told after somebody was gone to or followed.
   */
  onDone?: () => void;
}): React.ReactElement {
  const { notebook, trans, onDone } = props;
  const { people } = notebook.model;
  const followed = notebook.journey.followed?.username;
  const actions = {
    goTo: (person: (typeof people)[number]) => {
      void notebook.journey.goTo(person);
      onDone?.();
    },
    toggleFollow: (person: (typeof people)[number]) => {
      if (followed === person.username) {
        notebook.journey.stop();
      } else {
        notebook.journey.follow(person);
      }
      onDone?.();
    }
  };
  return (
    <ul className="jp-Anode-person-list">
      {people.map(person => (
        <li className="jp-Anode-person" key={person.username}>
          <PersonLine
            person={person}
            index={notebook.indexOf(person.cell)}
            isFollowed={person.username === followed}
            actions={actions}
            trans={trans}
          />
        </li>
      ))}
    </ul>
  );
}

/**
 * The list that hangs below the avatars of a notebook.
 */
export class PeopleList extends ReactWidget {
  constructor(
    private readonly _notebook: NotebookPeople,
    private readonly _trans: TranslationBundle,
    private readonly _onDone: () => void,
    private readonly _share: (() => void) | null
  ) {
    super();
    this.addClass('jp-Anode-person-popover');
    _notebook.model.changed.connect(this._refresh, this);
    _notebook.journey.changed.connect(this._refresh, this);
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._ageing = new Poll({
      factory: () => {
        this.update();
        return Promise.resolve();
      },
      frequency: { interval: MINUTE_MS, backoff: false },
      standby: 'when-hidden'
    });
  }

  protected override onBeforeDetach(msg: Message): void {
    this._ageing?.dispose();
    super.onBeforeDetach(msg);
  }

  protected override render(): React.ReactElement {
    const trans = this._trans;
    const count = this._notebook.model.people.length;
    return (
      <>
        <h3>
          {trans._n('%1 person is here', '%1 people are here', count, count)}
        </h3>
        <PeopleLines
          notebook={this._notebook}
          trans={trans}
          onDone={this._onDone}
        />
        {this._share && (
          <div className="jp-Anode-person-share">
            <button
              className="jp-mod-styled jp-mod-minimal"
              onClick={this._share}
            >
              {trans.__('Copy link to notebook')}
            </button>
          </div>
        )}
      </>
    );
  }

  private _refresh(): void {
    this.update();
  }

  private _ageing: Poll | null = null;
}
