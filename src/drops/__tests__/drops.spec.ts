// What is dropped on a notebook goes to its folder, over no other file, and a cell reads it.

import type { NotebookPanel } from '@jupyterlab/notebook';
import { ServerConnection } from '@jupyterlab/services';

import type { IDropped } from '../droptarget';
import { DropTarget } from '../droptarget';
import { readingOf } from '../readcell';
import { CancelledError, upload } from '../upload';

describe('the code that reads a file', () => {
  it.each([
    ['a.csv', 'df = pd.read_csv("a.csv")'],
    ['a b.CSV.gz', 'df = pd.read_csv("a b.CSV.gz")'],
    ['say "x".tsv', 'df = pd.read_csv("say \\"x\\".tsv", sep="\\t")'],
    ['a.parquet', 'df = pd.read_parquet("a.parquet")'],
    ['a.jsonl', 'df = pd.read_json("a.jsonl", lines=True)'],
    ['a.png', 'Image("a.png")'],
    ['a.svg', 'SVG("a.svg")']
  ])('of %s', (name, line) => {
    expect(readingOf(name, [])?.split('\n')[2]).toBe(line);
  });

  it('leaves the variables of the notebook alone', () => {
    const sources = ['df = 1', 'x', 'print(df2.head())'];
    expect(readingOf('a.csv', sources)).toContain('\ndf3 = pd.read_csv');
  });

  it('is none for what is neither table nor image', () => {
    const names = ['a.py', 'a.parquet.gz', 'csv', '', 'constructor'];
    expect(names.map(name => readingOf(name, []))).toEqual(Array(5).fill(null));
  });
});

function answer(status: number): Error {
  return new ServerConnection.ResponseError({ status } as Response, 'no');
}

/**
 * A folder that refuses names that are taken, as the server does.
 */
class Folder {
  constructor(...names: string[]) {
    this.files = new Map(names.map(name => [name, -1]));
  }

  readonly files: Map<string, number>;
  readonly chunks: (number | undefined)[] = [];
  isFull = false;

  get(path: string): Promise<never> {
    return this.files.has(path)
      ? Promise.resolve({} as never)
      : Promise.reject(answer(404));
  }

  save(
    path: string,
    model: { chunk?: number; content?: string } = {}
  ): Promise<never> {
    if (this.isFull) {
      return Promise.reject(answer(500));
    }
    const bytes = atob(model.content ?? '').length;
    this.files.set(path, (this.files.get(path) ?? 0) + bytes);
    this.chunks.push(model.chunk);
    return Promise.resolve({} as never);
  }

  delete(path: string): Promise<void> {
    this.files.delete(path);
    return Promise.resolve();
  }
}

const patient = () => ({
  signal: new AbortController().signal,
  progress: jest.fn()
});

describe('an upload', () => {
  it.each([
    ['a.csv', 'a-2.csv'],
    ['b.csv.gz', 'b-1.csv.gz'],
    ['c', 'c-1'],
    ['d.csv', 'd.csv']
  ])('of a small %s is one request, as %s', async (name, expected) => {
    const there = ['a.csv', 'a-1.csv', 'b.csv.gz', 'c'];
    const folder = new Folder(...there.map(one => `data/${one}`));
    const file = new File(['x,y'], name);
    expect(await upload(folder, 'data', file, patient())).toBe(expected);
    expect(folder.files.get(`data/${expected}`)).toBe(3);
    expect(folder.files.size).toBe(5);
    expect(folder.chunks).toEqual([undefined]);
  });

  it('of a large one is in pieces, the last of which says so', async () => {
    const folder = new Folder();
    const file = new File([new Uint8Array(2_500_000)], 'b.parquet');
    const watch = patient();
    await upload(folder, '', file, watch);
    expect(folder.chunks).toEqual([1, 2, -1]);
    expect([...folder.files]).toEqual([['b.parquet', 2_500_000]]);
    expect(watch.progress).toHaveBeenCalledTimes(2);
  });

  it.each(['cancelled', 'refused'])('that is %s leaves nothing', async what => {
    const folder = new Folder();
    const file = new File([new Uint8Array(2_500_000)], 'b.parquet');
    const ending = new AbortController();
    const progress = () => {
      folder.isFull = what === 'refused';
      if (what === 'cancelled') {
        ending.abort();
      }
    };
    const watch = { signal: ending.signal, progress };
    await expect(upload(folder, '', file, watch)).rejects.toThrow(
      what === 'cancelled' ? CancelledError : 'no'
    );
    expect(folder.chunks).toEqual([1]);
    expect(folder.files.size).toBe(0);
  });
});

describe('a notebook that something is dropped on', () => {
  const item = (kind: string, type: string, name = '', isDirectory = false) =>
    ({
      kind,
      type,
      webkitGetAsEntry: () => ({ name, isDirectory }),
      getAsFile: () => new File([], name)
    }) as unknown as DataTransferItem;

  function dropping(type: string, ...items: DataTransferItem[]) {
    const node = document.createElement('div');
    const cell = document.createElement('div');
    node.append(cell);
    const taken: IDropped[] = [];
    const target = new DropTarget(
      {
        content: { node, widgets: [{ node: cell, model: { type, id: 'c' } }] }
      } as unknown as NotebookPanel,
      dropped => taken.push(dropped)
    );
    const event = new Event('drop', { bubbles: true, cancelable: true });
    Object.assign(event, { dataTransfer: { items } });
    cell.dispatchEvent(event);
    target.dispose();
    return { taken, isKept: !event.defaultPrevented };
  }

  it('takes files, and knows folders', () => {
    const { taken } = dropping(
      'code',
      item('file', 'text/csv', 'a.csv'),
      item('file', '', 'data', true)
    );
    expect(taken).toHaveLength(1);
    expect(taken[0]?.files.map(({ name }) => name)).toEqual(['a.csv']);
    expect(taken[0]?.folders).toEqual(['data']);
    expect(taken[0]?.cell).toBe('c');
  });

  it('leaves text alone, and images to the text that keeps them', () => {
    const text = item('string', 'text/plain');
    const image = item('file', 'image/png', 'a.png');
    expect(dropping('code', text)).toEqual({ taken: [], isKept: true });
    expect(dropping('markdown', image)).toEqual({ taken: [], isKept: true });
    expect(dropping('code', image).taken).toHaveLength(1);
  });
});
