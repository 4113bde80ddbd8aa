// Keeps unsaved text over an exchange of the document: when it is refused, or belongs elsewhere.

import * as Y from 'yjs';

import type { IRecoveredCopy } from '../tokens';
import type { IKeeper } from './keeper';
import type { SharedRoot } from './root';

/**
 * Why the document has to be exchanged.
 */
export interface IParting {
  readonly code: string;
  readonly message: string;

  /**
   * Whether the text may be applied to the new document; otherwise it is only kept.
   */
  readonly mayApply: boolean;
}

/**
 * The way of a shared model from one document to the next.
 *
 * The old document stays on the screen, closed for writing, until the new one holds all that the
 * server has.
 */
export class Lifeboat {
  constructor(
    private readonly _model: Pick<SharedRoot, 'ydoc' | 'access' | 'exchange'>,
    private readonly _keeper: IKeeper
  ) {
    this._listen();
  }

  /**
   * The document that waits for its content; null when none does.
   */
  get next(): Y.Doc | null {
    return this._next;
  }

  /**
   * All that the document on the screen holds is on the server.
   */
  settle(): void {
    if (!this._next) {
      this._keeper.settle();
    }
  }

  /**
   * Part from the document on the screen.
   *
   * @returns a new document, to be filled by the server.
   */
  part(parting: IParting): Y.Doc {
    this._parting ??= parting;
    this._model.access = 'none';
    this._next = new Y.Doc();
    return this._next;
  }

  /**
   * Show something else until the server has the document: nothing of it is to be brought over.
   *
   * @returns the document, to be filled by the server.
   */
  standIn(): Y.Doc {
    this._next = new Y.Doc();
    this._parting = null;
    return this._next;
  }

  /**
   * The new document holds all that the server has: show it.
   *
   * @param mayWrite - whether this person may change it.
   * @param now - milliseconds since the Unix epoch.
   *
   * @returns what could not be brought over, null when there is nothing.
   */
  arrive(mayWrite: boolean, now: number): IRecoveredCopy | null {
    const { _next: next, _parting: parting } = this;
    if (!next) {
      this._keeper.reset();
      return null;
    }
    // Taken only now: an editor lets the person type on while the new document comes.
    const unsaved = this._keeper.unsaved();
    this._next = null;
    this._parting = null;
    this._model.ydoc.off('beforeTransaction', this._begin);
    this._model.ydoc.off('afterTransaction', this._follow);
    this._model.exchange(next);
    this._listen();
    this._keeper.reset();
    this._model.access = mayWrite ? 'write' : 'read';
    if (!parting) {
      return null;
    }
    if (parting.mayApply && mayWrite) {
      unsaved.carry();
      return null;
    }
    const { cells } = unsaved;
    const { code, message } = parting;
    return cells.length === 0
      ? null
      : { time: now, code, message, cells, isLasting: false };
  }

  private _listen(): void {
    this._model.ydoc.on('beforeTransaction', this._begin);
    this._model.ydoc.on('afterTransaction', this._follow);
  }

  private readonly _begin = (transaction: Y.Transaction): void => {
    this._keeper.begin(transaction);
  };

  private readonly _follow = (transaction: Y.Transaction): void => {
    this._keeper.follow(transaction);
  };

  private _next: Y.Doc | null = null;
  private _parting: IParting | null = null;
}
