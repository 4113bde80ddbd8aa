// The people of a notebook, as a row of avatars in its toolbar.

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { HoverCard } from '../ui/hovercard';
import { Popover } from '../ui/popover';
import { Avatar, PersonLine } from './card';
import type { IPresentPerson } from './model';
import type { NotebookPeople } from './notebookpeople';
import { PeopleList } from './peoplelist';
import { nameOf } from './words';

/**
 * More people than this collapse into a number.
 */
const SHOWN = 3;

/**
 * Everybody in the notebook, from two people on; nothing for somebody who is alone.
 */
export class PeopleWidget extends ReactWidget {
  /**
   * @param share - invites others; null where there is no way to.
   */
  constructor(
    notebook: NotebookPeople,
    trans: TranslationBundle,
    share: () => (() => void) | null
  ) {
    super();
    this._share = share;
    this._notebook = notebook;
    this._trans = trans;
    this.addClass('jp-Anode-people');
    notebook.model.changed.connect(this._onChanged, this);
    notebook.journey.changed.connect(this._onJourney, this);
    this._onChanged();
  }

  /**
   * Open the list of people, or close it when it is open.
   */
  toggleList(): void {
    this._card.leave();
    if (this._popover && !this._popover.isDisposed) {
      this._popover.dispose();
      return;
    }
    const anchor = this.node.querySelector('button');
    if (!anchor) {
      return;
    }
    const close = (): void => this._popover?.dispose();
    this._popover = new Popover({
      anchor,
      bar: this._notebook.panel.toolbar.node,
      body: new PeopleList(this._notebook, this._trans, close, this._share()),
      label: this._trans.__('People in this notebook')
    });
    this._popover.launch();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._card.leave();
      this._popover?.dispose();
      super.dispose();
    }
  }

  protected override render(): React.ReactElement | null {
    const { people } = this._notebook.model;
    if (people.length < 2) {
      return null;
    }
    const trans = this._trans;
    const shown = people.length === SHOWN + 1 ? people : people.slice(0, SHOWN);
    const rest = people.slice(shown.length);
    const names = people.map(person => nameOf(person, trans)).join(', ');
    const followed = this._notebook.journey.followed?.username;
    return (
      <>
        <button
          className="jp-Anode-people-button"
          aria-haspopup="dialog"
          aria-expanded="false"
          aria-label={trans.__('%1 people are here: %2', people.length, names)}
          onClick={() => this.toggleList()}
          onPointerLeave={() => this._card.leave()}
        >
          {shown.map(person => (
            <Avatar
              key={person.username}
              person={person}
              isFollowed={person.username === followed}
              onPointerEnter={event => this._showCard(event, person)}
            />
          ))}
          {rest.length > 0 && (
            <span
              className="jp-Anode-avatar jp-mod-rest"
              title={rest.map(person => person.name).join('\n')}
              aria-hidden="true"
              onPointerEnter={() => this._card.leave()}
            >
              <span>+{rest.length}</span>
            </span>
          )}
        </button>
        <span className="jp-Anode-spoken" role="status">
          {this._spoken}
        </span>
      </>
    );
  }

  private _showCard(
    event: React.PointerEvent<HTMLElement>,
    person: IPresentPerson
  ): void {
    if (event.pointerType !== 'mouse') {
      return;
    }
    const { indexOf } = this._notebook;
    this._card.enter(event.currentTarget, () =>
      ReactWidget.create(
        <div className="jp-Anode-person">
          <PersonLine
            person={person}
            index={indexOf.call(this._notebook, person.cell)}
            trans={this._trans}
          />
        </div>
      )
    );
  }

  private _onJourney(): void {
    const { followed } = this._notebook.journey;
    const trans = this._trans;
    this._spoken = followed
      ? trans.__(
          'Following %1. A key or a click in the notebook ends it.',
          followed.name
        )
      : trans.__('Following nobody.');
    this.update();
  }

  private _onChanged(): void {
    const { length } = this._notebook.model.people;
    this.setHidden(length < 2);
    if (length < 2) {
      this._card.leave();
      this._popover?.dispose();
    }
    this.update();
  }

  private readonly _notebook: NotebookPeople;
  private readonly _trans: TranslationBundle;
  private readonly _share: () => (() => void) | null;
  private readonly _card = new HoverCard();
  private _popover: Popover | null = null;
  private _spoken = '';
}
