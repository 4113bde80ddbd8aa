// Where the others' carets are, text by text, without any view.

import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';

import type { IPerson } from './person';
import { personOf } from './person';
import type { IRawSelection } from './place';
import { resolve, selectionsOf } from './place';

/**
 * More selections of one window are not shown.
 */
const MOST_SELECTIONS = 16;

/**
 * A caret, or a selection with the caret at its head.
 */
export interface ICaret {
  /**
   * The same for one caret on all its ways.
   */
  readonly id: string;
  readonly person: IPerson;

  /**
   * Whether it is one's own, in another window.
   */
  readonly isSelf: boolean;
  readonly anchor: number;
  readonly head: number;

  /**
   * On which side of its place the head is drawn: -1 with what it follows.
   */
  readonly assoc: number;

  /**
   * How often its person moved it.
   */
  readonly moves: number;
}

/**
 * Calls back soon, once: with the next picture of the screen.
 */
export type Schedule = (then: () => void) => IDisposable;

/**
 * Who wants to know of the carets in one text.
 */
interface IWatcher {
  text(): Y.Text;
  onCarets(carets: readonly ICaret[]): void;
}

/**
 * What is known of one window of somebody.
 */
interface IWindow {
  /**
   * Its selections as they came last.
   */
  key: string;
  moves: number;

  /**
   * The last ones that could be found in the document.
   */
  found: (IRawSelection | undefined)[];
}

/**
 * The carets of all others in one document.
 */
export class Carets {
  constructor(
    private readonly _awareness: Awareness,
    private readonly _schedule: Schedule
  ) {}

  /**
   * Be told of the carets in a text, now and at every look as long as there are some: what is drawn
   * moves with its editor meanwhile, so only who draws knows whether it is news. It is asked for the
   * text each time, as a document may be exchanged.
   */
  watch(
    text: () => Y.Text,
    onCarets: (carets: readonly ICaret[]) => void
  ): IDisposable {
    const watcher = { text, onCarets };
    if (this._watchers.size === 0) {
      this._awareness.on('change', this.touch);
    }
    this._watchers.set(watcher, false);
    this.touch();
    return new DisposableDelegate(() => {
      this._watchers.delete(watcher);
      if (this._watchers.size === 0) {
        this._awareness.off('change', this.touch);
        this._due?.dispose();
        this._due = null;
      }
    });
  }

  /**
   * A text or a caret changed: look soon.
   */
  readonly touch = (): void => {
    this._due ??= this._schedule(() => {
      this._due = null;
      this._look();
    });
  };

  private _look(): void {
    const [first] = this._watchers.keys();
    const doc = first?.text().doc;
    if (!doc) {
      return;
    }
    const found = this._find(doc);
    for (const [watcher, hadSome] of this._watchers) {
      const carets = found.get(watcher.text()) ?? [];
      if (hadSome || carets.length > 0) {
        this._watchers.set(watcher, carets.length > 0);
        watcher.onCarets(carets);
      }
    }
  }

  private _find(doc: Y.Doc): Map<unknown, ICaret[]> {
    const states = this._awareness.getStates();
    const found = new Map<unknown, ICaret[]>();
    for (const client of this._windows.keys()) {
      if (!states.has(client)) {
        this._windows.delete(client);
      }
    }
    const self = personOf(this._awareness.getLocalState()?.['user']);
    for (const [client, state] of states) {
      const person = personOf(state['user']);
      if (client === this._awareness.clientID || !person) {
        continue;
      }
      const isSelf = person.username === self?.username;
      const window = this._windowOf(client, state, doc);
      const { moves } = window;
      window.found.forEach((selection, at) => {
        const id = `${client}:${at}`;
        const ends = selection && endsOf(selection, doc);
        if (ends) {
          const { text, anchor, head } = ends;
          const assoc = selection.assoc === -1 ? -1 : 1;
          const carets = found.get(text) ?? [];
          carets.push({ id, person, isSelf, anchor, head, assoc, moves });
          found.set(text, carets);
        }
      });
    }
    return found;
  }

  /**
   * What is known of a window, with its newest selections as far as they can be found: awareness does
   * not wait for the disk and may speak of text that did not come yet.
   */
  private _windowOf(
    client: number,
    state: Record<string, unknown>,
    doc: Y.Doc
  ): IWindow {
    const selections = selectionsOf(state, MOST_SELECTIONS);
    const key = JSON.stringify(selections);
    const known = this._windows.get(client) ?? { key: '', moves: 0, found: [] };
    const window = {
      key,
      moves: known.moves + (known.key === key ? 0 : 1),
      found: selections.map((selection, at) =>
        endsOf(selection, doc) ? selection : known.found[at]
      )
    };
    this._windows.set(client, window);
    return window;
  }

  /**
   * Who watches, and whether they know of a caret.
   */
  private readonly _watchers = new Map<IWatcher, boolean>();
  private readonly _windows = new Map<number, IWindow>();
  private _due: IDisposable | null = null;
}

/**
 * Both ends of a selection, if they are in the same text.
 */
function endsOf(
  { anchor, head }: IRawSelection,
  doc: Y.Doc
): { text: unknown; anchor: number; head: number } | null {
  const from = resolve(anchor, doc);
  const to = resolve(head, doc);
  return from && to && from.text === to.text
    ? { text: to.text, anchor: from.index, head: to.index }
    : null;
}

/**
 * Whether two looks found the same.
 */
export function areSame(a: readonly ICaret[], b: readonly ICaret[]): boolean {
  return a.length === b.length && JSON.stringify(a) === JSON.stringify(b);
}
