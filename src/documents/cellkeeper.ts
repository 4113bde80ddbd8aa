// Keeps unsaved text of a notebook, cell by cell.

import type * as Y from 'yjs';

import { carry } from './carry';
import type { IKeeper, IUnsavedText } from './keeper';
import type { AnodeNotebook } from './notebook';
import { Shadow } from './shadow';

/**
 * The keeper of a notebook.
 */
export class CellKeeper implements IKeeper {
  constructor(private readonly _notebook: AnodeNotebook) {
    this._shadow = new Shadow(_notebook);
  }

  begin(): void {
    // What a cell held before is known of every cell.
  }

  follow(transaction: Y.Transaction): void {
    this._shadow.follow(transaction);
  }

  settle(): void {
    this._shadow.settle();
  }

  reset(): void {
    this._shadow.reset();
  }

  unsaved(): IUnsavedText {
    const unsaved = this._shadow.unsaved();
    return {
      cells: unsaved.changed.map(({ id, cellType, source }) => ({
        id,
        cellType,
        source
      })),
      carry: () => carry(unsaved, this._notebook)
    };
  }

  private readonly _shadow: Shadow;
}
