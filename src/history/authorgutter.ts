// Who wrote each line, beside the lines of an editor.

import type { EditorState, Extension, Text } from '@codemirror/state';
import {
  Compartment,
  RangeSet,
  RangeSetBuilder,
  StateEffect,
  StateField
} from '@codemirror/state';
import type { EditorView, PluginValue, ViewUpdate } from '@codemirror/view';
import { gutter, GutterMarker, ViewPlugin } from '@codemirror/view';
import { Debouncer } from '@lumino/polling';

import type { Authors, IAuthoredLine } from './authors';

/**
 * After the last change, before the server is asked again.
 */
const REFRESH_MS = 1_500;

/**
 * So often it is asked again while what it knows is not yet what stands in the editor.
 */
const TRIES = 5;

/**
 * What stands at a line.
 */
export interface IAuthorMark {
  readonly name: string;
  readonly when: string;
  readonly title: string;
}

/**
 * What an editor with authors needs.
 */
export interface IAuthorGutterOptions {
  readonly authors: Pick<Authors, 'isShown' | 'changed'>;

  /**
   * The lines as the server has them; null when it has none of them.
   */
  lines(): Promise<readonly IAuthoredLine[] | null>;
  mark(line: IAuthoredLine): IAuthorMark;
}

/**
 * A gutter that is there while authors are shown, and takes no place while they are not.
 */
export function authorsIn(options: IAuthorGutterOptions): Extension {
  const place = new Compartment();
  return [
    place.of(options.authors.isShown ? drawn : []),
    ViewPlugin.define(view => new AuthorsView(view, place, options))
  ];
}

const setMarks = StateEffect.define<RangeSet<GutterMarker>>();

/**
 * The marks that are shown. Until the server is asked again they move with the text.
 */
const marks = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update: (known, { changes, docChanged, effects }) => {
    for (const effect of effects) {
      if (effect.is(setMarks)) {
        return effect.value;
      }
    }
    return docChanged ? known.map(changes) : known;
  }
});

/**
 * What stands at which line, counted from 1; lines without a mark are left out.
 */
export function marksOf(state: EditorState): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const cursor = (state.field(marks, false) ?? RangeSet.empty).iter();
  for (; cursor.value; cursor.next()) {
    if (cursor.value instanceof AuthorMarker) {
      found.set(state.doc.lineAt(cursor.from).number, cursor.value.label);
    }
  }
  return found;
}

const drawn: Extension = [
  marks,
  gutter({
    class: 'jp-Anode-authors',
    markers: view => view.state.field(marks)
  })
];

class AuthorMarker extends GutterMarker {
  constructor(
    private readonly _mark: IAuthorMark,
    private readonly _isFirst: boolean
  ) {
    super();
    this.elementClass = _isFirst ? 'jp-mod-first' : '';
  }

  override eq(other: AuthorMarker): boolean {
    return (
      other._isFirst === this._isFirst &&
      other._mark.name === this._mark.name &&
      other._mark.when === this._mark.when &&
      other._mark.title === this._mark.title
    );
  }

  override toDOM(): Node {
    const node = document.createElement('span');
    node.className = 'jp-Anode-author';
    node.title = this._mark.title;
    if (this._isFirst) {
      const name = document.createElement('span');
      name.textContent = this._mark.name;
      const when = document.createElement('time');
      when.textContent = this._mark.when;
      node.append(name, when);
    }
    return node;
  }

  /**
   * Of lines in a row that say the same only the first has words.
   */
  get label(): string {
    return this._isFirst ? this._mark.name : '';
  }
}

/**
 * Asks for the authors of an editor that is in sight.
 */
class AuthorsView implements PluginValue {
  constructor(
    private readonly _view: EditorView,
    private readonly _place: Compartment,
    private readonly _options: IAuthorGutterOptions
  ) {
    _options.authors.changed.connect(this._toggle, this);
    this._sight = new IntersectionObserver(entries => {
      this._isSeen = entries.at(-1)!.isIntersecting;
      this._ask();
    });
    this._sight.observe(_view.dom);
  }

  update({ docChanged }: ViewUpdate): void {
    if (docChanged) {
      this._isTrue = false;
      this._tries = 0;
      if (this._options.authors.isShown) {
        void this._later.invoke();
      }
    }
  }

  destroy(): void {
    this._isGone = true;
    this._options.authors.changed.disconnect(this._toggle, this);
    this._sight.disconnect();
    this._later.dispose();
  }

  private _toggle(_: unknown, isShown: boolean): void {
    this._view.dispatch({
      effects: this._place.reconfigure(isShown ? drawn : [])
    });
    this._isTrue = false;
    this._tries = 0;
    this._ask();
  }

  private _ask(): void {
    if (this._isSeen && !this._isTrue && this._options.authors.isShown) {
      void this._load();
    }
  }

  private async _load(): Promise<void> {
    const { doc } = this._view.state;
    this._isTrue = true;
    // A cell that the server does not know yet, or cannot tell of now, has no marks.
    const lines = await this._options.lines().catch(() => null);
    if (this._isGone || !this._options.authors.isShown) {
      return;
    }
    const isOfNow = this._view.state.doc.eq(doc);
    if (isOfNow && lines && lines.length === linesOf(doc)) {
      const known = marksFor(doc, lines, line => this._options.mark(line));
      this._view.dispatch({ effects: setMarks.of(known) });
    } else if (this._tries < TRIES) {
      this._tries += 1;
      this._isTrue = false;
      await this._later.invoke();
    }
  }

  private readonly _sight: IntersectionObserver;
  private readonly _later = new Debouncer(() => this._ask(), REFRESH_MS);
  private _isSeen = false;
  private _isTrue = false;
  private _isGone = false;
  private _tries = 0;
}

/**
 * How many lines of a text have authors: an empty one has nothing that somebody wrote.
 */
function linesOf(doc: Text): number {
  return doc.length === 0 ? 0 : doc.lines;
}

function marksFor(
  doc: Text,
  lines: readonly IAuthoredLine[],
  mark: (line: IAuthoredLine) => IAuthorMark
): RangeSet<GutterMarker> {
  const builder = new RangeSetBuilder<GutterMarker>();
  let before: IAuthorMark | null = null;
  for (const [index, line] of lines.entries()) {
    const { from } = doc.line(index + 1);
    const made = mark(line);
    const isSame = before?.name === made.name && before.when === made.when;
    builder.add(from, from, new AuthorMarker(made, !isSame));
    before = made;
  }
  return builder.finish();
}
