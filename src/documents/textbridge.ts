// Keeps two shared texts the same: that of an editor which is bound for life, and the live one.

import type { IDisposable } from '@lumino/disposable';
import type * as Y from 'yjs';

import { textEdit } from './textdiff';

/**
 * Makes `bound` read as `live`, and carries each change of either over to the other.
 *
 * An editor is bound to one text from its beginning. When the document behind it is exchanged, it
 * goes on with the old text as its face.
 */
export class TextBridge implements IDisposable {
  constructor(
    private readonly _bound: Y.Text,
    private readonly _live: Y.Text
  ) {
    const edit = textEdit(_bound.toJSON(), _live.toJSON());
    if (edit) {
      _bound.doc!.transact(() => {
        _bound.delete(edit.start, edit.remove);
        _bound.insert(edit.start, edit.insert);
      }, this);
    }
    _bound.observe(this._onBound);
    _live.observe(this._onLive);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._bound.unobserve(this._onBound);
      this._live.unobserve(this._onLive);
    }
  }

  private readonly _onBound = (
    event: Y.YTextEvent,
    transaction: Y.Transaction
  ): void => {
    if (transaction.origin !== this) {
      this._pass(event, this._live);
    }
  };

  private readonly _onLive = (
    event: Y.YTextEvent,
    transaction: Y.Transaction
  ): void => {
    if (transaction.origin !== this) {
      this._pass(event, this._bound);
    }
  };

  private _pass(event: Y.YTextEvent, to: Y.Text): void {
    const { delta } = event;
    to.doc!.transact(() => to.applyDelta(delta), this);
  }

  private _isDisposed = false;
}
