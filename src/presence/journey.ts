// Going to where somebody is, and following them until one acts oneself.

import type { Notebook } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import type { IPresentPerson, PeopleModel } from './model';
import type { OwnPlace } from './ownplace';
import { personOf } from './person';
import { resolve, selectionsOf } from './place';
import { isInView, lookAt, show } from './sight';
import { whereaboutsOf } from './whereabouts';

/**
 * What a person does who wants to see for themselves again.
 */
const OWN_ACTS = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

/**
 * The way to other people in one notebook.
 */
export class Journey implements IDisposable {
  constructor(
    private readonly _notebook: Notebook,
    private readonly _people: PeopleModel,
    private readonly _own: OwnPlace
  ) {
    _people.changed.connect(this._onPeople, this);
  }

  /**
   * The person whom one follows.
   */
  get followed(): IPresentPerson | null {
    const { follows } = this._own;
    return this._people.people.find(p => p.username === follows) ?? null;
  }

  /**
   * The user name of the person whom one went to or followed last.
   */
  get last(): string | null {
    return this._last;
  }

  /**
   * Emitted when following begins or ends.
   */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Bring where somebody is into view, once, and make it the active cell.
   */
  async goTo({ username }: IPresentPerson): Promise<void> {
    this.stop();
    this._last = username;
    const notebook = this._notebook;
    const place = this._placeOf(username);
    const cell = place && (await show(notebook, place.cell, place.offset));
    if (cell && !notebook.isDisposed) {
      notebook.deselectAll();
      notebook.activeCellIndex = notebook.widgets.indexOf(cell);
      notebook.activate();
    }
  }

  /**
   * See what somebody sees, until one acts in the notebook oneself, they leave, or `stop`.
   */
  follow({ username }: IPresentPerson): void {
    const { connection } = this._people;
    if (!connection || this._own.follows === username) {
      return;
    }
    this.stop();
    this._own.follows = username;
    this._last = username;
    this._seen = '';
    this._awareness = connection.awareness;
    this._awareness.on('change', this._move);
    for (const act of OWN_ACTS) {
      this._notebook.node.addEventListener(act, this._onOwnAct, {
        capture: true,
        passive: true
      });
    }
    this._changed.emit();
    this._move();
  }

  /**
   * Follow nobody.
   */
  stop(): void {
    if (this._own.follows === null) {
      return;
    }
    this._own.follows = null;
    this._awareness?.off('change', this._move);
    this._awareness = null;
    for (const act of OWN_ACTS) {
      this._notebook.node.removeEventListener(act, this._onOwnAct, {
        capture: true
      });
    }
    this._changed.emit();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.stop();
      this._people.changed.disconnect(this._onPeople, this);
      Signal.clearData(this);
    }
  }

  private readonly _onOwnAct = (): void => {
    this.stop();
  };

  private _onPeople(): void {
    if (this._own.follows !== null && !this.followed) {
      this.stop();
    }
  }

  private readonly _move = (): void => {
    const username = this._own.follows;
    const states = username === null ? [] : this._statesOf(username);
    const sight = states.map(state => whereaboutsOf(state).sight).find(Boolean);
    const look = sight ? lookAt(this._notebook, sight) : Promise.resolve();
    void look.then(() => {
      const place = username === null ? null : this._placeOf(username);
      const key = JSON.stringify(place);
      const isNew = key !== this._seen;
      this._seen = key;
      // Their window may be larger: what they turn to has to be seen here, too. Where they only
      // scroll away from it, it is the view that counts.
      if (
        place &&
        (isNew || !sight) &&
        this._own.follows === username &&
        !isInView(this._notebook, place.cell)
      ) {
        void show(this._notebook, place.cell, place.offset);
      }
    });
  };

  /**
   * The cell where somebody is, and where in its text; null when they do not say.
   */
  private _placeOf(
    username: string
  ): { cell: string; offset: number | null } | null {
    const person = this._people.people.find(p => p.username === username);
    if (!person || person.cell === null) {
      return null;
    }
    const { cell } = person;
    const shared = this._notebook.widgets.find(w => w.model.id === cell)?.model
      .sharedModel as { ysource?: unknown } | undefined;
    const text = shared?.ysource;
    const doc = text instanceof Y.Text ? text.doc : null;
    const heads = this._statesOf(username)
      .flatMap(state => selectionsOf(state, 1))
      .map(({ head }) => (doc ? resolve(head, doc) : null));
    return { cell, offset: heads.find(at => at?.text === text)?.index ?? null };
  }

  /**
   * The states of all windows of somebody, the one where they do most first.
   */
  private _statesOf(username: string): Record<string, unknown>[] {
    const awareness = this._people.connection?.awareness;
    const others = [...(awareness?.getStates() ?? [])]
      .filter(([client]) => client !== awareness?.clientID)
      .map(([, state]) => state)
      .filter(({ user }) => personOf(user)?.username === username);
    const isBusy = (state: Record<string, unknown>): boolean =>
      whereaboutsOf(state).doing === 'writing';
    return others.sort((a, b) => Number(isBusy(b)) - Number(isBusy(a)));
  }

  private readonly _changed = new Signal<this, void>(this);
  private _awareness: Awareness | null = null;
  private _last: string | null = null;
  private _seen = '';
  private _isDisposed = false;
}
