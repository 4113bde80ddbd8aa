// Cells that people asked to run while the server was away: when it is back, they are asked.

import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { INotebookConnection, ISyncState } from '../tokens';
import type { CellFeet } from './foot';
import { speaker } from './speaker';

/**
 * One request that did not reach the server.
 */
export interface IPostponed {
  /**
   * Its cells, in their order; one that is seen speaks.
   */
  readonly cells: readonly Cell[];

  /**
   * Make the request again.
   */
  run(): void;
}

/**
 * Nothing is sent later by surprise: a cell of each request asks once the notebook is saved.
 */
export class PostponedRuns {
  constructor(
    private readonly _feet: CellFeet,
    private readonly _trans: TranslationBundle
  ) {}

  /**
   * A request did not reach the server.
   */
  add(connection: INotebookConnection, request: IPostponed): void {
    const waiting = this._waiting.get(connection);
    if (waiting) {
      waiting.push(request);
      return;
    }
    this._waiting.set(connection, [request]);
    connection.syncChanged.connect(this._onSync, this);
  }

  /**
   * A cell is run by other means: there is nothing to ask any more.
   */
  drop(connection: INotebookConnection, cell: Cell): void {
    const waiting = this._waiting.get(connection) ?? [];
    const rest = waiting.filter(({ cells }) => cells[0] !== cell);
    if (waiting.length > 0) {
      this._waiting.set(connection, rest);
    }
  }

  private _onSync(connection: INotebookConnection, { kind }: ISyncState): void {
    if (kind !== 'saved') {
      return;
    }
    connection.syncChanged.disconnect(this._onSync, this);
    for (const request of this._waiting.get(connection) ?? []) {
      this._ask(request);
    }
    this._waiting.delete(connection);
  }

  private _ask({ cells, run }: IPostponed): void {
    const trans = this._trans;
    const { length } = cells;
    const one = speaker(cells);
    if (!one) {
      return;
    }
    for (const cell of cells) {
      this._feet.clear(cell);
    }
    const question =
      length === 1
        ? trans.__('Not run, for the server was away. Run it now?')
        : trans.__(
            'Not run, for the server was away. Run these %1 cells now?',
            length
          );
    this._feet.tell(one, question, [
      { label: trans.__('Run now'), act: run },
      { label: trans.__('Leave it'), act: () => this._feet.clear(one) }
    ]);
  }

  private readonly _waiting = new Map<INotebookConnection, IPostponed[]>();
}
