// The copies of a notebook to choose from, and what is in the chosen one.

import type { Dialog } from '@jupyterlab/apputils';
import type { ICell, INotebookContent } from '@jupyterlab/nbformat';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ICopy } from '../api/copies';
import { ago, exact } from '../ui/times';

/**
 * So many cells are previewed: enough to recognise a notebook.
 */
const PREVIEWED_CELLS = 100;

/**
 * The body of the dialog; its value is the chosen copy.
 */
export class CopyList
  extends ReactWidget
  implements Dialog.IBodyWidget<ICopy | null>
{
  constructor(
    private readonly _copies: readonly ICopy[],
    private readonly _read: (copy: ICopy) => Promise<INotebookContent>,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Anode-recover');
    this._chosen = _copies[0] ?? null;
    this._look();
  }

  getValue(): ICopy | null {
    return this._chosen;
  }

  protected override render(): React.ReactElement {
    const trans = this._trans;
    if (this._copies.length === 0) {
      return (
        <p>
          {trans.__(
            'There is no copy yet. One is made in every hour in which the notebook changes.'
          )}
        </p>
      );
    }
    return (
      <>
        <fieldset className="jp-Anode-recover-list">
          <legend className="jp-Anode-spoken">{trans.__('Copies')}</legend>
          {this._copies.map(copy => this._row(copy))}
        </fieldset>
        <div
          className="jp-Anode-recover-preview"
          role="region"
          aria-label={trans.__('What is in the copy')}
          aria-busy={this._content === null}
          tabIndex={0}
        >
          {this._preview()}
        </div>
      </>
    );
  }

  private _row(copy: ICopy): React.ReactElement {
    const trans = this._trans;
    const time = copy.time * 1000;
    const cells = trans._n('%1 cell', '%1 cells', copy.cells, copy.cells);
    return (
      <label key={copy.name} className="jp-Anode-recover-row">
        <input
          type="radio"
          name="jp-Anode-copy"
          checked={copy === this._chosen}
          onChange={() => {
            this._chosen = copy;
            this._look();
          }}
        />
        <time dateTime={new Date(time).toISOString()} title={exact(time)}>
          {ago(time, Date.now(), trans)}
        </time>
        <span className="jp-Anode-recover-size">
          {trans.__('%1, %2', cells, bytes(copy.size, trans))}
        </span>
      </label>
    );
  }

  private _preview(): React.ReactNode {
    const trans = this._trans;
    if (this._failure) {
      return <p>{this._failure}</p>;
    }
    if (!this._content) {
      return <p>{trans.__('Loading…')}</p>;
    }
    const { cells } = this._content;
    const left = cells.length - PREVIEWED_CELLS;
    return (
      <>
        {cells.slice(0, PREVIEWED_CELLS).map((cell, index) => (
          <pre key={index} data-type={cell.cell_type}>
            {source(cell)}
          </pre>
        ))}
        {left > 0 && (
          <p>{trans._n('and %1 more cell', 'and %1 more cells', left, left)}</p>
        )}
      </>
    );
  }

  private _look(): void {
    const copy = this._chosen;
    this._content = null;
    this._failure = '';
    this.update();
    if (!copy) {
      return;
    }
    this._read(copy)
      .then(content => {
        if (copy === this._chosen) {
          this._content = content;
          this.update();
        }
      })
      .catch((error: unknown) => {
        if (copy === this._chosen) {
          this._failure = error instanceof Error ? error.message : '';
          this.update();
        }
      });
  }

  private _chosen: ICopy | null;
  private _content: INotebookContent | null = null;
  private _failure = '';
}

function source(cell: ICell): string {
  return Array.isArray(cell.source) ? cell.source.join('') : cell.source;
}

function bytes(size: number, trans: TranslationBundle): string {
  return size < 1_000_000
    ? trans.__('%1 kB', Math.ceil(size / 1_000))
    : trans.__('%1 MB', (size / 1_000_000).toFixed(1));
}
