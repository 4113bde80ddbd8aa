// The people of a notebook, as a row of avatars in its toolbar.

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IPresentPerson, PeopleModel } from './model';
import { inkOn } from './person';

/**
 * More people than this collapse into a number.
 */
const SHOWN = 3;

function Avatar(props: {
  person: IPresentPerson;
  trans: TranslationBundle;
}): React.ReactElement {
  const { person, trans } = props;
  const label = person.isSelf ? trans.__('%1 (you)', person.name) : person.name;
  return (
    <li
      className="jp-Anode-avatar"
      style={{ backgroundColor: person.color, color: inkOn(person.color) }}
      title={label}
      aria-label={label}
    >
      {person.avatarUrl ? (
        <img src={person.avatarUrl} alt="" />
      ) : (
        <span aria-hidden="true">{person.initials}</span>
      )}
    </li>
  );
}

/**
 * Everybody in the notebook, from two people on; nothing for somebody who is alone.
 */
export class PeopleWidget extends ReactWidget {
  constructor(model: PeopleModel, trans: TranslationBundle) {
    super();
    this._model = model;
    this._trans = trans;
    this.addClass('jp-Anode-people');
    model.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._model.dispose();
      super.dispose();
    }
  }

  protected override render(): React.ReactElement | null {
    const { people } = this._model;
    if (people.length < 2) {
      return null;
    }
    const trans = this._trans;
    const shown = people.length === SHOWN + 1 ? people : people.slice(0, SHOWN);
    const rest = people.slice(shown.length);
    return (
      <ul aria-label={trans.__('%1 people are here', people.length)}>
        {shown.map(person => (
          <Avatar key={person.username} person={person} trans={trans} />
        ))}
        {rest.length > 0 && (
          <li
            className="jp-Anode-avatar jp-mod-rest"
            title={rest.map(person => person.name).join('\n')}
            aria-label={rest.map(person => person.name).join(', ')}
          >
            <span aria-hidden="true">+{rest.length}</span>
          </li>
        )}
      </ul>
    );
  }

  private _onChanged(): void {
    this.setHidden(this._model.people.length < 2);
    this.update();
  }

  private readonly _model: PeopleModel;
  private readonly _trans: TranslationBundle;
}
