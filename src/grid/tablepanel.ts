// A table as a grid, with what can be done with it in a line above.

import type { TranslationBundle } from '@jupyterlab/translation';
import { PanelLayout, Widget } from '@lumino/widgets';

import type { IFilter, ISort } from '../api/tables';
import { copyRows } from './copying';
import { FilterForm } from './filterform';
import { GridView } from './gridview';
import type { Rows } from './rows';

/**
 * Another representation that can be shown instead.
 */
export interface IOther {
  readonly label: string;
  show(this: void): void;
}

/**
 * The grid, its bar and its form.
 */
export class TablePanel extends Widget {
  /**
   * @param back - the other representation; null where there is none.
   */
  constructor(
    private readonly _rows: Rows,
    private readonly _trans: TranslationBundle,
    back: IOther | null
  ) {
    super();
    this.addClass('jp-Anode-grid-panel');
    this._view = new GridView(
      _rows,
      { sort: column => this._sortBy(column), copy: () => void this._copy() },
      _trans
    );
    this._form = new FilterForm(_rows.description, _trans, (filters, sort) =>
      this._arrange(filters, sort)
    );
    this._count.setAttribute('role', 'status');
    this._note.className = 'jp-Anode-grid-note';
    this._note.setAttribute('role', 'status');
    const bar = document.createElement('div');
    bar.className = 'jp-Anode-grid-bar';
    bar.dataset.lmSuppressShortcuts = 'true';
    this._filter = this._button(_trans.__('Filter and Sort'), () => {
      const isOpen = this._form.toggle();
      this._filter.setAttribute('aria-expanded', `${isOpen}`);
    });
    this._filter.setAttribute('aria-expanded', 'false');
    const copy = this._button(_trans.__('Copy'), () => void this._copy());
    bar.append(this._count, this._filter, copy);
    if (back !== null) {
      bar.append(this._button(back.label, back.show));
    }
    const layout = new PanelLayout();
    this.layout = layout;
    layout.addWidget(new Widget({ node: bar }));
    layout.addWidget(new Widget({ node: this._form.node }));
    layout.addWidget(this._view);
    layout.addWidget(new Widget({ node: this._note }));
    _rows.changed.connect(this._show, this);
    this._show();
  }

  /**
   * Take on the colours of the theme as it is now.
   */
  restyle(): void {
    this._view.restyle();
  }

  override dispose(): void {
    this._rows.dispose();
    super.dispose();
  }

  private _button(text: string, act: () => void): HTMLButtonElement {
    const button = document.createElement('button');
    button.className = 'jp-Anode-grid-button';
    button.textContent = text;
    button.addEventListener('click', act);
    return button;
  }

  private _arrange(filters: readonly IFilter[], sort: ISort | null): void {
    this._said = '';
    void this._rows.arrange(filters, sort);
    this._form.show(filters, sort);
  }

  /**
   * Up, down, as it is.
   */
  private _sortBy(column: number): void {
    if (this._rows.state === 'gone') {
      return;
    }
    const { sort, filters } = this._rows;
    const isSame = sort?.column === column;
    const next = !isSame
      ? { column, descending: false }
      : sort.descending
        ? null
        : { column, descending: true };
    this._arrange(filters, next);
  }

  private async _copy(): Promise<void> {
    const trans = this._trans;
    try {
      const [copied, wanted] = await copyRows(this._rows, this._view.selected);
      this._said =
        copied < wanted
          ? trans.__(
              'Copied the first %1 of %2 rows; more belong into a file.',
              copied.toLocaleString(),
              wanted.toLocaleString()
            )
          : trans._n('Copied %1 row.', 'Copied %1 rows.', copied);
    } catch (error) {
      this._said = trans.__(
        'Nothing was copied: %1',
        error instanceof Error ? error.message : ''
      );
    }
    if (!this.isDisposed) {
      this._show();
    }
  }

  private _show(): void {
    const { description, count, state, filters } = this._rows;
    const trans = this._trans;
    const all = description.rows.toLocaleString();
    const columns = description.columns.toLocaleString();
    this._count.textContent =
      filters.length > 0
        ? trans.__('%1 of %2 rows', count.toLocaleString(), all)
        : trans.__('%1 rows × %2 columns', all, columns);
    this._filter.disabled = state === 'gone';
    if (state === 'gone' && !this._form.node.hidden) {
      this._form.toggle();
    }
    this._note.textContent = this._told() || this._said;
    this.toggleClass('jp-mod-waiting', state === 'loading');
  }

  private _told(): string {
    const { description, state, problem } = this._rows;
    const { labels, names, rows, columns } = description;
    const trans = this._trans;
    switch (state) {
      case 'gone':
        return labels.length < rows
          ? trans.__(
              'The first %1 rows: the kernel does not have this table any more. Run the cell again to see the rest.',
              labels.length.toLocaleString()
            )
          : trans.__(
              'The kernel does not have this table any more. Run the cell again to sort and filter.'
            );
      case 'busy':
        return trans.__(
          'The kernel is at work; the rows come when it is done.'
        );
      case 'failed':
        return problem || trans.__('The rows could not be loaded.');
      default:
        return names.length < columns
          ? trans.__('The first %1 columns.', names.length.toLocaleString())
          : '';
    }
  }

  private readonly _view: GridView;
  private readonly _form: FilterForm;
  private readonly _filter: HTMLButtonElement;
  private readonly _count = document.createElement('span');
  private readonly _note = document.createElement('div');
  private _said = '';
}
