// What was typed here and is not known to be on the server, whatever kind of document it is in.

import type * as Y from 'yjs';

import type { IRecoveredCell } from '../tokens';

/**
 * Unsaved text, taken from a document.
 */
export interface IUnsavedText {
  /**
   * For the person: what differs from what the server has.
   */
  readonly cells: readonly IRecoveredCell[];

  /**
   * Apply it, as ordinary edits, to what the model holds now.
   */
  carry(): void;
}

/**
 * Knows what the server has of a model's text.
 */
export interface IKeeper {
  /**
   * A transaction of the model's document begins.
   */
  begin(transaction: Y.Transaction): void;

  /**
   * A transaction of the model's document is over.
   */
  follow(transaction: Y.Transaction): void;

  /**
   * All that the document holds now is on the server.
   */
  settle(): void;

  /**
   * Start anew with a document that came from the server.
   */
  reset(): void;

  unsaved(): IUnsavedText;
}
