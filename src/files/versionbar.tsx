// What stands above a cell that holds the file's version: what it is, and three answers.

import type { ISharedNotebook } from '@jupyter/ydoc';
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { PanelLayout } from '@lumino/widgets';
import * as React from 'react';

import {
  discardVersion,
  keepVersion,
  OURS,
  useVersion,
  versionOf
} from './versions';

const VERSION_CLASS = 'jp-Anode-version';

/**
 * The line above one such cell.
 */
class VersionBar extends ReactWidget {
  constructor(
    private readonly _notebook: ISharedNotebook,
    private readonly _id: string,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Anode-version-bar');
  }

  protected override render(): React.ReactElement {
    const trans = this._trans;
    const answer = (
      label: string,
      caption: string,
      act: (notebook: ISharedNotebook, id: string) => void
    ): React.ReactElement => (
      <button
        className="jp-mod-styled jp-mod-minimal"
        title={caption}
        onClick={() => act(this._notebook, this._id)}
      >
        {label}
      </button>
    );
    return (
      <>
        <span className="jp-Anode-version-text">
          {trans.__(
            'The cell above was changed here and on disk. This is the version on disk.'
          )}
        </span>
        {answer(
          trans.__('Use this one'),
          trans.__('The cell above gets this text'),
          useVersion
        )}
        {answer(
          trans.__('Keep both'),
          trans.__('This becomes a cell like any other'),
          keepVersion
        )}
        {answer(
          trans.__('Discard'),
          trans.__('Remove this version'),
          discardVersion
        )}
      </>
    );
  }
}

/**
 * Put the line above each such cell of a panel, as they come and go.
 */
export function showVersions(
  panel: NotebookPanel,
  trans: TranslationBundle
): void {
  const notebook = panel.content;
  const bars = new WeakMap<Cell, VersionBar>();
  const update = (): void => {
    for (const cell of notebook.widgets) {
      const isVersion = versionOf(cell.model.getMetadata(OURS)) !== null;
      const bar = bars.get(cell);
      if (isVersion && !bar) {
        add(cell);
      } else if (!isVersion && bar) {
        bar.dispose();
        bars.delete(cell);
        cell.removeClass(VERSION_CLASS);
      }
    }
  };
  const add = (cell: Cell): void => {
    const { sharedModel, id } = cell.model;
    const whole = panel.context.model.sharedModel;
    const bar = new VersionBar(whole, id, trans);
    bars.set(cell, bar);
    cell.addClass(VERSION_CLASS);
    sharedModel.metadataChanged.connect(update);
    cell.disposed.connect(() => {
      sharedModel.metadataChanged.disconnect(update);
      bar.dispose();
    });
    // Cells out of sight are made when they come into sight.
    void cell.ready.then(() => {
      if (!cell.isDisposed && !bar.isDisposed) {
        (cell.layout as PanelLayout).insertWidget(0, bar);
      }
    });
  };
  void panel.context.ready.then(() => {
    if (!panel.isDisposed) {
      // Connected after the notebook itself, so that the cell's widget is there already.
      panel.context.model.cells.changed.connect(update);
      update();
    }
  });
}
