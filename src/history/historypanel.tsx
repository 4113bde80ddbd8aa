// Who did what when in the current notebook: a panel of the right side area.

import type { TranslationBundle } from '@jupyterlab/translation';
import { historyIcon, ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { IDeletedCell, IDeletedCells, IStretch } from '../api/history';
import type { INotebookConnection } from '../tokens';
import { DeletedList } from './deletedlist';
import type { Form } from './downloads';
import type { HistoryModel } from './model';
import { StretchList } from './stretchlist';

/**
 * What the panel can ask of those around it.
 */
export interface IMoments {
  /**
   * The event whose moment is open beside this notebook; null when none is.
   */
  shown(notebookId: string): number | null;

  /**
   * Open a moment beside.
   */
  open(stretch: IStretch): void;
}

/**
 * What can be done with the past.
 */
export interface IActions {
  deleted(notebookId: string, limit: number): Promise<IDeletedCells>;
  isAllowed(connection: INotebookConnection): boolean;
  bringBack(connection: INotebookConnection, cell: IDeletedCell): Promise<void>;

  /**
   * Save the whole history as a file.
   */
  save(connection: INotebookConnection, form: Form): Promise<void>;
}

/**
 * The panel.
 */
export class HistoryPanel extends ReactWidget {
  constructor(
    private readonly _model: HistoryModel,
    private readonly _moments: IMoments,
    private readonly _actions: IActions,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.id = 'anode-history';
    this.addClass('jp-Anode-history');
    this.title.icon = historyIcon;
    this.title.caption = _trans.__('History');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', _trans.__('History'));
    _model.changed.connect(this._refresh, this);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._model.isWatched = true;
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._model.isWatched = false;
  }

  protected override onBeforeDetach(msg: Message): void {
    this._model.isWatched = false;
    super.onBeforeDetach(msg);
  }

  protected override render(): React.ReactElement {
    const trans = this._trans;
    const { panel, connection } = this._model;
    if (!panel) {
      return this._note(trans.__('Open a notebook to see its history.'));
    }
    return (
      <>
        <header className="jp-Anode-history-head">
          <h2 title={panel.context.path}>{panel.title.label}</h2>
          {connection && this._filters()}
        </header>
        {connection
          ? this._body(connection)
          : this._note(
              trans.__(
                'JupyterLab itself keeps this notebook: it has no history.'
              )
            )}
      </>
    );
  }

  private _filters(): React.ReactElement {
    const trans = this._trans;
    const model = this._model;
    const { people, filter, panel } = model;
    const active = panel?.content.activeCell?.model.id ?? '';
    return (
      <div className="jp-Anode-history-filters">
        <select
          className="jp-mod-styled"
          aria-label={trans.__('Whose work')}
          value={filter.person}
          onChange={event => {
            model.filter = { ...filter, person: event.target.value };
          }}
        >
          <option value="">{trans.__('Everybody')}</option>
          {people.map(actor => (
            <option
              key={`${actor.kind}:${actor.id}`}
              value={`${actor.kind}:${actor.id}`}
            >
              {actor.name}
            </option>
          ))}
        </select>
        <label>
          <input
            type="checkbox"
            checked={filter.cell !== ''}
            disabled={filter.cell === '' && active === ''}
            onChange={event => {
              const cell = event.target.checked ? active : '';
              model.filter = { ...filter, cell };
            }}
          />
          {trans.__('Only the selected cell')}
        </label>
      </div>
    );
  }

  private _body(connection: INotebookConnection): React.ReactElement {
    const trans = this._trans;
    const { stretches, trouble, hasMore, unknown } = this._model;
    if (stretches === null) {
      return this._note(
        trouble === '' ? trans.__('Reading the history…') : trouble
      );
    }
    return (
      <>
        {trouble !== '' && this._note(trouble)}
        {unknown > 0 &&
          this._note(
            trans._n(
              'One change was made by a newer version and is not listed.',
              '%1 changes were made by a newer version and are not listed.',
              unknown
            )
          )}
        <DeletedList
          key={connection.notebookId}
          ask={this._askDeleted}
          bringBack={
            this._actions.isAllowed(connection)
              ? cell => this._actions.bringBack(connection, cell)
              : null
          }
          version={stretches[0]?.last ?? 0}
          trans={trans}
        />
        <details className="jp-Anode-history-export">
          <summary>{trans.__('Export')}</summary>
          <button
            className="jp-mod-styled"
            title={trans.__('A page that plays the history without a server')}
            onClick={() => void this._actions.save(connection, 'replay')}
          >
            {trans.__('Replay (.html)')}
          </button>
          <button
            className="jp-mod-styled"
            title={trans.__('Every event of the log, one on each line')}
            onClick={() => void this._actions.save(connection, 'events')}
          >
            {trans.__('Events (.jsonl)')}
          </button>
        </details>
        {stretches.length === 0 && this._note(trans.__('Nothing found.'))}
        <StretchList
          stretches={stretches}
          shown={this._moments.shown(connection.notebookId)}
          now={new Date()}
          open={stretch => this._moments.open(stretch)}
          trans={trans}
        />
        {hasMore && (
          <button
            className="jp-Anode-history-more jp-mod-styled"
            onClick={() => void this._model.lookBack()}
          >
            {trans.__('Show earlier')}
          </button>
        )}
      </>
    );
  }

  private _note(text: string): React.ReactElement {
    return (
      <p className="jp-Anode-history-note" role="status">
        {text}
      </p>
    );
  }

  private readonly _askDeleted = (limit: number): Promise<IDeletedCells> => {
    const { connection } = this._model;
    return connection
      ? this._actions.deleted(connection.notebookId, limit)
      : Promise.resolve({ cells: [], more: false });
  };

  private _refresh(): void {
    this.update();
  }
}
