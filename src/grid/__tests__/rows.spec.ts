// Rows come from what was shown at first, then from the kernel, and stop where it has none.

import { ApiError } from '../../api/errors';
import type { ITablePage, ITableQuery } from '../../api/tables';
import { descriptionIn } from '../description';
import { shown, tabSeparated } from '../format';
import type { Fetch } from '../rows';
import { Rows } from '../rows';

const TOLD = {
  table: 'life-0',
  rows: 1000,
  columns: 1,
  shown_whole: false,
  names: ['n'],
  types: ['int64'],
  kinds: ['number'],
  distributions: [null],
  sampled: 1000,
  labels: ['0', '1'],
  values: [[0, 1]]
};

class Timers {
  readonly waiting: (() => void)[] = [];
  now = () => 0;
  date = () => 0;
  random = () => 0;
  after(_: number, then: () => void) {
    this.waiting.push(then);
    return { isDisposed: false, dispose: () => undefined };
  }
}

function tableOf(fetch: Fetch | null, timers = new Timers()): Rows {
  return new Rows(descriptionIn(TOLD)!, fetch, timers);
}

function page({ start, count }: ITableQuery, rows = 1000): ITablePage {
  const numbers = Array.from({ length: count }, (_, i) => start + i);
  return { rows, start, labels: numbers.map(String), values: [numbers] };
}

const settled = () => new Promise(resolve => setTimeout(resolve));

describe('the rows of a table', () => {
  it('asks for nothing that is there', () => {
    const fetch = jest.fn();
    const rows = tableOf(fetch);
    expect([rows.value(1, 0), rows.label(0), rows.count]).toEqual([
      1,
      '0',
      1000
    ]);
    expect(fetch).not.toHaveBeenCalled();
  });

  it('asks once for a block that is looked at', async () => {
    const fetch = jest.fn((query: ITableQuery) => Promise.resolve(page(query)));
    const rows = tableOf(fetch);
    expect(rows.value(650, 0)).toBeUndefined();
    expect(rows.value(651, 0)).toBeUndefined();
    await settled();
    expect([rows.value(650, 0), rows.state]).toEqual([650, 'ready']);
    expect(
      fetch.mock.calls.map(([{ start, count }]) => [start, count])
    ).toEqual([[600, 200]]);
  });

  it('takes no rows of an order that nobody wants any more', async () => {
    const answers: ((page: ITablePage) => void)[] = [];
    const rows = tableOf(() => new Promise(resolve => answers.push(resolve)));
    const sort = { column: 0, descending: true };
    void rows.arrange([], sort);
    void rows.arrange([{ column: 0, how: 'lt', value: '5' }], null);
    answers[1]?.({ rows: 5, start: 0, labels: ['4'], values: [[4]] });
    answers[0]?.({ rows: 1000, start: 0, labels: ['9'], values: [[9]] });
    await settled();
    expect([rows.count, rows.value(0, 0), rows.sort]).toEqual([5, 4, null]);
  });

  it('asks a kernel that is at work again', async () => {
    const timers = new Timers();
    let isBusy = true;
    const rows = tableOf(
      query =>
        isBusy
          ? Promise.reject(new ApiError(409, 'kernel_busy', '', ''))
          : Promise.resolve(page(query)),
      timers
    );
    rows.value(300, 0);
    await settled();
    expect([rows.state, timers.waiting.length]).toEqual(['busy', 1]);
    isBusy = false;
    timers.waiting[0]?.();
    await settled();
    expect([rows.state, rows.value(300, 0)]).toEqual(['ready', 300]);
  });

  it('keeps the first rows when the kernel has no more', async () => {
    const rows = tableOf(() =>
      Promise.reject(new ApiError(410, 'table_gone', '', ''))
    );
    await rows.arrange([], { column: 0, descending: true });
    expect([rows.state, rows.count, rows.value(1, 0), rows.sort]).toEqual([
      'gone',
      2,
      1,
      null
    ]);
    expect(tableOf(null).state).toBe('gone');
  });

  it('reads a part of it whole', async () => {
    const rows = tableOf(query => Promise.resolve(page(query)));
    const pages = await rows.read(100, 450);
    expect(pages.flatMap(({ values }) => values[0])).toEqual(
      Array.from({ length: 450 }, (_, i) => 100 + i)
    );
  });
});

describe('the description of a table', () => {
  it.each([
    null,
    'text',
    {},
    { ...TOLD, rows: 'many' },
    { ...TOLD, names: [] },
    { ...TOLD, names: [1] },
    { ...TOLD, values: [[0]] },
    {
      ...TOLD,
      values: [
        [0, 1],
        [2, 3]
      ]
    }
  ])('is none: %j', value => {
    expect(descriptionIn(value)).toBeNull();
  });
});

describe('values', () => {
  it('are shown in one line, and copied whole', () => {
    expect([0.1 + 0.2, 7, null, true, 'a\nb', undefined].map(shown)).toEqual([
      '0.3',
      '7',
      'NA',
      'True',
      'a ↵ b',
      '…'
    ]);
    expect(tabSeparated([[0.1 + 0.2, null, 'say "a\tb"']])).toBe(
      '0.30000000000000004\t\t"say ""a\tb"""'
    );
  });
});
