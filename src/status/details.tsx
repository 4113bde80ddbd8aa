// What hangs below the sync word: what is pending, since when, and what to do about it.

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { accountLine } from '../documents/tellmerged';
import type {
  ICondition,
  IMergeAccount,
  INotebookConnection,
  IRecoveredCopy,
  ISyncState
} from '../tokens';
import { Prose } from '../ui/prose';
import { ago, exact } from '../ui/times';
import type { SyncModel } from './model';
import { changes, meaning, whereKept, word } from './words';

/**
 * What the details can do.
 */
export interface ISyncActions {
  retry(connection: INotebookConnection): void;
  takeOver(connection: INotebookConnection): void;
  reload(connection: INotebookConnection): void;
  overwrite(connection: INotebookConnection): void;
  saveAgain(connection: INotebookConnection): void;
  copy(copy: IRecoveredCopy): void;
  forget(connection: INotebookConnection, copy: IRecoveredCopy): void;
}

function Line(props: {
  name: string;
  children: React.ReactNode;
}): React.ReactElement {
  return (
    <>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </>
  );
}

function Moment(props: {
  time: number;
  trans: TranslationBundle;
}): React.ReactElement {
  return (
    <time
      dateTime={new Date(props.time).toISOString()}
      title={exact(props.time)}
    >
      {ago(props.time, Date.now(), props.trans)}
    </time>
  );
}

function Facts(props: {
  state: ISyncState;
  merged: IMergeAccount | null;
  trans: TranslationBundle;
}): React.ReactElement {
  const { state, merged, trans } = props;
  return (
    <dl>
      {state.pending > 0 && (
        <Line name={trans.__('Not yet stored')}>
          {changes(state.pending, trans)}
        </Line>
      )}
      {state.kind !== 'saved' && state.since !== null && (
        <Line name={trans.__('Since')}>
          <Moment time={state.since} trans={trans} />
        </Line>
      )}
      {state.lastAck !== null && (
        <Line name={trans.__('Last change stored')}>
          <Moment time={state.lastAck} trans={trans} />
        </Line>
      )}
      {merged !== null && (
        <Line name={trans.__('Back from offline')}>
          {accountLine(merged, trans)}{' '}
          <Moment time={merged.time} trans={trans} />
        </Line>
      )}
    </dl>
  );
}

function Conditions(props: {
  conditions: readonly ICondition[];
}): React.ReactElement {
  return (
    <>
      {props.conditions.map(condition => (
        <div className="jp-Anode-sync-condition" key={condition.code}>
          <p>
            <Prose text={condition.message} />
          </p>
          {condition.hint && (
            <p>
              <Prose text={condition.hint} />
            </p>
          )}
        </div>
      ))}
    </>
  );
}

function Recovered(props: {
  connection: INotebookConnection;
  actions: ISyncActions;
  trans: TranslationBundle;
}): React.ReactElement {
  const { connection, actions, trans } = props;
  return (
    <>
      {connection.recovered.map(copy => (
        <div className="jp-Anode-sync-condition" key={copy.time}>
          <p>{copy.message}</p>
          <p>
            {whereKept(copy, trans)} <Moment time={copy.time} trans={trans} />
          </p>
          <div className="jp-Anode-sync-actions">
            <button
              className="jp-mod-styled jp-mod-accept"
              onClick={() => actions.copy(copy)}
            >
              {trans.__('Copy the text')}
            </button>
            <button
              className="jp-mod-styled jp-mod-reject"
              onClick={() => actions.forget(connection, copy)}
            >
              {trans.__('Remove')}
            </button>
          </div>
        </div>
      ))}
    </>
  );
}

function Buttons(props: {
  connection: INotebookConnection;
  actions: ISyncActions;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { connection, actions, trans } = props;
  const { action } = connection.sync;
  switch (action) {
    case 'retry':
    case 'take-over':
      return (
        <>
          <button
            className="jp-mod-styled jp-mod-accept"
            onClick={() => actions.retry(connection)}
          >
            {trans.__('Retry now')}
          </button>
          {action === 'take-over' && (
            <button
              className="jp-mod-styled jp-mod-warn"
              onClick={() => actions.takeOver(connection)}
            >
              {trans.__('Take over here')}
            </button>
          )}
        </>
      );
    case 'reload-or-overwrite':
      return (
        <>
          <button
            className="jp-mod-styled jp-mod-accept"
            onClick={() => actions.reload(connection)}
          >
            {trans.__('Reload the file')}
          </button>
          <button
            className="jp-mod-styled jp-mod-warn"
            onClick={() => actions.overwrite(connection)}
          >
            {trans.__('Overwrite the file')}
          </button>
        </>
      );
    case 'save-again':
      return (
        <button
          className="jp-mod-styled jp-mod-accept"
          onClick={() => actions.saveAgain(connection)}
        >
          {trans.__('Save again')}
        </button>
      );
    case 'reload-page':
      return (
        <button
          className="jp-mod-styled jp-mod-accept"
          onClick={() => window.location.reload()}
        >
          {trans.__('Reload the page')}
        </button>
      );
    default:
      return null;
  }
}

/**
 * The body of the popover.
 */
export class SyncDetails extends ReactWidget {
  constructor(
    model: SyncModel,
    actions: ISyncActions,
    trans: TranslationBundle
  ) {
    super();
    this._model = model;
    this._actions = actions;
    this._trans = trans;
    this.addClass('jp-Anode-sync-details');
    model.changed.connect(this._onChanged, this);
  }

  protected override render(): React.ReactElement | null {
    const connection = this._model.connection;
    const state = this._model.calmState;
    if (!connection || !state) {
      return null;
    }
    const trans = this._trans;
    const told = state.kind === 'error' && connection.conditions.length > 0;
    return (
      <>
        <h3>{word(state, trans)}</h3>
        {!told && <p>{meaning(state, trans)}</p>}
        <Conditions conditions={connection.conditions} />
        <Facts state={state} merged={connection.merged} trans={trans} />
        <Recovered
          connection={connection}
          actions={this._actions}
          trans={trans}
        />
        <div className="jp-Anode-sync-actions">
          <Buttons
            connection={connection}
            actions={this._actions}
            trans={trans}
          />
        </div>
      </>
    );
  }

  private _onChanged(): void {
    this.update();
  }

  private readonly _model: SyncModel;
  private readonly _actions: ISyncActions;
  private readonly _trans: TranslationBundle;
}
