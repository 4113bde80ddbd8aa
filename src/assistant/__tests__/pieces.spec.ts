// Pieces of a change: found in the diff that the server makes, and put together again.

import { linesOf, partly, piecesOf } from '../pieces';

const BEFORE = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', ''];

const DIFF = [
  '--- cell x',
  '+++ cell x',
  '@@ -1,6 +1,7 @@',
  ' a',
  '-b',
  '+B',
  '+bb',
  ' c',
  '-d',
  ' e',
  ' f',
  ' g',
  '@@ -8,3 +9,4 @@',
  ' h',
  ' i',
  ' j',
  '+k'
].join('\n');

describe('pieces of a change', () => {
  it('are the lines between those that stay', () => {
    expect(piecesOf(DIFF)).toEqual([
      { at: 1, removed: ['b'], added: ['B', 'bb'] },
      { at: 3, removed: ['d'], added: [] },
      { at: 10, removed: [], added: ['k'] }
    ]);
    const numbers = linesOf(DIFF).map(({ piece }) => piece);
    expect(numbers.filter(piece => piece !== null)).toEqual([0, 0, 0, 1, 2]);
  });

  it.each([
    [[], 'a B bb c e f g h i j k '],
    [[0], 'a b c e f g h i j k '],
    [[1, 2], 'a B bb c d e f g h i j '],
    [[0, 1, 2], 'a b c d e f g h i j ']
  ])('without %j', (leftOut, after) => {
    const text = partly(BEFORE.join('\n'), piecesOf(DIFF), new Set(leftOut));
    expect(text?.split('\n').join(' ')).toBe(after);
  });

  it('are of the text that they were made for', () => {
    const pieces = piecesOf(DIFF);
    expect(partly('a\nx\nc\nd', pieces, new Set())).toBeNull();
    expect(partly('', pieces, new Set())).toBeNull();
  });

  it('come at the begin of a text, and instead of all of it', () => {
    const at = (place: string, ...lines: string[]) =>
      piecesOf(['--- x', '+++ x', place, ...lines].join('\n'));
    const before = at('@@ -1,2 +1,3 @@', '+z', ' a', ' b');
    expect(partly('a\nb', before, new Set())).toBe('z\na\nb');
    const all = at('@@ -1 +1 @@', '-a', '+--b');
    expect(partly('a', all, new Set())).toBe('--b');
  });
});
