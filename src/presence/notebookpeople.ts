// All about the people of one notebook panel, made once for it.

import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import type { IAnodeRooms } from '../tokens';
import type { Schedule } from './carets';
import { CellPeople } from './cellpeople';
import { Journey } from './journey';
import { PeopleModel } from './model';
import { OwnPlace } from './ownplace';

/**
 * The class of a notebook whose view is led by somebody else.
 */
const LED_CLASS = 'jp-Anode-led';

/**
 * Who is in the notebook of a panel, where, and the ways to them.
 */
export class NotebookPeople implements IDisposable {
  constructor(
    rooms: IAnodeRooms,
    readonly panel: NotebookPanel,
    schedule: Schedule,
    trans: TranslationBundle
  ) {
    this.model = new PeopleModel(rooms, panel.context, schedule);
    this.place = new OwnPlace(rooms, panel, schedule);
    this.journey = new Journey(panel.content, this.model, this.place);
    this._cells = new CellPeople(
      panel.content,
      this.model,
      person => void this.journey.goTo(person),
      trans
    );
    this.journey.changed.connect(this._showLead, this);
    panel.disposed.connect(this.dispose, this);
  }

  readonly model: PeopleModel;
  readonly place: OwnPlace;
  readonly journey: Journey;

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * The place of a cell in the notebook, from 0; -1 when it is not there.
   */
  indexOf(cell: string | null): number {
    return this.panel.content.widgets.findIndex(
      ({ model }) => model.id === cell
    );
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._cells.dispose();
    this.journey.dispose();
    this.place.dispose();
    this.model.dispose();
  }

  private _showLead(): void {
    const { followed } = this.journey;
    const { node } = this.panel.content;
    node.classList.toggle(LED_CLASS, followed !== null);
    node.style.setProperty('--jp-anode-person', followed?.color ?? null);
  }

  private readonly _cells: CellPeople;
  private _isDisposed = false;
}
