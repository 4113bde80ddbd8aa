import type { INotebookContent } from '@jupyterlab/nbformat';

import type { IDifference } from '../compare';
import { compare } from '../compare';
import { compareLines } from '../lines';

function code(id: string, source = id, outputs: object[] = []): object {
  return { id, cell_type: 'code', source, metadata: {}, outputs };
}

function notebook(...cells: object[]): INotebookContent {
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells } as never;
}

function found(then: object[], now: object[]): Record<string, string[]> {
  const { differences } = compare(notebook(...then), notebook(...now));
  const flags = ({
    id: _,
    then: __,
    now: ___,
    ...rest
  }: IDifference): string[] =>
    Object.entries(rest)
      .filter(([, isSo]) => isSo)
      .map(([name]) => name);
  return Object.fromEntries(differences.map(one => [one.id, flags(one)]));
}

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(id => code(id)) as [
  object,
  object,
  object,
  object
];

describe('compare', () => {
  it('finds nothing where nothing changed, and counts what came', () => {
    expect(found([a, b], [a, b])).toEqual({});
    expect(compare(notebook(a), notebook(b, a, c)).added).toBe(2);
  });

  it('tells moved cells from those that only made room', () => {
    expect(found([a, b, c, d], [b, c, d, a])).toEqual({ a: ['isMoved'] });
    expect(found([a, b, c, d], [d, a, b, c])).toEqual({ d: ['isMoved'] });
    expect(found([a, b, c], [a, d, b, c])).toEqual({});
  });

  it('tells what is gone, and what differs in what', () => {
    const output = { output_type: 'stream', name: 'stdout', text: 'x' };
    expect(
      found([a, b, c], [code('a', 'other'), code('c', 'c', [output])])
    ).toEqual({ a: ['hasOtherText'], b: ['isGone'], c: ['hasOtherOutputs'] });
    const markdown = {
      id: 'a',
      cell_type: 'markdown',
      source: 'a',
      metadata: {}
    };
    expect(found([a], [markdown])).toEqual({ a: ['hasOtherType'] });
  });
});

describe('compareLines', () => {
  const signs = (before: string, after: string): string =>
    compareLines(before, after)
      .map(({ sign, text }) => sign + text)
      .join('|');

  it('keeps what both have', () => {
    expect(signs('a\nb\nc', 'a\nx\nc')).toBe(' a|-b|+x| c');
    expect(signs('a\nb\nc\nd', 'b\nd\ne')).toBe('-a| b|-c| d|+e');
    expect(signs('', 'a')).toBe('+a');
    expect(signs('a', '')).toBe('-a');
  });

  it('gives back both texts, however large', () => {
    const before = Array.from({ length: 2000 }, (_, n) => `old ${n}`).join(
      '\n'
    );
    const after = Array.from({ length: 2000 }, (_, n) => `new ${n}`).join('\n');
    const lines = compareLines(before, after);
    const of = (sign: string): string =>
      lines
        .filter(line => line.sign !== sign)
        .map(({ text }) => text)
        .join('\n');
    expect(of('+')).toBe(before);
    expect(of('-')).toBe(after);
  });
});
