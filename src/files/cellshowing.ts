// Shows in a notebook which cells another program changed.

import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { INotebookConnection } from '../tokens';
import { flash, showNext } from './flash';
import type { IFileChanges } from './model';
import type { IShowing } from './notice';

/**
 * The showing of notebooks.
 */
export class CellShowing implements IShowing {
  /**
   * @param _panelOf - the panel that shows the notebook of a connection; null when none does.
   */
  constructor(
    private readonly _panelOf: (
      connection: INotebookConnection
    ) => NotebookPanel | null,
    private readonly _trans: TranslationBundle
  ) {}

  isShown(connection: INotebookConnection): boolean {
    return this._panelOf(connection) !== null;
  }

  light(connection: INotebookConnection, { cells }: IFileChanges): void {
    const panel = this._panelOf(connection);
    if (panel) {
      flash(panel.content, cells);
    }
  }

  next(
    connection: INotebookConnection,
    { cells }: IFileChanges
  ): Promise<void> {
    const panel = this._panelOf(connection);
    if (panel) {
      showNext(panel.content, cells);
    }
    return Promise.resolve();
  }

  words(_: INotebookConnection, { count, versions }: IFileChanges): string {
    const trans = this._trans;
    const changed = trans._n(
      '%1 cell changed on disk.',
      '%1 cells changed on disk.',
      count,
      count
    );
    if (versions === 0) {
      return changed;
    }
    const kept = trans._n(
      '%1 was changed here too: both versions are kept.',
      '%1 were changed here too: both versions are kept.',
      versions,
      versions
    );
    return trans.__('%1 %2', changed, kept);
  }
}
