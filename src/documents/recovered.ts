// Text that could not be brought to the server: kept in this browser until the person removes it.

import type { IRecoveredCopy } from '../tokens';

const PREFIX = 'anode-recovered';

/**
 * So many copies of one notebook are kept; the oldest is forgotten first.
 */
const KEPT_COPIES = 20;

/**
 * The copies of one notebook.
 *
 * What the browser refuses to keep (it is full, or keeps nothing) stays in the page.
 */
export class RecoveredCopies {
  /**
   * @param _storage - where this browser remembers; null when it does not.
   */
  constructor(private readonly _storage: Storage | null) {}

  /**
   * The latest last.
   */
  get all(): readonly IRecoveredCopy[] {
    return [...this._lasting, ...this._passing];
  }

  /**
   * From now on these are the copies of that notebook.
   */
  attach(notebookId: string): void {
    this._key = `${PREFIX}:${notebookId}`;
    this._lasting = this._read();
  }

  /**
   * Keep another one.
   */
  add(copy: IRecoveredCopy): void {
    // Another tab may have kept one meanwhile.
    const lasting = [...this._read(), { ...copy, isLasting: true }];
    if (this._write(lasting.slice(-KEPT_COPIES))) {
      this._lasting = lasting.slice(-KEPT_COPIES);
    } else {
      this._passing = [...this._passing, { ...copy, isLasting: false }];
    }
  }

  /**
   * The person has no more need of one.
   */
  remove(copy: IRecoveredCopy): void {
    this._passing = this._passing.filter(one => one !== copy);
    this._lasting = this._read().filter(
      one => one.time !== copy.time || one.code !== copy.code
    );
    this._write(this._lasting);
  }

  private _read(): readonly IRecoveredCopy[] {
    try {
      const text = this._key && this._storage?.getItem(this._key);
      const read: unknown = JSON.parse(text || '[]');
      return Array.isArray(read) ? (read as IRecoveredCopy[]) : [];
    } catch {
      return [];
    }
  }

  /**
   * @returns whether the browser keeps them.
   */
  private _write(copies: readonly IRecoveredCopy[]): boolean {
    if (this._key === null || this._storage === null) {
      return false;
    }
    try {
      if (copies.length === 0) {
        this._storage.removeItem(this._key);
      } else {
        this._storage.setItem(this._key, JSON.stringify(copies));
      }
      return true;
    } catch {
      return false;
    }
  }

  private _key: string | null = null;
  private _lasting: readonly IRecoveredCopy[] = [];
  private _passing: readonly IRecoveredCopy[] = [];
}
