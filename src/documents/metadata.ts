// The notebook's metadata, with JupyterLab's housekeeping held back until somebody really edits.

import type { IMapChange } from '@jupyter/ydoc';
import type { INotebookMetadata } from '@jupyterlab/nbformat';
import type { PartialJSONObject, PartialJSONValue } from '@lumino/coreutils';
import { JSONExt } from '@lumino/coreutils';
import * as Y from 'yjs';

/**
 * Keys that JupyterLab writes by itself when a kernel starts. Reading a notebook must not change
 * it, so they are shown from here and written with the next change that a person or a run makes.
 */
const HOUSEKEEPING: readonly string[] = ['language_info', 'kernelspec'];

/**
 * Metadata over the document's `meta` root.
 */
export class NotebookMetadata {
  constructor(private readonly _meta: Y.Map<unknown>) {}

  /**
   * A copy of everything.
   */
  all(): INotebookMetadata {
    const map = this._map;
    return JSONExt.deepCopy({
      ...(map?.toJSON() ?? {}),
      ...Object.fromEntries(this._heldBack)
    });
  }

  /**
   * A copy of one value.
   */
  get(key: string): PartialJSONValue | undefined {
    const value = this._heldBack.get(key) ?? this._map?.get(key);
    return value === undefined
      ? undefined
      : JSONExt.deepCopy(value as PartialJSONObject);
  }

  /**
   * Hold a value back if JupyterLab writes it by itself, telling how it looks from outside.
   *
   * @returns null when the value has to be written.
   */
  holdBack(key: string, value: PartialJSONValue): IMapChange | null {
    if (!HOUSEKEEPING.includes(key)) {
      return null;
    }
    const stored = this._map?.get(key) as PartialJSONObject | undefined;
    const name = (value as { name?: unknown } | null)?.name;
    if (key === 'kernelspec' && stored && stored.name !== name) {
      // Another kernel than the notebook's: that was somebody's choice.
      this._heldBack.delete(key);
      return null;
    }
    const oldValue = this.get(key);
    this._heldBack.set(key, value);
    return {
      key,
      type: oldValue ? 'change' : 'add',
      oldValue,
      newValue: value
    };
  }

  /**
   * What is held back and differs from the document; it is no longer held back.
   */
  release(): [string, PartialJSONValue][] {
    const entries = [...this._heldBack].filter(
      ([key, value]) =>
        // JupyterLab fills in empty names before it saves; nobody needs them in the file.
        (value as { name?: unknown } | null)?.name !== '' &&
        !JSONExt.deepEqual(
          (this._map?.get(key) ?? null) as PartialJSONValue,
          value
        )
    );
    for (const [key] of entries) {
      this._heldBack.delete(key);
    }
    return entries;
  }

  /**
   * Whether `release` may have something to give.
   */
  get isHoldingBack(): boolean {
    return this._heldBack.size > 0;
  }

  /**
   * Write values, inside a transaction.
   */
  write(entries: Iterable<[string, PartialJSONValue | undefined]>): void {
    let map = this._map;
    if (!map) {
      map = new Y.Map<unknown>();
      this._meta.set('metadata', map);
    }
    for (const [key, value] of entries) {
      this._heldBack.delete(key);
      const now = map.get(key) as PartialJSONValue | undefined;
      if (value === undefined) {
        map.delete(key);
      } else if (now === undefined || !JSONExt.deepEqual(now, value)) {
        map.set(key, JSONExt.deepCopy(value as PartialJSONObject));
      }
    }
  }

  /**
   * The keys that are in the document.
   */
  keys(): string[] {
    return [...(this._map?.keys() ?? [])];
  }

  /**
   * What observed events changed, as JupyterLab wants to hear it.
   */
  changes(events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): IMapChange[] {
    const map = this._map;
    const changes: IMapChange[] = [];
    for (const event of events) {
      if (event.target === map) {
        event.changes.keys.forEach((change, key) => {
          const newValue = map.get(key);
          changes.push({
            key,
            type:
              change.action === 'update' ? 'change' : ACTIONS[change.action],
            oldValue: change.oldValue as unknown,
            newValue
          });
        });
      } else if (
        event.target === this._meta &&
        event.changes.keys.has('metadata')
      ) {
        map?.forEach((newValue, key) => {
          changes.push({ key, type: 'add', newValue });
        });
      }
    }
    return changes;
  }

  private get _map(): Y.Map<unknown> | undefined {
    const map = this._meta.get('metadata');
    return map instanceof Y.Map ? (map as Y.Map<unknown>) : undefined;
  }

  private readonly _heldBack = new Map<string, PartialJSONValue>();
}

const ACTIONS = { add: 'add', delete: 'remove' } as const;
