// The lines of a text in pieces, wherever they were cut.

import type { IPiece } from '../../documents/longtext';
import { TextLines } from '../textlines';

function bench(texts: readonly string[]) {
  const asked: number[] = [];
  const pieces: IPiece[] = texts.map((text, index) => ({
    sha256: String(index),
    size: text.length,
    lines: text.split('\n').length - 1
  }));
  const lines = new TextLines(pieces, sha256 => {
    asked.push(Number(sha256));
    return Promise.resolve(texts[Number(sha256)]!);
  });
  return { lines, asked };
}

async function found(lines: TextLines, query: string): Promise<number[]> {
  let last: readonly number[] = [];
  await lines.search(
    query,
    () => true,
    numbers => (last = numbers)
  );
  return [...last];
}

describe('TextLines', () => {
  it('joins what was cut within a line', async () => {
    const texts = ['a\nbc', 'd\n', 'e', 'f', 'g\n\nh'];
    const { lines } = bench(texts);
    const all = texts.join('').split('\n');
    expect(lines.count).toBe(all.length);
    for (let from = 0; from < all.length; from++) {
      for (let to = from + 1; to <= all.length; to++) {
        expect(await lines.lines(from, to)).toEqual(all.slice(from, to));
      }
    }
  });

  it('loads only the pieces that are wanted, and those once', async () => {
    const { lines, asked } = bench(['a\n', 'b\n', 'c\n', 'd\n']);
    expect(lines.peek(2, 3)).toBeNull();
    expect(await lines.lines(2, 3)).toEqual(['c']);
    expect(lines.peek(2, 3)).toEqual(['c']);
    expect(asked).not.toContain(0);
    expect(asked).not.toContain(3);
  });

  it('shows the beginning of a line that has no end', async () => {
    const part = 'x'.repeat(50_000);
    const middle = Array.from({ length: 50 }, () => part);
    const { lines, asked } = bench(['a\n', ...middle, 'y\nlast']);
    const [first, long, last] = await lines.lines(0, 3);
    expect([first, last]).toEqual(['a', 'last']);
    expect(long).toBe(`${'x'.repeat(10_000)}…`);
    expect(asked.length).toBeLessThan(6);
  });

  it('shows of a progress bar what was written last', async () => {
    const { lines } = bench(['1 %\r2 %\r3 %\nend\r\n']);
    expect(await lines.lines(0, 2)).toEqual(['3 %', 'end']);
  });

  it('finds lines whatever their case and colours', async () => {
    const { lines } = bench(['one\nTwo two\n', 't\x1b[31mwo\x1b[0m', '\nx']);
    expect(await found(lines, 'tWo')).toEqual([1, 2]);
    expect(await found(lines, 'none')).toEqual([]);
  });

  it('stops to search when it is not wanted any more', async () => {
    const { lines, asked } = bench(['a\n', 'a\n', 'a\n']);
    let told = 0;
    await lines.search(
      'a',
      () => told === 0,
      () => told++
    );
    expect([told, asked]).toEqual([1, [0, 1]]);
  });
});
