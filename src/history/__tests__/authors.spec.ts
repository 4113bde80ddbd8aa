import { EditorView } from '@codemirror/view';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { IAuthor } from '../../api/history';
import { authorsIn, marksOf } from '../authorgutter';
import type { IAuthoredLine } from '../authors';
import { Authors, linesIn, nameOf, spokenOf, whenOf } from '../authors';

const trans = nullTranslator.load('anode_jlab');

const ADA: IAuthor = {
  seq: 1,
  time: '2026-11-26T08:30:00Z',
  kind: 'human',
  id: 'ada',
  name: 'Ada'
};
const FILE: IAuthor = { ...ADA, seq: 2, kind: 'file', id: '', name: 'File' };

/**
 * The editor comes into sight when the test says so. Ours is the first; CodeMirror makes more.
 */
class Sight {
  static first: Sight | null;

  constructor(
    private readonly _told: (entries: { isIntersecting: boolean }[]) => void
  ) {
    Sight.first ??= this;
  }

  come(): void {
    this._told([{ isIntersecting: true }]);
  }

  observe(): void {}

  disconnect(): void {}
}

class Shown {
  isShown = false;
  readonly changed = new Signal<Authors, boolean>(this as unknown as Authors);

  show(value: boolean): void {
    this.isShown = value;
    this.changed.emit(value);
  }
}

async function answered(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve));
}

describe('authors of lines', () => {
  it('are told line for line', () => {
    const lines = linesIn({
      seq: 7,
      lines: [
        { first: 0, lines: 2, authors: [1] },
        { first: 2, lines: 1, authors: [0, 1] }
      ],
      authors: [ADA, FILE]
    });
    expect(lines).toEqual([
      { authors: [FILE] },
      { authors: [FILE] },
      { authors: [ADA, FILE] }
    ]);
  });

  it('are not asked for without a live notebook', async () => {
    const blame = jest.fn();
    const authors = new Authors({ forModel: () => null }, { blame });
    expect(await authors.linesOf({ id: 'a', notebook: {} })).toBeNull();
    expect(blame).not.toHaveBeenCalled();
  });

  it('have names, times and words', () => {
    const time = new Date(ADA.time);
    expect(nameOf(ADA, trans)).toBe('Ada');
    expect(nameOf(FILE, trans)).toBe('On disk');
    expect(nameOf({ ...ADA, kind: 'purged', name: '' }, trans)).toBe('Removed');
    expect(whenOf(ADA, time)).toMatch(/30/);
    expect(whenOf(ADA, new Date('2027-02-01T08:30:00Z'))).toMatch(/2026/);
    expect(spokenOf([ADA, FILE], trans).split('\n')).toHaveLength(2);
  });
});

describe('the gutter', () => {
  const shown = new Shown();
  let lines: IAuthoredLine[] | null;
  let view: EditorView;

  beforeEach(() => {
    Sight.first = null;
    globalThis.IntersectionObserver =
      Sight as unknown as typeof IntersectionObserver;
    lines = linesIn({
      seq: 7,
      lines: [{ first: 0, lines: 2, authors: [0] }],
      authors: [ADA]
    });
    shown.isShown = false;
    view = new EditorView({
      doc: 'one\ntwo',
      parent: document.body,
      extensions: authorsIn({
        authors: shown,
        lines: () => Promise.resolve(lines),
        mark: ({ authors }) => ({ name: authors[0]!.name, when: '', title: '' })
      })
    });
  });

  afterEach(() => view.destroy());

  it('is there while it is asked for, once the editor is in sight', async () => {
    expect(view.dom.querySelector('.cm-gutters')).toBeNull();
    shown.show(true);
    await answered();
    expect(marksOf(view.state).size).toBe(0);
    Sight.first!.come();
    await answered();
    expect([...marksOf(view.state)]).toEqual([
      [1, 'Ada'],
      [2, '']
    ]);
    shown.show(false);
    expect(view.dom.querySelector('.cm-gutters')).toBeNull();
  });

  it('moves with the text, and says nothing of new lines until it is known', async () => {
    shown.show(true);
    Sight.first!.come();
    await answered();
    view.dispatch({ changes: { from: 3, insert: '\nnew' } });
    expect([...marksOf(view.state)]).toEqual([
      [1, 'Ada'],
      [3, '']
    ]);
  });

  it('shows nothing of a text that the server does not have yet', async () => {
    lines = lines!.slice(1);
    shown.show(true);
    Sight.first!.come();
    await answered();
    expect(marksOf(view.state).size).toBe(0);
  });
});
