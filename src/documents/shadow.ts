// What the server certainly has of every cell's text: the base for bringing own text elsewhere.

import type * as Y from 'yjs';

import { RESTORED_OWN } from '../sync/localcopy';
import type { IRecoveredCell } from '../tokens';
import type { AnodeNotebook } from './notebook';

/**
 * What was changed here and is not known to be on the server.
 */
export interface IUnsaved {
  /**
   * Cells made here or with text typed here, in the order of the notebook, each with the id of the
   * cell before it and its text on the server (null: the server does not have the cell).
   */
  readonly changed: readonly (IRecoveredCell & {
    readonly after: string | null;
    readonly base: string | null;
  })[];

  /**
   * Cells deleted here, with their text on the server.
   */
  readonly deleted: readonly { readonly id: string; readonly base: string }[];
}

/**
 * Follows a notebook's text and the acknowledgements.
 */
export class Shadow {
  constructor(private readonly _notebook: AnodeNotebook) {}

  /**
   * All that the document holds now is on the server.
   */
  settle(): void {
    if (this._structure) {
      this._base.clear();
    }
    for (const cell of this._notebook.cells) {
      const id = cell.getId();
      if (this._structure || this._touched.has(id)) {
        this._base.set(id, cell.getSource());
      }
    }
    this._structure = false;
    this._touched.clear();
  }

  /**
   * Start anew with a document that came from the server.
   */
  reset(): void {
    this._structure = true;
    this.settle();
  }

  /**
   * A transaction changed the document.
   */
  follow(transaction: Y.Transaction): void {
    transaction.changed.forEach((_, type) => {
      const shared: unknown = type;
      if (shared === this._notebook.ydoc.getArray('cells')) {
        this._structure = true;
        return;
      }
      const cell = this._notebook.cells.find(cell => cell.ysource === shared);
      if (!cell) {
        return;
      }
      const id = cell.getId();
      if (transaction.local || transaction.origin === RESTORED_OWN) {
        this._touched.add(id);
      } else if (!this._touched.has(id)) {
        this._base.set(id, cell.getSource());
      }
    });
  }

  /**
   * Compare the document with what the server certainly has.
   */
  unsaved(): IUnsaved {
    const changed: IUnsaved['changed'][number][] = [];
    const seen = new Set<string>();
    let after: string | null = null;
    for (const cell of this._notebook.cells) {
      const id = cell.getId();
      const source = cell.getSource();
      const base = this._base.get(id) ?? null;
      if (source !== base) {
        changed.push({ id, cellType: cell.cell_type, source, after, base });
      }
      seen.add(id);
      after = id;
    }
    const deleted = [...this._base]
      .filter(([id]) => !seen.has(id))
      .map(([id, base]) => ({ id, base }));
    return { changed, deleted };
  }

  private readonly _base = new Map<string, string>();
  private readonly _touched = new Set<string>();
  private _structure = true;
}
