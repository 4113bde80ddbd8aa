// The rows of a table as the grid asks for them.

import { DataModel } from '@lumino/datagrid';

import type { Change, Rows } from './rows';

/**
 * One row of headers, one column of labels.
 */
export class TableModel extends DataModel {
  constructor(readonly rows: Rows) {
    super();
    this._count = rows.count;
    rows.changed.connect(this._onChanged, this);
  }

  rowCount(region: DataModel.RowRegion): number {
    return region === 'body' ? this._count : 1;
  }

  columnCount(region: DataModel.ColumnRegion): number {
    return region === 'body' ? this.rows.description.names.length : 1;
  }

  data(region: DataModel.CellRegion, row: number, column: number): unknown {
    switch (region) {
      case 'body':
        return this.rows.value(row, column);
      case 'row-header':
        return this.rows.label(row) ?? '';
      case 'column-header':
        return this.rows.description.names[column];
      case 'corner-header':
        return '';
    }
  }

  private _onChanged(rows: Rows, change: Change): void {
    if (change === 'state') {
      return;
    }
    const more = rows.count - this._count;
    const index = Math.min(rows.count, this._count);
    this._count = rows.count;
    if (more !== 0) {
      // Not a reset, which would forget how wide the columns are.
      this.emitChanged({
        type: more > 0 ? 'rows-inserted' : 'rows-removed',
        region: 'body',
        index,
        span: Math.abs(more)
      });
    }
    const [row, rowSpan] =
      change === 'all' ? [0, this._count] : [change.start, change.count];
    if (rowSpan === 0) {
      return;
    }
    const all = this.columnCount('body');
    for (const [region, columnSpan] of [
      ['body', all],
      ['row-header', 1]
    ] as const) {
      this.emitChanged({
        type: 'cells-changed',
        region,
        row,
        column: 0,
        rowSpan,
        columnSpan
      });
    }
  }

  private _count: number;
}
