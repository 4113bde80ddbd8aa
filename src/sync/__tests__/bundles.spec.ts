// What was made offline goes out in order; what its maker saw of a cell can still be told.

import * as Y from 'yjs';

import { after, bundles } from '../bundles';

/**
 * The updates of each transaction.
 */
function made(...work: ((doc: Y.Doc) => void)[]): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  work.forEach(act => {
    doc.transact(() => {
      act(doc);
    });
  });
  return updates;
}

const type = (word: string) => (doc: Y.Doc) => {
  doc.getText('text').insert(0, word);
};
const erase = (doc: Y.Doc) => {
  doc.getText('text').delete(0, 1);
};
const addCell = (doc: Y.Doc) => {
  doc.getArray('cells').insert(0, [new Y.Map([['id', 'a']])]);
};
const moveCell = (doc: Y.Doc) => {
  doc.getArray('cells').delete(0, 1);
  addCell(doc);
};

function lengths(changes: Uint8Array[]): number[] {
  return bundles(changes).map(bundle => bundle.changes.length);
}

describe('bundles', () => {
  it('joins mere typing', () => {
    const changes = made(type('c'), type('b'), type('a'));
    const [only, ...others] = bundles(changes);
    expect(others).toEqual([]);
    expect(only!.changes).toEqual(changes);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, only!.update);
    expect(doc.getText('text').toJSON()).toBe('abc');
  });

  it('leaves moves and deletions alone', () => {
    const changes = made(addCell, type('a'), type('b'), moveCell, type('c'));
    expect(lengths(changes)).toEqual([1, 2, 1, 1]);
    expect(lengths(made(type('a'), type('b'), erase, erase))).toEqual([
      2, 1, 1
    ]);
  });

  it('does not join over a gap', () => {
    const [first, , third] = made(type('a'), type('b'), type('c'));
    expect(lengths([first!, third!])).toEqual([1, 1]);
  });

  it('does not join what was typed under several ids', () => {
    expect(lengths([...made(type('a')), ...made(type('b'))])).toEqual([1, 1]);
  });

  it('brings everything, in its order', () => {
    const work = [addCell, type('a'), moveCell, type('b'), erase, type('c')];
    const changes = made(...work);
    const doc = new Y.Doc();
    bundles(changes).forEach(({ update }) => {
      Y.applyUpdate(doc, update);
    });
    expect(doc.getText('text').toJSON()).toBe('ca');
    expect(doc.getArray('cells')).toHaveLength(1);
    expect(doc.store.pendingStructs).toBeNull();
  });
});

describe('after', () => {
  it('tells what one has who got the changes', () => {
    const changes = made(type('a'), type('b'));
    const doc = new Y.Doc();
    const nothing = Y.encodeStateVector(doc);
    changes.forEach(change => {
      Y.applyUpdate(doc, change);
    });
    expect(after(nothing, changes)).toEqual(Y.encodeStateVector(doc));
  });

  it('does not count what leaves a gap', () => {
    const changes = made(type('a'), type('b'));
    const nothing = Y.encodeStateVector(new Y.Doc());
    expect(after(nothing, changes.slice(1))).toEqual(nothing);
  });
});
