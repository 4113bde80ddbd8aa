// Keeps unsaved text of a text file.

import type * as Y from 'yjs';

import { RESTORED_OWN } from '../sync/localcopy';
import type { IKeeper, IUnsavedText } from './keeper';
import { merge } from './merge';
import type { AnodeFile } from './textfile';

/**
 * The keeper of a text file.
 */
export class TextKeeper implements IKeeper {
  constructor(private readonly _file: AnodeFile) {}

  begin(transaction: Y.Transaction): void {
    const isOwn = transaction.local || transaction.origin === RESTORED_OWN;
    if (isOwn && this._base === null) {
      this._base = this._file.getSource();
    }
  }

  follow(): void {
    // What others change while something waits here comes on both sides of a later merge.
  }

  settle(): void {
    this._base = null;
  }

  reset(): void {
    this._base = null;
  }

  unsaved(): IUnsavedText {
    const base = this._base;
    const source = this._file.getSource();
    const isChanged = base !== null && base !== source;
    return {
      cells: isChanged ? [{ id: 'source', cellType: 'text', source }] : [],
      carry: () => {
        if (isChanged) {
          this._file.setSource(merge(base, source, this._file.getSource()));
        }
      }
    };
  }

  /**
   * The text before the first change that is not known to be on the server.
   */
  private _base: string | null = null;
}
