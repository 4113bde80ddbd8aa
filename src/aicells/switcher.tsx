// JupyterLab's list of cell types in the toolbar, with AI as one more.

import type { Notebook } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect, ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { changeToAi, changeToCode } from './commands';
import { isAiCell } from './kind';

/**
 * What stands for several types.
 */
const SEVERAL = '-';

/**
 * The list; it looks and works as JupyterLab's own.
 */
export class CellTypeSwitcher extends ReactWidget {
  constructor(
    private readonly _notebook: Notebook,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Notebook-toolbarCellType');
    _notebook.activeCellChanged.connect(this._onActive, this);
    _notebook.selectionChanged.connect(this.update, this);
    this._onActive();
  }

  protected override render(): React.ReactElement {
    const trans = this._trans;
    return (
      <HTMLSelect
        className="jp-Notebook-toolbarCellTypeDropdown"
        value={this._value}
        aria-label={trans.__('Cell type')}
        title={trans.__('Select the cell type')}
        onChange={event => this._choose(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            this._notebook.activate();
          }
        }}
      >
        <option value={SEVERAL}>-</option>
        <option value="code">{trans.__('Code')}</option>
        <option value="markdown">{trans.__('Markdown')}</option>
        <option value="raw">{trans.__('Raw')}</option>
        <option value="ai">{trans.__('AI')}</option>
      </HTMLSelect>
    );
  }

  private get _value(): string {
    const notebook = this._notebook;
    const kinds = new Set(
      notebook.widgets
        .filter(cell => notebook.isSelectedOrActive(cell))
        .map(({ model }) => (isAiCell(model.sharedModel) ? 'ai' : model.type))
    );
    const [only] = kinds;
    return kinds.size === 1 && only !== undefined ? only : SEVERAL;
  }

  private _choose(kind: string): void {
    if (kind === SEVERAL) {
      return;
    }
    if (kind === 'ai') {
      changeToAi(this._notebook);
    } else {
      changeToCode(this._notebook);
      NotebookActions.changeCellType(this._notebook, kind);
    }
    this.update();
    this._notebook.activate();
  }

  /**
   * A cell becomes an AI cell without becoming another cell.
   */
  private _onActive(): void {
    const model = this._notebook.activeCell?.model ?? null;
    if (model !== this._model) {
      this._model?.metadataChanged.disconnect(this.update, this);
      this._model = model;
      model?.metadataChanged.connect(this.update, this);
    }
    this.update();
  }

  private _model: NonNullable<Notebook['activeCell']>['model'] | null = null;
}
