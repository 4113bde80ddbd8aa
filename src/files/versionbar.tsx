// What stands above a cell that holds the file's version: what it is, and three answers.

import type { ISharedNotebook } from '@jupyter/ydoc';
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { PanelLayout } from '@lumino/widgets';
import * as React from 'react';

import { showNext } from './flash';
import type { IVersion } from './versions';
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
    private readonly _from: string | null,
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
          {this._from === null
            ? trans.__(
                'The cell above was changed here and on disk. This is the version on disk.'
              )
            : trans.__(
                'The cell above was changed on both sides of a merge. This is the version of %1.',
                this._from
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
 * The cells of a panel that hold another version of a cell, each with a line above it.
 */
export class PanelVersions {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _trans: TranslationBundle
  ) {
    void _panel.context.ready.then(() => {
      if (!_panel.isDisposed) {
        // Connected after the notebook itself, so that the cell's widget is there already.
        _panel.context.model.cells.changed.connect(this._update);
        this._update();
      }
    });
  }

  /**
   * The cells that hold the version of another branch, by id.
   */
  get ofBranches(): readonly string[] {
    return this._ofBranches;
  }

  /**
   * Emitted when there are others.
   */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /**
   * Go to the next of them.
   */
  showNext(): void {
    showNext(this._panel.content, this._ofBranches);
  }

  private readonly _update = (): void => {
    const found: string[] = [];
    for (const cell of this._panel.content.widgets) {
      const version = versionOf(cell.model.getMetadata(OURS));
      const bar = this._bars.get(cell);
      if (version && !bar) {
        this._add(cell, version);
      } else if (!version && bar) {
        bar.dispose();
        this._bars.delete(cell);
        cell.removeClass(VERSION_CLASS);
      }
      if (version?.from) {
        found.push(cell.model.id);
      }
    }
    if (found.join() !== this._ofBranches.join()) {
      this._ofBranches = found;
      this._changed.emit();
    }
  };

  private _add(cell: Cell, version: IVersion): void {
    const { sharedModel, id } = cell.model;
    const whole = this._panel.context.model.sharedModel;
    const bar = new VersionBar(whole, id, version.from, this._trans);
    this._bars.set(cell, bar);
    cell.addClass(VERSION_CLASS);
    sharedModel.metadataChanged.connect(this._update);
    cell.disposed.connect(() => {
      sharedModel.metadataChanged.disconnect(this._update);
      bar.dispose();
    });
    // Cells out of sight are made when they come into sight.
    void cell.ready.then(() => {
      if (!cell.isDisposed && !bar.isDisposed) {
        (cell.layout as PanelLayout).insertWidget(0, bar);
      }
    });
  }

  private readonly _bars = new WeakMap<Cell, VersionBar>();
  private readonly _changed = new Signal<this, void>(this);
  private _ofBranches: readonly string[] = [];
}
