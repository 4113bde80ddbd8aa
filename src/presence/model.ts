// Who is in a notebook, from its awareness states, without any view.

import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IPathSource } from '../sync/follow';
import { ConnectionFollower } from '../sync/follow';
import type { IAnodeRooms, INotebookConnection } from '../tokens';
import type { Schedule } from './carets';
import type { IPerson } from './person';
import { personOf } from './person';
import type { Doing } from './whereabouts';
import { whereaboutsOf } from './whereabouts';

/**
 * One person (or assistant, or program), however many windows they have open.
 */
export interface IPresentPerson extends IPerson {
  /**
   * Whether this is the person in front of this page.
   */
  readonly isSelf: boolean;

  /**
   * The number of windows.
   */
  readonly windows: number;

  /**
   * What they do in the window in which they do most.
   */
  readonly doing: Doing;

  /**
   * The id of the cell where they do it.
   */
  readonly cell: string | null;

  /**
   * Since when they are here, in milliseconds since the Unix epoch, by the server's clock.
   */
  readonly since: number | null;
}

/**
 * The more somebody does in a window, the more it counts.
 */
const WEIGHT: Readonly<Record<Doing, number>> = {
  writing: 2,
  here: 1,
  away: 0
};

/**
 * The people in a set of awareness states: oneself first, then by name.
 *
 * @param states - awareness states by Yjs client id.
 * @param self - one's own Yjs client id.
 */
export function peopleIn(
  states: ReadonlyMap<number, Record<string, unknown>>,
  self: number
): IPresentPerson[] {
  const people = new Map<string, IPresentPerson>();
  for (const [client, state] of states) {
    const person = personOf(state['user']);
    if (!person) {
      continue;
    }
    const known = people.get(person.username);
    const { doing, cell } = whereaboutsOf(state);
    const isBusier = !known || WEIGHT[doing] > WEIGHT[known.doing];
    const since = sinceOf(state['user']);
    people.set(person.username, {
      ...person,
      isSelf: client === self || (known?.isSelf ?? false),
      windows: (known?.windows ?? 0) + 1,
      doing: isBusier ? doing : known.doing,
      cell: isBusier ? cell : known.cell,
      since: earlier(known?.since ?? null, since)
    });
  }
  return [...people.values()].sort(
    (a, b) =>
      Number(b.isSelf) - Number(a.isSelf) ||
      a.name.localeCompare(b.name) ||
      a.username.localeCompare(b.username)
  );
}

function sinceOf(user: unknown): number | null {
  const { since } = user as { since?: unknown };
  const time = typeof since === 'string' ? Date.parse(since) : NaN;
  return Number.isNaN(time) ? null : time;
}

function earlier(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

/**
 * Follows who is in the notebook of one panel.
 */
export class PeopleModel implements IDisposable {
  /**
   * @param _schedule - brings many changes that come at once to one look.
   */
  constructor(
    rooms: IAnodeRooms,
    source: IPathSource,
    private readonly _schedule: Schedule
  ) {
    this._follower = new ConnectionFollower(rooms, source);
    this._follower.changed.connect(this._onConnection, this);
    this._listen();
  }

  /**
   * Emitted when somebody came, left or changed their name.
   */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /**
   * Everybody, oneself first; empty while core is in charge of the notebook.
   */
  get people(): readonly IPresentPerson[] {
    return this._people;
  }

  /**
   * Whether anybody else is here.
   */
  get isShared(): boolean {
    return this._people.length > 1;
  }

  /**
   * The connection of the notebook; null while core is in charge of it.
   */
  get connection(): INotebookConnection | null {
    return this._follower.connection;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._due?.dispose();
    this._follower.connection?.awareness.off('change', this._touch);
    this._follower.dispose();
    Signal.clearData(this);
  }

  private _onConnection(
    _: ConnectionFollower,
    old: INotebookConnection | null
  ): void {
    old?.awareness.off('change', this._touch);
    this._listen();
  }

  private _listen(): void {
    this._follower.connection?.awareness.on('change', this._touch);
    this._refresh();
  }

  private readonly _touch = (): void => {
    this._due ??= this._schedule(() => {
      this._due = null;
      this._refresh();
    });
  };

  private _refresh(): void {
    const awareness = this._follower.connection?.awareness;
    const people = awareness
      ? peopleIn(awareness.getStates(), awareness.clientID)
      : [];
    const key = JSON.stringify(people);
    if (key !== this._key) {
      this._key = key;
      this._people = people;
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _follower: ConnectionFollower;
  private _people: readonly IPresentPerson[] = [];
  private _key = '[]';
  private _due: IDisposable | null = null;
  private _isDisposed = false;
}
