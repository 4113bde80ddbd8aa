// Which rows of a table are shown and in which order, as a form above the grid.

import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';

import type { How, IFilter, ISort } from '../api/tables';
import type { IDescription, Kind } from './description';

const COMPARED: readonly How[] = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'];
const THERE: readonly How[] = ['empty', 'filled'];

/**
 * What a column of a kind can be asked for; the first one is what people mean mostly.
 */
const HOWS: Record<Kind, readonly How[]> = {
  number: [...COMPARED, 'contains', ...THERE],
  time: ['ge', 'le', 'gt', 'lt', 'eq', 'ne', ...THERE],
  truth: ['eq', ...THERE],
  text: ['contains', ...COMPARED, ...THERE],
  other: ['contains', ...THERE]
};

/**
 * How values are written.
 */
const EXAMPLES: Record<Kind, string> = {
  number: '42',
  time: '2026-01-31',
  truth: 'True',
  text: '',
  other: ''
};

/**
 * Tells what is wanted.
 */
export type Arrange = (filters: readonly IFilter[], sort: ISort | null) => void;

/**
 * The form, and the filters in force as a list.
 */
export class FilterForm {
  constructor(
    private readonly _description: IDescription,
    private readonly _trans: TranslationBundle,
    private readonly _arrange: Arrange
  ) {
    const { _form: form, _value: value } = this;
    this.node.className = 'jp-Anode-grid-filters';
    this.node.hidden = true;
    this.node.dataset.lmSuppressShortcuts = 'true';
    form.className = 'jp-Anode-grid-form';
    this._list.className = 'jp-Anode-grid-chips';
    value.className = 'jp-mod-styled';
    value.spellcheck = false;
    value.setAttribute('aria-label', _trans.__('Value'));
    this._column = this._select(_trans.__('Column'), this._names());
    this._how = this._select(_trans.__('Comparison'), []);
    this._sort = this._select(_trans.__('Sort by'), [
      ['', _trans.__('As it is')],
      ...this._names().flatMap(([place, name]): [string, string][] => [
        [`${place}`, `${name} ▲`],
        [`-${place}`, `${name} ▼`]
      ])
    ]);
    const add = document.createElement('button');
    add.className = 'jp-Anode-grid-button';
    add.textContent = _trans.__('Add Filter');
    form.append(this._column, this._how, value, add);
    const sorting = document.createElement('label');
    sorting.className = 'jp-Anode-grid-sort';
    sorting.append(_trans.__('Sort by'), this._sort);
    this.node.append(form, this._list, sorting);
    this._column.addEventListener('change', () => this._setHows());
    this._how.addEventListener('change', () => this._setValue());
    this._sort.addEventListener('change', () => {
      this._arrange(this._filters, this._sortWanted());
    });
    form.addEventListener('submit', event => {
      event.preventDefault();
      this._add();
    });
    this._setHows();
  }

  readonly node = document.createElement('div');

  /**
   * Show or hide it.
   */
  toggle(): boolean {
    this.node.hidden = !this.node.hidden;
    if (!this.node.hidden) {
      this._column.focus();
    }
    return !this.node.hidden;
  }

  /**
   * What is in force now.
   */
  show(filters: readonly IFilter[], sort: ISort | null): void {
    this._filters = filters;
    this._sort.value =
      sort === null ? '' : `${sort.descending ? '-' : ''}${sort.column}`;
    this._list.replaceChildren(
      ...filters.map(filter => this._chip(filter, filters, sort))
    );
  }

  private _add(): void {
    const how = this._how.value as How;
    const value = THERE.includes(how) ? '' : this._value.value;
    if (value.trim() === '' && !THERE.includes(how)) {
      this._value.focus();
      return;
    }
    const column = Number(this._column.value);
    this._value.value = '';
    this._arrange(
      [...this._filters, { column, how, value }],
      this._sortWanted()
    );
  }

  private _sortWanted(): ISort | null {
    const { value } = this._sort;
    return value === ''
      ? null
      : {
          column: Number(value.replace('-', '')),
          descending: value.startsWith('-')
        };
  }

  private _chip(
    filter: IFilter,
    all: readonly IFilter[],
    sort: ISort | null
  ): HTMLElement {
    const chip = document.createElement('span');
    chip.className = 'jp-Anode-grid-chip';
    const name = this._description.names[filter.column] ?? '';
    const text = `${name} ${this._word(filter.how)} ${filter.value}`.trim();
    const remove = document.createElement('button');
    remove.className = 'jp-Anode-grid-remove';
    remove.title = this._trans.__('Remove the filter %1', text);
    remove.setAttribute('aria-label', remove.title);
    closeIcon.element({ container: remove });
    remove.addEventListener('click', () => {
      this._arrange(
        all.filter(one => one !== filter),
        sort
      );
      this._column.focus();
    });
    chip.append(text, remove);
    return chip;
  }

  private _names(): [string, string][] {
    return this._description.names.map((name, place) => [`${place}`, name]);
  }

  private _setHows(): void {
    const kind = this._description.kinds[Number(this._column.value)] ?? 'other';
    this._how.replaceChildren(
      ...HOWS[kind].map(how => option(how, this._word(how)))
    );
    this._setValue();
  }

  private _setValue(): void {
    this._value.hidden = THERE.includes(this._how.value as How);
    const kind = this._description.kinds[Number(this._column.value)];
    this._value.placeholder = EXAMPLES[kind ?? 'other'];
  }

  private _select(
    label: string,
    options: readonly (readonly [string, string])[]
  ): HTMLSelectElement {
    const select = document.createElement('select');
    select.className = 'jp-mod-styled';
    select.setAttribute('aria-label', label);
    select.append(...options.map(([value, text]) => option(value, text)));
    return select;
  }

  private _word(how: How): string {
    const trans = this._trans;
    const words: Record<How, string> = {
      contains: trans.__('contains'),
      eq: '=',
      ne: '≠',
      lt: '<',
      le: '≤',
      gt: '>',
      ge: '≥',
      empty: trans.__('is missing'),
      filled: trans.__('is there')
    };
    return words[how];
  }

  private readonly _form = document.createElement('form');
  private readonly _value = document.createElement('input');
  private readonly _list = document.createElement('div');
  private readonly _column: HTMLSelectElement;
  private readonly _how: HTMLSelectElement;
  private readonly _sort: HTMLSelectElement;
  private _filters: readonly IFilter[] = [];
}

function option(value: string, text: string): HTMLOptionElement {
  const node = document.createElement('option');
  node.value = value;
  node.textContent = text;
  return node;
}
