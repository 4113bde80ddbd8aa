// The others' carets and selections in an editor, and one's own for the others.

import type { EditorState, Extension } from '@codemirror/state';
import { EditorSelection, StateEffect, StateField } from '@codemirror/state';
import type { EditorView, PluginValue, ViewUpdate } from '@codemirror/view';
import { layer, RectangleMarker, ViewPlugin } from '@codemirror/view';
import type { IDisposable } from '@lumino/disposable';

import { CaretMark, nameNear, SelectionMark } from './caretmarks';
import type { Carets, ICaret, Schedule } from './carets';
import { areSame } from './carets';
import { OwnSelection } from './ownselection';
import type { ISharedText } from './sharedtext';

const CARETS_CLASS = 'jp-Anode-carets';

/**
 * A first line has less than this above it, in pixels: no room for a flag.
 */
const FLAG_PX = 14;

const setCarets = StateEffect.define<readonly ICaret[]>();

/**
 * The carets that are shown. Between two looks at the shared text they move with the editor's.
 */
const shown = StateField.define<readonly ICaret[]>({
  create: () => [],
  update: (carets, { changes, docChanged, effects }) => {
    for (const effect of effects) {
      if (effect.is(setCarets)) {
        return effect.value;
      }
    }
    return docChanged && carets.length > 0
      ? carets.map(caret => ({
          ...caret,
          anchor: changes.mapPos(Math.min(caret.anchor, changes.length), -1),
          head: changes.mapPos(Math.min(caret.head, changes.length), -1)
        }))
      : carets;
  }
});

/**
 * The others' carets as an editor shows them.
 */
export function caretsOf(state: EditorState): readonly ICaret[] {
  return state.field(shown);
}

/**
 * What an editor with carets needs.
 */
export interface ICaretsOptions {
  readonly shared: ISharedText;
  readonly carets: Carets;
  readonly schedule: Schedule;

  /**
   * What stands on a caret's flag.
   */
  label(caret: ICaret): string;
}

/**
 * Carets and selections of everybody else in an editor of a shared text.
 */
export function caretsIn(options: ICaretsOptions): Extension {
  return [
    shown,
    ViewPlugin.define(view => new CaretsView(view, options), {
      eventHandlers: {
        mousemove: ({ clientX, clientY }, view) => {
          nameIn(view, clientX, clientY);
        },
        mouseleave: (_, view) => {
          nameIn(view, NaN, NaN);
        }
      }
    }),
    layer({
      above: true,
      class: CARETS_CLASS,
      update: isNews,
      markers: view => caretMarks(view, options)
    }),
    layer({
      above: false,
      class: 'jp-Anode-selections',
      update: isNews,
      markers: selectionMarks
    })
  ];
}

/**
 * Keeps an editor and what is known of people in step.
 */
class CaretsView implements PluginValue {
  constructor(view: EditorView, options: ICaretsOptions) {
    const { shared, carets, schedule } = options;
    this._carets = carets;
    this._own = new OwnSelection(view, shared, schedule);
    this._watching = carets.watch(shared.text, found => {
      if (!areSame(caretsOf(view.state), found)) {
        view.dispatch({ effects: setCarets.of(found) });
      }
    });
  }

  update({ docChanged, selectionSet, focusChanged }: ViewUpdate): void {
    if (docChanged) {
      this._carets.touch();
    }
    if (docChanged || selectionSet || focusChanged) {
      this._own.touch();
    }
  }

  destroy(): void {
    this._watching.dispose();
    this._own.dispose();
  }

  private readonly _carets: Carets;
  private readonly _own: OwnSelection;
  private readonly _watching: IDisposable;
}

function isNews({ startState, state, docChanged }: ViewUpdate): boolean {
  const carets = caretsOf(state);
  return carets !== caretsOf(startState) || (docChanged && carets.length > 0);
}

/**
 * Show the names of the carets that the pointer is near.
 */
function nameIn(view: EditorView, x: number, y: number): void {
  const carets = view.scrollDOM.querySelector(`.${CARETS_CLASS}`);
  if (carets) {
    nameNear(carets, x, y);
  }
}

function caretMarks(
  view: EditorView,
  { label }: ICaretsOptions
): readonly CaretMark[] {
  const { scrollLeft, clientWidth } = view.scrollDOM;
  return inside(view).flatMap(caret => {
    const range = EditorSelection.cursor(caret.head, caret.assoc);
    const boxes = RectangleMarker.forRange(view, '', range);
    return boxes.map(
      box =>
        new CaretMark(caret, label(caret), box, {
          isFirst: box.top < FLAG_PX,
          isLeft: box.left - scrollLeft > clientWidth / 2
        })
    );
  });
}

function selectionMarks(view: EditorView): readonly SelectionMark[] {
  return inside(view)
    .filter(({ anchor, head }) => anchor !== head)
    .flatMap(caret => {
      const range = EditorSelection.range(caret.anchor, caret.head);
      return RectangleMarker.forRange(view, 'jp-Anode-selection', range).map(
        box => new SelectionMark(caret, box)
      );
    });
}

/**
 * The carets, none behind the end: the shared text may be ahead of the editor's.
 */
function inside(view: EditorView): readonly ICaret[] {
  const { length } = view.state.doc;
  return caretsOf(view.state).map(caret => ({
    ...caret,
    anchor: Math.min(caret.anchor, length),
    head: Math.min(caret.head, length)
  }));
}
