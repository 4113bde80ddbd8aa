// Merging texts: nothing typed is lost, nothing is doubled, whatever the two sides did.

import { merge } from '../merge';
import { textEdit } from '../textdiff';

/**
 * Random numbers that can be had again (mulberry32).
 */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function apply(before: string, after: string): string {
  const edit = textEdit(before, after);
  return edit
    ? before.slice(0, edit.start) +
        edit.insert +
        before.slice(edit.start + edit.remove)
    : before;
}

describe('textEdit', () => {
  it.each([
    ['', 'a'],
    ['a', ''],
    ['abc', 'abXc'],
    ['aaa', 'aa'],
    ['aXa', 'a'],
    ['one two', 'one 2 two'],
    ['😀', '😁'],
    ['a😀b', 'a😁b'],
    ['😀😀', '😀']
  ])('leads from %j to %j', (before, after) => {
    expect(apply(before, after)).toBe(after);
  });

  it('is nothing for equal texts', () => {
    expect(textEdit('a', 'a')).toBeNull();
  });

  it('never cuts a surrogate pair', () => {
    const lone =
      /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
    const next = random(7);
    const faces = ['😀', '😁', '🙀', 'a', '\n'];
    const text = () =>
      Array.from(
        { length: Math.floor(next() * 6) },
        () => faces[Math.floor(next() * faces.length)]
      ).join('');
    for (let turn = 0; turn < 2000; turn++) {
      const before = text();
      const after = text();
      const edit = textEdit(before, after);
      expect(apply(before, after)).toBe(after);
      expect(edit?.insert ?? '').not.toMatch(lone);
    }
  });
});

describe('merge', () => {
  const BASE = 'import a\nx = 1\ny = 2\nz = 3\n';

  it('takes the side that changed', () => {
    expect(merge(BASE, BASE, 'theirs')).toBe('theirs');
    expect(merge(BASE, 'ours', BASE)).toBe('ours');
    expect(merge(BASE, 'same', 'same')).toBe('same');
  });

  it('takes changes in different places', () => {
    expect(
      merge(
        BASE,
        BASE.replace('x = 1', 'x = 10'),
        BASE.replace('z = 3', 'z = 30')
      )
    ).toBe('import a\nx = 10\ny = 2\nz = 30\n');
    expect(merge('one two', 'one two!', '(one two')).toBe('(one two!');
  });

  it('keeps both texts when both typed in one place', () => {
    expect(merge('a = 1', 'a = 1 # ours', 'a = 1 # theirs')).toBe(
      'a = 1 # theirs # ours'
    );
    expect(merge('', 'ours', 'theirs')).toBe('theirsours');
  });

  it('makes the same change once', () => {
    expect(
      merge(BASE, `${BASE}more\n`, `${BASE}more\n`.replace('x = 1', 'x = 9'))
    ).toBe('import a\nx = 9\ny = 2\nz = 3\nmore\n');
  });

  it('deletes what one side deleted and the other left alone', () => {
    expect(merge(BASE, BASE.replace('y = 2\n', ''), `# top\n${BASE}`)).toBe(
      '# top\nimport a\nx = 1\nz = 3\n'
    );
  });

  it('loses no marker and doubles none, for random edits', () => {
    const seed = 20261122;
    const next = random(seed);
    for (let turn = 0; turn < 500; turn++) {
      const lines = Array.from(
        { length: 1 + Math.floor(next() * 8) },
        (_, at) => `line ${at}`
      );
      const edit = (marker: string) => {
        const copy = [...lines];
        const markers: string[] = [];
        for (let count = 0; count < 1 + next() * 3; count++) {
          const text = `<${marker}${count}>`;
          markers.push(text);
          const at = Math.floor(next() * (copy.length + 1));
          if (next() < 0.5 || at === copy.length) {
            copy.splice(at, 0, text);
          } else {
            const cut = Math.floor(next() * copy[at]!.length);
            copy[at] = copy[at]!.slice(0, cut) + text + copy[at]!.slice(cut);
          }
        }
        return { text: copy.join('\n'), markers };
      };
      const ours = edit('o');
      const theirs = edit('t');
      const merged = merge(lines.join('\n'), ours.text, theirs.text);
      for (const marker of [...ours.markers, ...theirs.markers]) {
        const whole =
          ours.text.includes(marker) || theirs.text.includes(marker);
        if (whole && merged.split(marker).length !== 2) {
          throw new Error(
            JSON.stringify({ seed, turn, marker, merged, ours, theirs, lines })
          );
        }
      }
    }
  });
});
