// Small avatars at the edge of the cells where the others are.

import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import type { IPresentPerson, PeopleModel } from './model';
import { inkOn } from './person';

/**
 * More people than this in one cell collapse into a number.
 */
const SHOWN = 2;

const INHABITED_CLASS = 'jp-Anode-inhabited';

/**
 * Who is in which cell of a notebook.
 */
export class CellPeople implements IDisposable {
  constructor(
    private readonly _notebook: Notebook,
    private readonly _people: PeopleModel,
    private readonly _goTo: (person: IPresentPerson) => void,
    private readonly _trans: TranslationBundle
  ) {
    _people.changed.connect(this._refresh, this);
    // A cell that is moved or retyped gets a widget of its own.
    _notebook.modelContentChanged.connect(this._onContent, this);
    this._refresh();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._people.changed.disconnect(this._refresh, this);
    this._notebook.modelContentChanged.disconnect(this._onContent, this);
    for (const cell of this._marks.keys()) {
      this._clear(cell);
    }
  }

  private _onContent(): void {
    if (this._marks.size > 0 || this._people.people.length > 1) {
      this._refresh();
    }
  }

  private _refresh(): void {
    const found = new Map<string, IPresentPerson[]>();
    for (const person of this._people.people) {
      if (!person.isSelf && person.cell !== null && person.doing !== 'away') {
        const others = found.get(person.cell) ?? [];
        found.set(person.cell, [...others, person]);
      }
    }
    const here = new Map<Cell, IPresentPerson[]>();
    for (const cell of found.size > 0 ? this._notebook.widgets : []) {
      const people = found.get(cell.model.id);
      if (people) {
        here.set(cell, people);
      }
    }
    for (const cell of this._marks.keys()) {
      if (!here.has(cell)) {
        this._clear(cell);
      }
    }
    for (const [cell, people] of here) {
      this._mark(cell, people);
    }
  }

  private _clear(cell: Cell): void {
    this._marks.get(cell)?.node.remove();
    this._marks.delete(cell);
    cell.removeClass(INHABITED_CLASS);
  }

  private _mark(cell: Cell, people: readonly IPresentPerson[]): void {
    const key = JSON.stringify(people);
    const before = this._marks.get(cell);
    if (before?.key === key) {
      return;
    }
    const node = before?.node ?? document.createElement('div');
    node.className = 'jp-Anode-cell-people';
    const shown = people.length === SHOWN + 1 ? people : people.slice(0, SHOWN);
    const rest = people.slice(shown.length);
    const marks = shown.map(person => this._avatar([person], person.initials));
    if (rest.length > 0) {
      marks.push(this._avatar(rest, `+${rest.length}`));
    }
    node.replaceChildren(...marks);
    if (!before) {
      cell.addClass(INHABITED_CLASS);
      cell.node.append(node);
    }
    this._marks.set(cell, { key, node });
  }

  /**
   * A button that goes to the first of these people. The keyboard reaches them from the toolbar: here
   * each would be one more stop on the way through the notebook.
   */
  private _avatar(
    people: readonly IPresentPerson[],
    letters: string
  ): HTMLElement {
    const trans = this._trans;
    const [first] = people;
    const button = document.createElement('button');
    const names = people.map(({ name }) => name).join(', ');
    button.className = 'jp-Anode-cell-person';
    button.tabIndex = -1;
    button.textContent = letters;
    button.title = names;
    button.setAttribute('aria-label', trans.__('%1 is here', names));
    if (first) {
      const { color, doing } = first;
      button.style.setProperty('--jp-anode-person', color);
      button.style.setProperty('--jp-anode-ink', inkOn(color) ?? null);
      button.classList.toggle('jp-mod-writing', doing === 'writing');
      button.addEventListener('click', () => this._goTo(first));
    }
    return button;
  }

  private readonly _marks = new Map<Cell, { key: string; node: HTMLElement }>();
  private _isDisposed = false;
}
