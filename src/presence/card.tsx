// One person: their picture or letters, and a line that says who they are and what they do.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import { codeIcon, kernelIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { assistantIcon } from '../ui/icons';
import { exact } from '../ui/times';
import type { IPresentPerson } from './model';
import type { IPerson, PersonKind } from './person';
import { inkOn } from './person';
import { doingOf, kindOf, nameOf, sinceOf } from './words';

const KIND_ICONS: Readonly<Record<PersonKind, LabIcon | null>> = {
  human: null,
  assistant: assistantIcon,
  runtime: kernelIcon,
  api: codeIcon
};

/**
 * A round picture of somebody, or their letters on their colour. It says nothing to a screen reader:
 * the name stands beside it, or on what it is in.
 */
export function Avatar(props: {
  person: IPerson;
  isFollowed?: boolean;
  onPointerEnter?: (event: React.PointerEvent<HTMLElement>) => void;
}): React.ReactElement {
  const { person, isFollowed, onPointerEnter } = props;
  const icon = KIND_ICONS[person.kind];
  return (
    <span
      className={`jp-Anode-avatar${isFollowed ? ' jp-mod-followed' : ''}`}
      style={{ backgroundColor: person.color, color: inkOn(person.color) }}
      aria-hidden="true"
      onPointerEnter={onPointerEnter}
    >
      {person.avatarUrl ? (
        <img src={person.avatarUrl} alt="" referrerPolicy="no-referrer" />
      ) : (
        <span>{person.initials}</span>
      )}
      {icon && (
        <icon.react tag="span" className="jp-Anode-avatar-kind" width="10px" />
      )}
    </span>
  );
}

/**
 * What a person's line can do.
 */
export interface IPersonActions {
  goTo(person: IPresentPerson): void;

  /**
   * Follow somebody, or nobody any more.
   */
  toggleFollow(person: IPresentPerson): void;
}

/**
 * A line of a list of people.
 */
export function PersonLine(props: {
  person: IPresentPerson;

  /**
   * The place of their cell in the notebook, from 0; -1 when it is not there.
   */
  index: number;
  isFollowed?: boolean;
  actions?: IPersonActions;
  trans: TranslationBundle;
}): React.ReactElement {
  const { person, index, isFollowed = false, actions, trans } = props;
  const name = nameOf(person, trans);
  const since = sinceOf(person, Date.now(), trans);
  const kind = kindOf(person.kind, trans);
  return (
    <>
      <Avatar person={person} isFollowed={isFollowed} />
      <div className="jp-Anode-person-text">
        <div className="jp-Anode-person-name" title={name} dir="auto">
          {name}
        </div>
        <div className="jp-Anode-person-doing">
          {kind && <span>{kind}</span>}
          <span>{doingOf(person, index, trans)}</span>
          {since && (
            <span title={person.since === null ? '' : exact(person.since)}>
              {since}
            </span>
          )}
        </div>
      </div>
      {actions && !person.isSelf && person.cell !== null && (
        <div className="jp-Anode-person-actions">
          <button
            className="jp-mod-styled jp-mod-minimal"
            aria-label={trans.__('Go to %1', person.name)}
            onClick={() => actions.goTo(person)}
          >
            {trans.__('Go to')}
          </button>
          <button
            className="jp-mod-styled jp-mod-minimal"
            aria-label={trans.__('Follow %1', person.name)}
            aria-pressed={isFollowed}
            onClick={() => actions.toggleFollow(person)}
          >
            {isFollowed ? trans.__('Following') : trans.__('Follow')}
          </button>
        </div>
      )}
    </>
  );
}
