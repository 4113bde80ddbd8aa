// Rows of a table that a notebook's kernel showed.

import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/**
 * A value of a table; null for what is missing. A long text is cut.
 */
export type Value = number | string | boolean | null;

/**
 * How a filter compares.
 */
export type How =
  'contains' | 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'empty' | 'filled';

/**
 * Rows to keep. The column is a place among the names, the value as people write it.
 */
export interface IFilter {
  readonly column: number;
  readonly how: How;
  readonly value: string;
}

/**
 * The column to order by; what is missing comes last.
 */
export interface ISort {
  readonly column: number;
  readonly descending: boolean;
}

/**
 * Which rows of which table.
 */
export interface ITableQuery {
  readonly table: string;
  readonly names: readonly string[];
  readonly start: number;
  readonly count: number;
  readonly filters: readonly IFilter[];
  readonly sort: ISort | null;
}

/**
 * Rows of a table; values are by column. Of a wide table there are fewer than were asked for.
 */
export interface ITablePage {
  /**
   * How many there are after filtering.
   */
  readonly rows: number;
  readonly start: number;
  readonly labels: readonly string[];
  readonly values: readonly (readonly Value[])[];
}

/**
 * The route under `notebooks/{id}/runtime`.
 */
export class TablesApi {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  /**
   * Rows of a table.
   *
   * @throws ApiError: `kernel_busy` while the kernel is at work, `table_gone` when it does not have
   * the table any more, 400 for a filter that cannot be understood.
   */
  rows(notebookId: string, query: ITableQuery): Promise<ITablePage> {
    const path = `notebooks/${notebookId}/runtime/table`;
    return request(this._settings, 'POST', path, query);
  }
}
