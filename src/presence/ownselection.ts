// Tells the others where one's own selection is.

import type { EditorView } from '@codemirror/view';
import type { IDisposable } from '@lumino/disposable';
import type { Awareness } from 'y-protocols/awareness';

import type { Schedule } from './carets';
import { selectionIn } from './place';
import type { ISharedText } from './sharedtext';

/**
 * The name of the field of the awareness state, shared with jupyter-collaboration.
 */
const FIELD = 'cursors';

/**
 * Who has told the selection last: an editor that loses the focus takes back only its own word.
 */
const speakers = new WeakMap<Awareness, OwnSelection>();

/**
 * The selection in one editor, while it has the focus.
 */
export class OwnSelection implements IDisposable {
  constructor(
    private readonly _view: EditorView,
    private readonly _shared: ISharedText,
    private readonly _schedule: Schedule
  ) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * The selection, the text or the focus changed: tell soon. Not at once, for the shared text follows
   * the editor's.
   */
  touch(): void {
    this._due ??= this._schedule(() => {
      this._due = null;
      this._tell();
    });
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._due?.dispose();
      this._takeBack();
    }
  }

  private _tell(): void {
    const { state, hasFocus } = this._view;
    const text = this._shared.text();
    if (!hasFocus) {
      // Somebody who looks at another window is still where they were.
      if (document.hasFocus()) {
        this._takeBack();
      }
    } else if (text.length === state.doc.length && text.doc) {
      const { ranges, main } = state.selection;
      this._say(
        ranges.map(range => {
          const { anchor, head, assoc } = range;
          return selectionIn(text, anchor, head, range === main, assoc);
        })
      );
      speakers.set(this._shared.awareness, this);
    }
  }

  private _takeBack(): void {
    if (speakers.get(this._shared.awareness) === this) {
      speakers.delete(this._shared.awareness);
      this._say([]);
    }
  }

  private _say(selections: readonly object[]): void {
    const { awareness } = this._shared;
    const before: unknown = awareness.getLocalState()?.[FIELD];
    if (JSON.stringify(before) !== JSON.stringify(selections)) {
      awareness.setLocalStateField(FIELD, selections);
    }
  }

  private _due: IDisposable | null = null;
  private _isDisposed = false;
}
