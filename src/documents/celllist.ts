// The list of cells of a document and their faces, kept in step.

import type { NotebookChange, SharedCell } from '@jupyter/ydoc';
import type { IDisposable } from '@lumino/disposable';
import * as Y from 'yjs';

import type { CellMap } from './celldata';
import { toCellMap } from './celldata';
import type { AnodeCell, CellNotebook } from './cells';
import { wrapCell } from './cells';

/**
 * What changed in the list.
 */
export type CellsChange = NonNullable<NotebookChange['cellsChange']>;

/**
 * Any shared type.
 */
type SharedType = Y.AbstractType<unknown>;

/**
 * The cells of one document.
 */
export class CellList implements IDisposable {
  /**
   * @param _onChange - told after the faces are in step.
   */
  constructor(
    doc: Y.Doc,
    private readonly _notebook: CellNotebook,
    private readonly _onChange: (change: CellsChange) => void
  ) {
    this.shared = doc.getArray<unknown>('cells');
    this.cells = this.shared.toArray().map(entry => this._face(entry));
    this.shared.observe(this._observe);
  }

  readonly shared: Y.Array<unknown>;

  /**
   * The faces, in order.
   */
  readonly cells: AnodeCell[];

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * The cell that a shared type is part of, with the name of the part; null when there is none.
   */
  locate(type: unknown): { cell: CellMap; part: string } | null {
    let part: unknown = null;
    let owner = type as SharedType | null;
    while (owner !== null && (owner.parent as unknown) !== this.shared) {
      part = owner;
      owner = owner.parent as SharedType | null;
    }
    if (!(owner instanceof Y.Map)) {
      return null;
    }
    const cell = owner as CellMap;
    const names = ['outputs', 'source', 'metadata'];
    const name = names.find(name => part !== null && cell.get(name) === part);
    return { cell, part: name ?? '' };
  }

  /**
   * Insert new cells, inside a transaction.
   */
  insert(index: number, cells: readonly SharedCell.Cell[]): AnodeCell[] {
    const maps = cells.map(toCellMap);
    this.shared.insert(index, maps);
    return maps.map(map => this._face(map));
  }

  /**
   * Move cells, inside a transaction: copies with the same ids take the place of the old ones,
   * as neither Yjs nor the other clients know moving.
   *
   * @param to - where the first goes, counted in the present list.
   */
  move(from: number, to: number, count: number): void {
    const copies = this.shared
      .slice(from, from + count)
      .filter(entry => entry instanceof Y.Map)
      .map(map => map.clone());
    this.shared.delete(from, count);
    this.shared.insert(from > to ? to : to - count + 1, copies);
  }

  /**
   * Delete cells, inside a transaction.
   */
  delete(index: number, count: number): void {
    this.shared.delete(index, count);
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.shared.unobserve(this._observe);
      for (const cell of this.cells) {
        cell.dispose();
      }
    }
  }

  /**
   * A cell that somebody else puts here under a known id may be another one.
   */
  private _distrust(entries: readonly unknown[]): void {
    for (const entry of entries) {
      const id = entry instanceof Y.Map ? (entry as CellMap).get('id') : null;
      if (typeof id === 'string') {
        this._notebook.trust.revoke(id);
      }
    }
  }

  private _face(entry: unknown): AnodeCell {
    const key = entry instanceof Y.Map ? entry : null;
    const known = key && this._faces.get(key);
    if (known) {
      return known;
    }
    const face = wrapCell(entry, this._notebook);
    if (key) {
      this._faces.set(key, face);
    }
    return face;
  }

  private readonly _observe = (
    event: Y.YArrayEvent<unknown>,
    transaction: Y.Transaction
  ): void => {
    const change: CellsChange = [];
    const gone: AnodeCell[] = [];
    let index = 0;
    for (const step of event.changes.delta) {
      if (step.retain !== undefined) {
        index += step.retain;
        change.push({ retain: step.retain });
      } else if (step.delete !== undefined) {
        gone.push(...this.cells.splice(index, step.delete));
        change.push({ delete: step.delete });
      } else if (Array.isArray(step.insert)) {
        if (!transaction.local) {
          this._distrust(step.insert);
        }
        const faces = step.insert.map(entry => this._face(entry));
        this.cells.splice(index, 0, ...faces);
        index += faces.length;
        change.push({ insert: faces });
      }
    }
    for (const cell of gone) {
      cell.dispose();
    }
    this._onChange(change);
  };

  private readonly _faces = new WeakMap<Y.Map<unknown>, AnodeCell>();
  private _isDisposed = false;
}
