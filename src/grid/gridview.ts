// The grid itself: loaded only where a table is shown, for it brings a library with it.

import type { TranslationBundle } from '@jupyterlab/translation';
import { BasicSelectionModel, DataGrid, TextRenderer } from '@lumino/datagrid';
import type { Message } from '@lumino/messaging';
import { PanelLayout, Widget } from '@lumino/widgets';

import type { Value } from '../api/tables';
import { shown } from './format';
import type { IGridActions } from './handlers';
import { GridKeys, GridMouse, scrollByTouch } from './handlers';
import { HEADER_HEIGHT, HeaderRenderer } from './headerrenderer';
import type { IPalette } from './palette';
import { paletteOf } from './palette';
import type { Change, Rows } from './rows';
import { TableModel } from './tablemodel';

/**
 * Pixels.
 */
const ROW_HEIGHT = 24;
const MOST_SHOWN_ROWS = 12;
const NARROWEST = 72;
const WIDEST = 280;
const AROUND_TEXT = 20;

/**
 * Room for a scroll bar.
 */
const SCROLL_BAR = 18;

/**
 * A part of a table.
 */
export interface ISelected {
  readonly firstRow: number;
  readonly lastRow: number;
  readonly firstColumn: number;
  readonly lastColumn: number;
}

/**
 * A table on a canvas, with a line for screen readers.
 */
export class GridView extends Widget {
  constructor(
    private readonly _rows: Rows,
    actions: Pick<IGridActions, 'sort' | 'copy'>,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Anode-grid-view');
    this._model = new TableModel(_rows);
    this._grid = new DataGrid({
      defaultSizes: {
        rowHeight: ROW_HEIGHT,
        columnWidth: NARROWEST,
        rowHeaderWidth: NARROWEST,
        columnHeaderHeight: HEADER_HEIGHT
      },
      headerVisibility: 'all'
    });
    this._grid.addClass('jp-Anode-grid-canvas');
    this._selection = new BasicSelectionModel({ dataModel: this._model });
    const all: IGridActions = {
      ...actions,
      leave: () => this._leave(),
      tell: column => this._tell(column)
    };
    this._grid.mouseHandler = new GridMouse(all);
    this._grid.keyHandler = new GridKeys(all);
    this._selection.changed.connect(this._onCursor, this);
    this._describe();
    scrollByTouch(this._grid);
    this._spoken.className = 'jp-Anode-grid-spoken';
    this._spoken.setAttribute('aria-live', 'polite');
    const layout = new PanelLayout();
    this.layout = layout;
    layout.addWidget(this._grid);
    layout.addWidget(new Widget({ node: this._spoken }));
    _rows.changed.connect(this._onRows, this);
  }

  /**
   * What is selected; null for nothing at all.
   */
  get selected(): ISelected | null {
    const all = [...this._selection.selections()];
    if (all.length === 0) {
      return null;
    }
    const rows = all.flatMap(({ r1, r2 }) => [r1, r2]);
    const columns = all.flatMap(({ c1, c2 }) => [c1, c2]);
    const { names } = this._rows.description;
    return {
      firstRow: Math.min(...rows),
      lastRow: Math.min(Math.max(...rows), this._rows.count - 1),
      firstColumn: Math.min(...columns),
      lastColumn: Math.min(Math.max(...columns), names.length - 1)
    };
  }

  /**
   * Take on the colours of the theme as it is now.
   */
  restyle(): void {
    const palette = paletteOf(this.node);
    this._palette = palette;
    this._grid.style = palette.style;
    this._grid.cellRenderers.update({
      'column-header': new HeaderRenderer(this._rows, palette),
      'row-header': new TextRenderer({
        font: palette.font,
        textColor: palette.dim,
        horizontalAlignment: 'right'
      }),
      body: new TextRenderer({
        font: palette.font,
        textColor: ({ value }) =>
          value === null || value === undefined ? palette.dim : palette.text,
        horizontalAlignment: ({ column }) =>
          this._rows.description.kinds[column] === 'number' ? 'right' : 'left',
        format: ({ value }) => shown(value as Value | undefined)
      })
    });
  }

  override dispose(): void {
    this._rows.changed.disconnect(this._onRows, this);
    super.dispose();
  }

  protected override onAfterAttach(_: Message): void {
    this.restyle();
    this._grid.dataModel = this._model;
    this._grid.selectionModel = this._selection;
    this._fit();
  }

  protected override onResize(msg: Widget.ResizeMessage): void {
    super.onResize(msg);
    this._grid.fit();
  }

