// The people of every notebook that is open in this page.

import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { NotebookPeople } from './notebookpeople';

/**
 * The people of every notebook that is open in this page, for the plugins of this feature.
 */
export const IOpenPeople = new Token<OpenPeople>(
  'anode-jlab:IOpenPeople',
  'The people of every notebook that is open in this page.'
);

/**
 * One `NotebookPeople` for each panel, made when it is first asked for.
 */
export class OpenPeople {
  constructor(
    private readonly _make: (panel: NotebookPanel) => NotebookPeople
  ) {}

  /**
   * In the order in which they were opened.
   */
  get notebooks(): readonly NotebookPeople[] {
    return [...this._known.values()];
  }

  /**
   * Emitted when somebody came, left or went about in any of them, and when one was opened or closed.
   */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /**
   * The people of a panel, if it is a notebook's.
   */
  find(panel: object | null): NotebookPeople | null {
    return this.notebooks.find(people => people.panel === panel) ?? null;
  }

  of(panel: NotebookPanel): NotebookPeople {
    const known = this._known.get(panel);
    if (known) {
      return known;
    }
    const people = this._make(panel);
    this._known.set(panel, people);
    people.model.changed.connect(this._onChanged, this);
    people.journey.changed.connect(this._onChanged, this);
    panel.disposed.connect(() => {
      this._known.delete(panel);
      this._changed.emit();
    }, this);
    this._changed.emit();
    return people;
  }

  private _onChanged(): void {
    this._changed.emit();
  }

  private readonly _known = new Map<NotebookPanel, NotebookPeople>();
  private readonly _changed = new Signal<this, void>(this);
}
