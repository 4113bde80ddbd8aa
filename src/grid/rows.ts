// The rows of a table: the first ones are there, others come from the kernel when they are looked at.

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { ApiError } from '../api/errors';
import type {
  IFilter,
  ISort,
  ITablePage,
  ITableQuery,
  Value
} from '../api/tables';
import type { ITimers } from '../sync/timers';
import type { IDescription } from './description';

/**
 * Values of one request, at most; and rows.
 */
const MOST_VALUES = 20_000;
const MOST_ROWS = 200;

/**
 * Blocks of rows that are kept, the last ones that were looked at.
 */
const MOST_BLOCKS = 100;

/**
 * How long to wait before a kernel that is at work is asked again.
 */
const AGAIN_MS = 1000;

/**
 * Whether rows can be had: `gone` is for good, `busy` while the kernel is at work, `failed` until
 * something else is asked for.
 */
export type RowsState = 'ready' | 'loading' | 'busy' | 'gone' | 'failed';

/**
 * Asks for rows.
 */
export type Fetch = (query: ITableQuery) => Promise<ITablePage>;

/**
 * What arrived: these rows, or another order of all of them.
 */
export type Change = { start: number; count: number } | 'all' | 'state';

/**
 * One table's rows in the order that somebody wants.
 */
export class Rows implements IDisposable {
  /**
   * @param fetch - null where there is nobody to ask.
   */
  constructor(
    readonly description: IDescription,
    private readonly _fetch: Fetch | null,
    private readonly _timers: ITimers
  ) {
    const { names, labels, rows } = description;
    const fitting = Math.max(1, Math.floor(MOST_VALUES / names.length));
    this._size = Math.min(MOST_ROWS, fitting);
    this._count = rows;
    if (_fetch === null && rows > labels.length) {
      this._end();
    }
  }

  /**
   * Emitted when rows came, or their number, order or state is another.
   */
  readonly changed = new Signal<this, Change>(this);

  /**
   * How many there are after filtering; only the first ones when the rest cannot be had.
   */
  get count(): number {
    return this._count;
  }

  get state(): RowsState {
    return this._state;
  }

  /**
   * Why they cannot be had.
   */
  get problem(): string {
    return this._problem;
  }

  get filters(): readonly IFilter[] {
    return this._filters;
  }

  get sort(): ISort | null {
    return this._sort;
  }

  /**
   * The value of a cell; undefined while it is on its way.
   */
  value(row: number, column: number): Value | undefined {
    return this._find(row, page => page.values[column]);
  }

  label(row: number): string | undefined {
    return this._find(row, page => page.labels);
  }

  /**
   * Have the rows filtered and ordered; settled when the first of them are there.
   */
  async arrange(
    filters: readonly IFilter[],
    sort: ISort | null
  ): Promise<void> {
    this._filters = filters;
    this._sort = sort;
    this._turn += 1;
    this._blocks.clear();
    this._wanted.clear();
    await this._load(0);
  }

  /**
   * All rows of a part, for the clipboard.
   *
   * @throws what the request throws.
   */
  async read(start: number, count: number): Promise<ITablePage[]> {
    const pages: ITablePage[] = [];
    const end = Math.min(start + count, this._count);
    for (let row = start; row < end;) {
      const most = Math.min(this._size, end - row);
      const page = this._first(row, most) ?? (await this._ask(row, most));
      if (page.labels.length === 0) {
        break;
      }
      pages.push(page);
      row += page.labels.length;
    }
    return pages;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._again?.dispose();
    Signal.clearData(this);
  }

  private get _isPlain(): boolean {
    return this._filters.length === 0 && this._sort === null;
  }

  /**
   * Of the rows that came with the table, while nobody wants another order.
   */
  private _first(start: number, count: number): ITablePage | null {
    const { labels, values, rows } = this.description;
    return this._isPlain && start + count <= labels.length
      ? {
          rows,
          start,
          labels: labels.slice(start, start + count),
          values: values.map(column => column.slice(start, start + count))
        }
      : null;
  }

  private _find<T>(
    row: number,
    of: (page: ITablePage) => readonly T[] | undefined
  ): T | undefined {
    const { labels, values, rows } = this.description;
    if (this._isPlain && row < labels.length) {
      return of({ rows, start: 0, labels, values })?.[row];
    }
    const block = Math.floor(row / this._size);
    const page = this._blocks.get(block);
    if (page === undefined) {
      void this._load(block);
      return undefined;
    }
    return of(page)?.[row - page.start];
  }

  private async _load(block: number): Promise<void> {
    const stopped = this._state === 'gone' || this._state === 'failed';
    if (this._wanted.has(block) || (stopped && block > 0)) {
      return;
    }
    const turn = this._turn;
    this._wanted.add(block);
    this._tell(this._state === 'busy' ? 'busy' : 'loading');
    const start = block * this._size;
    try {
      const page = await this._ask(start, this._size);
      if (turn === this._turn && !this._isDisposed) {
        this._take(block, page);
      }
    } catch (error) {
      if (turn === this._turn && !this._isDisposed) {
        this._fail(block, error);
      }
    }
  }

  private _ask(start: number, count: number): Promise<ITablePage> {
    if (this._fetch === null) {
      return Promise.reject(new ApiError(410, 'table_gone', '', ''));
    }
    const { table, names } = this.description;
    const [filters, sort] = [this._filters, this._sort];
    return this._fetch({ table, names, start, count, filters, sort });
  }

  private _take(block: number, page: ITablePage): void {
    this._wanted.delete(block);
    this._blocks.set(block, page);
    for (const old of this._blocks.keys()) {
      if (this._blocks.size <= MOST_BLOCKS) {
        break;
      }
      this._blocks.delete(old);
    }
    const isOther = page.rows !== this._count || block === 0;
    this._count = page.rows;
    this._tell(this._wanted.size > 0 ? 'loading' : 'ready');
    this.changed.emit(
      isOther ? 'all' : { start: page.start, count: page.labels.length }
    );
  }

  private _fail(block: number, error: unknown): void {
    this._wanted.delete(block);
    const code = error instanceof ApiError ? error.code : '';
    if (code === 'kernel_busy') {
      this._tell('busy');
      this._again ??= this._timers.after(AGAIN_MS, () => {
        this._again = null;
        void this._load(block);
        this.changed.emit('all');
      });
    } else if (code === 'table_gone') {
      this._end();
      this.changed.emit('all');
    } else {
      this._tell('failed', error instanceof Error ? error.message : '');
    }
  }

  /**
   * Nothing but the first rows can be had any more.
   */
  private _end(): void {
    this._filters = [];
    this._sort = null;
    this._blocks.clear();
    this._count = this.description.labels.length;
    this._tell('gone');
  }

  private _tell(state: RowsState, problem = ''): void {
    if (state !== this._state || problem !== this._problem) {
      this._state = state;
      this._problem = problem;
      this.changed.emit('state');
    }
  }

  private readonly _size: number;
  private readonly _blocks = new Map<number, ITablePage>();
  private readonly _wanted = new Set<number>();
  private _count: number;
  private _state: RowsState = 'ready';
  private _problem = '';
  private _filters: readonly IFilter[] = [];
  private _sort: ISort | null = null;
  private _turn = 0;
  private _again: IDisposable | null = null;
  private _isDisposed = false;
}