  /**
   * Widths by what stands in the first rows; height by how many rows there are.
   */
  private _fit(): void {
    const { names, types, labels, values } = this._rows.description;
    const context = document.createElement('canvas').getContext('2d');
    const palette = this._palette;
    if (context === null || palette === null) {
      return;
    }
    const width = (font: string, text: string) => {
      context.font = font;
      return context.measureText(text).width;
    };
    const widest = (texts: readonly string[]) =>
      Math.max(0, ...texts.map(text => width(palette.font, text)));
    const within = (pixels: number, least: number) =>
      Math.ceil(Math.min(Math.max(pixels + AROUND_TEXT, least), WIDEST));
    // Labels are numbers mostly, and the last one is the widest.
    const last = String(this._rows.description.rows);
    let total = within(widest([...labels, last]), 40);
    this._grid.resizeColumn('row-header', 0, total);
    names.forEach((name, column) => {
      const texts = (values[column] ?? []).map(value => shown(value));
      const pixels = Math.max(
        width(palette.boldFont, name) + AROUND_TEXT / 2,
        width(palette.smallFont, types[column] ?? ''),
        widest(texts)
      );
      const size = within(pixels, NARROWEST);
      this._grid.resizeColumn('body', column, size);
      total += size;
    });
    this._grid.node.style.maxWidth = `${total + SCROLL_BAR + 2}px`;
    this._setHeight(total);
  }

  private _setHeight(total = this._width): void {
    this._width = total;
    const rows = Math.min(this._rows.count, MOST_SHOWN_ROWS);
    const bar = total > this.node.clientWidth ? SCROLL_BAR : 0;
    const height = HEADER_HEIGHT + Math.max(rows, 1) * ROW_HEIGHT + bar + 2;
    this._grid.node.style.height = `${height}px`;
  }

  private _describe(): void {
    const { node } = this._grid.viewport;
    const { rows, columns } = this._rows.description;
    node.tabIndex = 0;
    node.setAttribute('role', 'application');
    node.setAttribute(
      'aria-label',
      this._trans.__(
        'Table of %1 rows and %2 columns. Arrow keys move, Escape leaves.',
        rows,
        columns
      )
    );
    node.dataset.lmSuppressShortcuts = 'true';
    node.addEventListener('focus', () => {
      if (this._selection.cursorRow < 0 && this._rows.count > 0) {
        this._selection.select({
          r1: 0,
          r2: 0,
          c1: 0,
          c2: 0,
          cursorRow: 0,
          cursorColumn: 0,
          clear: 'all'
        });
      }
    });
  }

  private _onRows(_: Rows, change: Change): void {
    if (change !== 'state') {
      this._onCursor();
    }
    if (change === 'all' && this.isAttached) {
      this._setHeight();
      this._grid.viewport.update();
    }
  }

  private _onCursor(): void {
    const { cursorRow: row, cursorColumn: column } = this._selection;
    if (row < 0 || column < 0) {
      return;
    }
    const name = this._rows.description.names[column] ?? '';
    const value = shown(this._rows.value(row, column));
    const label = this._rows.label(row) ?? '';
    this._spoken.textContent = `${name}, ${label}: ${value}`;
  }

  private _tell(column: number): string {
    const { names, types, distributions, sampled, rows } =
      this._rows.description;
    const trans = this._trans;
    const told = distributions[column];
    const lines = [`${names[column]}: ${types[column]}`];
    if (told?.low !== undefined && told.high !== undefined) {
      lines.push(`${shown(told.low)} – ${shown(told.high)}`);
    }
    for (const [value, count] of told?.frequent ?? []) {
      lines.push(`${value}: ${count.toLocaleString()}`);
    }
    if (told?.different !== undefined) {
      const { different } = told;
      lines.push(
        trans._n('%1 different value', '%1 different values', different)
      );
    }
    if (told && told.missing > 0) {
      lines.push(trans.__('%1 missing', told.missing.toLocaleString()));
    }
    if (told && sampled < rows) {
      lines.push(trans.__('Of a sample of %1 rows', sampled.toLocaleString()));
    }
    return lines.join('\n');
  }

  private _leave(): void {
    const around = this.node.closest<HTMLElement>('.jp-Notebook');
    this._grid.viewport.node.blur();
    around?.focus({ preventScroll: true });
  }

  private readonly _grid: DataGrid;
  private readonly _model: TableModel;
  private readonly _selection: BasicSelectionModel;
  private readonly _spoken = document.createElement('div');
  private _palette: IPalette | null = null;
  private _width = 0;
}
