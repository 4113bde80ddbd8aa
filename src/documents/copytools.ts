// What this browser says of itself to the copies that it keeps: whose they are, and which tabs live.

import type { User } from '@jupyterlab/services';
import { PromiseDelegate } from '@lumino/coreutils';

import { within } from '../sync/timers';
import type { ITimers } from '../sync/timers';

/**
 * Whoever opens a notebook while the server is away is taken for who was here last, after this time.
 */
const USER_MS = 1_500;

const TAB = 'anode-tab';
const USER = 'anode-user';
const FORGET = 'anode-forget-copies';

/**
 * A storage that may refuse.
 */
export interface IMemo {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * The name of this tab; it stays over a reload, and over a crash that the browser mends.
 *
 * @param session - the storage of the tab; null when the browser has none.
 */
export function nameOfTab(session: IMemo | null, timers: ITimers): string {
  const fresh = `${timers.date()}-${timers.random()}`;
  try {
    const known = session?.getItem(TAB) ?? null;
    if (known === null) {
      session?.setItem(TAB, fresh);
    }
    return known ?? fresh;
  } catch {
    return fresh;
  }
}

/**
 * Say that this tab is open, as long as it is.
 *
 * @param locks - the browser's; undefined where it has none, as without HTTPS.
 */
export function announceTab(tab: string, locks: LockManager | undefined): void {
  const forEver = new PromiseDelegate<void>();
  locks
    ?.request(`${TAB}:${tab}`, { mode: 'shared' }, () => forEver.promise)
    .catch(() => undefined);
}

/**
 * The names of the open tabs; null when the browser does not tell.
 */
export async function openTabs(
  locks: LockManager | undefined
): Promise<ReadonlySet<string> | null> {
  const { held } = (await locks?.query()) ?? {};
  const names = held
    ?.map(({ name }) => name ?? '')
    .filter(name => name.startsWith(`${TAB}:`))
    .map(name => name.slice(TAB.length + 1));
  return names ? new Set(names) : null;
}

/**
 * Whose copies are kept on one server.
 */
export class CopyOwner {
  /**
   * @param _memo - where this browser remembers; null when it does not.
   * @param _server - the server's base URL.
   */
  constructor(
    private readonly _user: User.IManager,
    private readonly _memo: IMemo | null,
    private readonly _server: string,
    private readonly _timers: ITimers
  ) {}

  /**
   * The name of the person: as the server says, or, while it does not, of who was here last. Null
   * when nobody was.
   */
  async name(): Promise<string | null> {
    try {
      await within(this._user.ready, this._timers, USER_MS, () => new Error());
    } catch {
      return this._recall();
    }
    const name = this._user.identity?.username ?? null;
    if (name !== null && name !== this._told) {
      this._told = name;
      this._write(USER, name);
    }
    return name;
  }

  /**
   * The person logs out: what is kept is forgotten, by the next page if this one is too late.
   */
  logOut(): void {
    this._write(FORGET, '1');
  }

  /**
   * Whether somebody logged out, and the copies may still be there.
   */
  get isLoggedOut(): boolean {
    return this._read(FORGET) !== null;
  }

  /**
   * The copies are forgotten.
   */
  forgotten(): void {
    this._memo?.removeItem(this._key(FORGET));
  }

  private _recall(): string | null {
    return this.isLoggedOut ? null : this._read(USER);
  }

  private _read(name: string): string | null {
    try {
      return this._memo?.getItem(this._key(name)) ?? null;
    } catch {
      return null;
    }
  }

  private _write(name: string, value: string): void {
    try {
      this._memo?.setItem(this._key(name), value);
    } catch {
      // Then nobody is known while the server is away.
    }
  }

  private _key(name: string): string {
    return `${name}:${this._server}`;
  }

  private _told: string | null = null;
}
