// Who is in a notebook, from its awareness states, without any view.

import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IPathSource } from '../sync/follow';
import { ConnectionFollower } from '../sync/follow';
import type { IAnodeRooms, INotebookConnection } from '../tokens';

/**
 * One person (or assistant, or program), however many windows they have open.
 */
export interface IPresentPerson {
  readonly username: string;
  readonly name: string;
  readonly initials: string;

  /**
   * A CSS colour.
   */
  readonly color: string;
  readonly avatarUrl: string | null;

  /**
   * Whether this is the person in front of this page.
   */
  readonly isSelf: boolean;

  /**
   * The number of windows.
   */
  readonly windows: number;
}

/**
 * How many colours JupyterLab's themes have for collaborators.
 */
const THEME_COLORS = 7;

/**
 * A colour for a name that is the same in every browser.
 */
export function colorOf(username: string): string {
  let hash = 0;
  for (const character of username) {
    hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 0x7fffffff;
  }
  return `var(--jp-collaborator-color${1 + (hash % THEME_COLORS)})`;
}

/**
 * Whether the server did not say a colour: JupyterLab then makes one up at random for oneself (and
 * one letter as initials), which nobody else sees.
 */
function isMadeUp(color: string): boolean {
  return color === '' || color.startsWith('var(--jp-collaborator-color');
}

/**
 * The text colour with the higher contrast on a `#rrggbb` colour; undefined for the themes' own
 * collaborator colours, which go with the theme's text colour.
 */
export function inkOn(color: string): 'black' | 'white' | undefined {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (!hex) {
    return undefined;
  }
  // Relative luminance of WCAG 2.2; below 0.18 white text has the higher contrast.
  const [red = 0, green = 0, blue = 0] = hex.slice(1).map(part => {
    const channel = parseInt(part, 16) / 255;
    return channel <= 0.04045
      ? channel / 12.92
      : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.18
    ? 'white'
    : 'black';
}

/**
 * One or two letters for a name.
 */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0] ?? '';
  const last = words.length > 1 ? (words[words.length - 1] ?? '') : '';
  const letters = [first, last].map(w => Array.from(w)[0] ?? '').join('');
  return letters.toLocaleUpperCase() || '?';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

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
    const user = state['user'];
    if (typeof user !== 'object' || user === null) {
      continue;
    }
    const fields = user as Record<string, unknown>;
    const username = text(fields['username']) || text(fields['name']);
    if (!username) {
      continue;
    }
    const name =
      text(fields['display_name']) || text(fields['name']) || username;
    const known = people.get(username);
    const color = text(fields['color']);
    const initials = text(fields['initials']);
    people.set(username, {
      username,
      name,
      initials: initials.length > 1 ? initials : initialsOf(name),
      color: isMadeUp(color) ? colorOf(username) : color,
      avatarUrl: text(fields['avatar_url']) || null,
      isSelf: client === self || (known?.isSelf ?? false),
      windows: (known?.windows ?? 0) + 1
    });
  }
  return [...people.values()].sort(
    (a, b) =>
      Number(b.isSelf) - Number(a.isSelf) ||
      a.name.localeCompare(b.name) ||
      a.username.localeCompare(b.username)
  );
}

/**
 * Follows who is in the notebook of one panel.
 */
export class PeopleModel implements IDisposable {
  constructor(rooms: IAnodeRooms, source: IPathSource) {
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

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._follower.connection?.awareness.off('change', this._refresh);
    this._follower.dispose();
    Signal.clearData(this);
  }

  private _onConnection(
    _: ConnectionFollower,
    old: INotebookConnection | null
  ): void {
    old?.awareness.off('change', this._refresh);
    this._listen();
  }

  private _listen(): void {
    this._follower.connection?.awareness.on('change', this._refresh);
    this._refresh();
  }

  private readonly _refresh = (): void => {
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
  };

  private readonly _changed = new Signal<this, void>(this);
  private readonly _follower: ConnectionFollower;
  private _people: readonly IPresentPerson[] = [];
  private _key = '[]';
  private _isDisposed = false;
}
