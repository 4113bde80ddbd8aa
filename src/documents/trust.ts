// Which outputs this viewer trusts: those of code run here. It never travels with the document.

import type { IOutput } from '@jupyterlab/nbformat';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import * as sha256 from 'lib0/hash/sha256';

import { PICTURE } from './picture';

/**
 * Kinds of output that look the same trusted or not.
 */
const HARMLESS = new Set([
  'text/plain',
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/bmp'
]);

/**
 * Notebooks whose trust is remembered in this browser; the longest unused is forgotten first.
 */
const REMEMBERED_NOTEBOOKS = 200;

const PREFIX = 'anode-trust';

/**
 * What outputs are, for trust: a hash over everything when some of it could run code, a plain word
 * when none of it could.
 */
export function fingerprint(outputs: readonly IOutput[]): string {
  if (outputs.length === 0) {
    return 'empty';
  }
  const harmless = outputs.every(
    output =>
      output.output_type === 'stream' ||
      output.output_type === 'error' ||
      Object.keys(output.data ?? {}).every(mime => HARMLESS.has(mime))
  );
  if (harmless) {
    return 'harmless';
  }
  const digest = sha256.digest(
    new TextEncoder().encode(
      JSON.stringify(outputs, (key, value: unknown) =>
        key === PICTURE ? undefined : value
      )
    )
  );
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join(
    ''
  );
}

/**
 * The trust of one viewer in the cells of one notebook.
 *
 * A cell is trusted from the moment its outputs are cleared, made or approved here, until somebody
 * else changes them. Over a reload it stays trusted when its outputs are still the very same.
 */
export class Trust {
  /**
   * @param _storage - where this browser remembers; null when it does not.
   * @param _outputs - the present outputs of a cell, null when there is no such cell.
   */
  constructor(
    private readonly _storage: Storage | null,
    private readonly _outputs: (id: string) => readonly IOutput[] | null
  ) {}

  /**
   * From now on this is the trust in that notebook: what is remembered about it counts.
   */
  attach(notebookId: string): void {
    this._notebookId = notebookId;
    this._remembered = this._read(notebookId);
  }

  /**
   * Whether a cell is trusted.
   */
  has(id: string): boolean {
    if (this._trusted.has(id)) {
      return true;
    }
    const known = this._remembered.get(id);
    const outputs = known === undefined ? null : this._outputs(id);
    if (outputs === null || fingerprint(outputs) !== known) {
      return false;
    }
    this._trusted.add(id);
    return true;
  }

  /**
   * This viewer trusts a cell.
   */
  grant(id: string): void {
    this._trusted.add(id);
    this._moved.add(id);
  }

  /**
   * Runs with these ids are asked for here: what the server writes for them is trusted.
   */
  expect(executionIds: readonly string[]): void {
    for (const id of executionIds) {
      this._asked.add(id);
    }
  }

  /**
   * The server tells that this person asked for these runs, here or in another page.
   */
  recognize(executionIds: readonly string[]): void {
    const before = this._own.size;
    for (const id of executionIds) {
      this._own.add(id);
    }
    if (this._own.size > before) {
      this._recognized.emit();
    }
  }

  /**
   * More runs are known to be this person's.
   */
  get recognized(): ISignal<this, void> {
    return this._recognized;
  }

  /**
   * Whether this person asked for a run.
   */
  isOwn(executionId: string): boolean {
    return this._own.has(executionId) || this._asked.has(executionId);
  }

  /**
   * Whether a run was asked for in this page.
   */
  isAsked(executionId: string): boolean {
    return this._asked.has(executionId);
  }

  /**
   * The server's Yjs client id; null while it is not known.
   */
  writer: number | null = null;

  /**
   * Outputs of a cell were changed here.
   */
  touch(id: string): void {
    this._moved.add(id);
  }

  /**
   * Somebody else changed the outputs of a cell.
   *
   * @returns whether it was trusted before.
   */
  revoke(id: string): boolean {
    this._moved.delete(id);
    return this._trusted.delete(id);
  }

  /**
   * Remember, over a reload of the page.
   */
  save(): void {
    if (this._storage === null || this._notebookId === null) {
      return;
    }
    for (const id of this._moved) {
      const outputs = this._trusted.has(id) ? this._outputs(id) : null;
      if (outputs === null) {
        this._remembered.delete(id);
      } else {
        this._remembered.set(id, fingerprint(outputs));
      }
    }
    if (this._moved.size > 0) {
      this._moved.clear();
      this._write(this._storage, this._notebookId);
    }
  }

  private _read(notebookId: string): Map<string, string> {
    try {
      const text = this._storage?.getItem(`${PREFIX}:${notebookId}`);
      return new Map(JSON.parse(text ?? '[]') as [string, string][]);
    } catch {
      return new Map();
    }
  }

  private _write(storage: Storage, notebookId: string): void {
    try {
      const index = JSON.parse(storage.getItem(PREFIX) ?? '[]') as string[];
      const order = [notebookId, ...index.filter(id => id !== notebookId)];
      for (const old of order.splice(REMEMBERED_NOTEBOOKS)) {
        storage.removeItem(`${PREFIX}:${old}`);
      }
      storage.setItem(PREFIX, JSON.stringify(order));
      storage.setItem(
        `${PREFIX}:${notebookId}`,
        JSON.stringify([...this._remembered])
      );
    } catch (error) {
      console.warn('anode: this browser does not remember trust', error);
    }
  }

  private _notebookId: string | null = null;
  private _remembered = new Map<string, string>();
  private readonly _recognized = new Signal<this, void>(this);
  private readonly _asked = new Set<string>();
  private readonly _own = new Set<string>();
  private readonly _trusted = new Set<string>();
  private readonly _moved = new Set<string>();
}
