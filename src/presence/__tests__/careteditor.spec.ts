import { EditorView } from '@codemirror/view';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { caretsIn, caretsOf } from '../careteditor';
import { Carets } from '../carets';
import { selectionIn } from '../place';

/**
 * Ada's editor and Grace's caret at the end of their text. The editor follows the text when the test
 * says so.
 */
class Desk {
  readonly doc = new Y.Doc();
  readonly text = this.doc.getText('one');
  readonly awareness = new Awareness(this.doc);
  readonly view: EditorView;

  constructor(text: string) {
    this.text.insert(0, text);
    const schedule = (then: () => void) => {
      this._due.push(then);
      return { isDisposed: false, dispose: () => undefined };
    };
    this.view = new EditorView({
      doc: text,
      extensions: caretsIn({
        shared: { text: () => this.text, awareness: this.awareness },
        carets: new Carets(this.awareness, schedule),
        schedule,
        label: ({ person }) => person.name
      })
    });
    this.putGrace();
    this.frame();
  }

  /**
   * Grace goes to the end of the text.
   */
  putGrace(): void {
    const { length } = this.text;
    const selection = selectionIn(this.text, length, length);
    const user = { username: 'grace', name: 'Grace' };
    this.awareness.states.set(GRACE, { user, cursors: [selection] });
    this.awareness.emit('change', [
      { added: [], updated: [GRACE], removed: [] },
      'test'
    ]);
  }

  frame(): void {
    for (const then of this._due.splice(0)) {
      then();
    }
  }

  /**
   * Where Grace is drawn.
   */
  get places(): number[] {
    return caretsOf(this.view.state).map(({ head }) => head);
  }

  dispose(): void {
    this.view.destroy();
    this.awareness.destroy();
  }

  private readonly _due: (() => void)[] = [];
}

const GRACE = 7;

describe('an editor with carets', () => {
  it('draws them where they are, though the text was ahead of the editor', () => {
    const desk = new Desk('hello');
    desk.text.insert(5, ' world');
    desk.putGrace();
    desk.frame();
    desk.view.dispatch({ changes: { from: 5, insert: ' world' } });
    desk.frame();
    expect(desk.places).toEqual([11]);
    desk.dispose();
  });

  it('is left alone by a look that finds nothing new', () => {
    const desk = new Desk('hello');
    const { state } = desk.view;
    desk.putGrace();
    desk.frame();
    expect(desk.view.state.doc).toBe(state.doc);
    expect(caretsOf(desk.view.state)).toBe(caretsOf(state));
    desk.dispose();
  });
});
