// The shared text behind an editor, when it is one of ours.

import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { SharedRoot } from '../documents/root';

/**
 * A text that others may write in, too.
 */
export interface ISharedText {
  /**
   * The text; another one after its document was exchanged.
   */
  text(): Y.Text;
  readonly awareness: Awareness;
}

/**
 * The text of an editor's shared model: of a cell of a live notebook, or of a live text file. Null
 * where others are in charge of it, who show people themselves.
 */
export function sharedTextOf(model: object): ISharedText | null {
  const { notebook } = model as { notebook?: unknown };
  const root = notebook ?? model;
  const source = (): unknown => (model as { ysource?: unknown }).ysource;
  return root instanceof SharedRoot && source() instanceof Y.Text
    ? { text: () => source() as Y.Text, awareness: root.awareness }
    : null;
}
