// Documents as they were, to choose one from, and what is in the chosen one.

import type { Dialog } from '@jupyterlab/apputils';
import type { ICell } from '@jupyterlab/nbformat';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { SavedContent } from '../api/content';
import { ago, exact } from '../ui/times';

/**
 * So many cells are previewed: enough to recognise a notebook.
 */
const PREVIEWED_CELLS = 100;

/**
 * So much of a text is previewed.
 */
const PREVIEWED_CHARACTERS = 50_000;

/**
 * One of them.
 */
export interface IPast {
  /**
   * Another one for each.
   */
  readonly key: string;

  /**
   * What it is called: a name, or a moment in milliseconds since the Unix epoch.
   */
  readonly title: string | number;

  /**
   * What else is known of it.
   */
  readonly note: string;
}

/**
 * The body of a dialog; its value is the chosen one.
 */
export class PastList<T extends IPast>
  extends ReactWidget
  implements Dialog.IBodyWidget<T | null>
{
  /**
   * @param _read - gets what is in one.
   * @param _nothing - what is said when there is none.
   */
  constructor(
    private readonly _all: readonly T[],
    private readonly _read: (one: T) => Promise<SavedContent>,
    private readonly _nothing: string,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Anode-recover');
    this._chosen = _all[0] ?? null;
    this._look();
  }

  getValue(): T | null {
    return this._chosen;
  }

  protected override render(): React.ReactElement {
    const trans = this._trans;
    if (this._all.length === 0) {
      return <p>{this._nothing}</p>;
    }
    return (
      <>
        <fieldset className="jp-Anode-recover-list">
          <legend className="jp-Anode-spoken">
            {trans.__('What there is')}
          </legend>
          {this._all.map(one => this._row(one))}
        </fieldset>
        <div
          className="jp-Anode-recover-preview"
          role="region"
          aria-label={trans.__('What is in it')}
          aria-busy={this._content === null && this._failure === ''}
          tabIndex={0}
        >
          {this._preview()}
        </div>
      </>
    );
  }

  private _row(one: T): React.ReactElement {
    return (
      <label key={one.key} className="jp-Anode-recover-row">
        <input
          type="radio"
          name="jp-Anode-past"
          checked={one === this._chosen}
          onChange={() => {
            this._chosen = one;
            this._look();
          }}
        />
        {this._title(one)}
        {one.note && <span className="jp-Anode-recover-note">{one.note}</span>}
      </label>
    );
  }

  private _title({ title }: T): React.ReactElement {
    if (typeof title === 'string') {
      return <span title={title}>{title}</span>;
    }
    return (
      <time dateTime={new Date(title).toISOString()} title={exact(title)}>
        {ago(title, Date.now(), this._trans)}
      </time>
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
    const { content } = this._content;
    if (typeof content === 'string') {
      return this._text(content);
    }
    const { cells } = content;
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

  private _text(text: string): React.ReactNode {
    return (
      <>
        <pre data-type="text">{text.slice(0, PREVIEWED_CHARACTERS)}</pre>
        {text.length > PREVIEWED_CHARACTERS && (
          <p>{this._trans.__('and more')}</p>
        )}
      </>
    );
  }

  private _look(): void {
    const one = this._chosen;
    this._content = null;
    this._failure = '';
    this.update();
    if (!one) {
      return;
    }
    this._read(one)
      .then(content => {
        this._content = one === this._chosen ? content : this._content;
      })
      .catch((error: unknown) => {
        if (one === this._chosen) {
          this._failure = error instanceof Error ? error.message : '';
        }
      })
      .finally(() => this.update());
  }

  private _chosen: T | null;
  private _content: SavedContent | null = null;
  private _failure = '';
}

function source(cell: ICell): string {
  return Array.isArray(cell.source) ? cell.source.join('') : cell.source;
}
