// Draws the head of a column: its name and order, its type, and how its values are distributed.

import type { GraphicsContext } from '@lumino/datagrid';
import { CellRenderer } from '@lumino/datagrid';

import type { IDistribution } from './description';
import type { IPalette } from './palette';
import type { Rows } from './rows';

/**
 * Pixels: of all of it, between the edges and what is drawn, and of the bars.
 */
export const HEADER_HEIGHT = 64;
const PADDING = 8;
const BAR_HEIGHT = 20;
const NAME_BASE = 17;
const TYPE_BASE = 33;

const ARROWS = { up: '▲', down: '▼' } as const;

/**
 * The heads of one table.
 */
export class HeaderRenderer extends CellRenderer {
  constructor(
    private readonly _rows: Rows,
    private readonly _palette: IPalette
  ) {
    super();
  }

  paint(gc: GraphicsContext, config: CellRenderer.CellConfig): void {
    const { description, sort } = this._rows;
    const { column, x, y, width, height } = config;
    const palette = this._palette;
    const left = x + PADDING;
    const room = width - 2 * PADDING;
    if (room < PADDING) {
      return;
    }
    gc.textBaseline = 'alphabetic';
    gc.textAlign = 'left';
    gc.font = palette.boldFont;
    gc.fillStyle = palette.text;
    let forName = room;
    if (sort?.column === column) {
      const arrow = sort.descending ? ARROWS.down : ARROWS.up;
      forName -= gc.measureText(arrow).width + PADDING / 2;
      gc.fillText(arrow, left + forName + PADDING / 2, y + NAME_BASE);
    }
    const name = description.names[column] ?? '';
    gc.fillText(elided(gc, name, forName), left, y + NAME_BASE);
    gc.font = palette.smallFont;
    gc.fillStyle = palette.dim;
    const type = description.types[column] ?? '';
    gc.fillText(elided(gc, type, room), left, y + TYPE_BASE);
    const distribution = description.distributions[column];
    if (distribution) {
      const bottom = y + height - 5;
      this._drawBars(gc, distribution, left, bottom, room);
    }
  }

  private _drawBars(
    gc: GraphicsContext,
    distribution: IDistribution,
    left: number,
    bottom: number,
    room: number
  ): void {
    const counts = distribution.bars ?? shares(distribution);
    const highest = Math.max(...counts);
    if (counts.length === 0 || highest <= 0) {
      return;
    }
    gc.fillStyle = this._palette.bar;
    const step = Math.min(room / counts.length, room / 6);
    counts.forEach((count, place) => {
      if (count > 0) {
        const height = Math.max(1, Math.round((count / highest) * BAR_HEIGHT));
        const width = Math.max(1, step - 1);
        gc.fillRect(left + place * step, bottom - height, width, height);
      }
    });
  }
}

/**
 * How often the most frequent values are there, unless nothing is more frequent than the rest.
 */
function shares({ frequent = [] }: IDistribution): number[] {
  const counts = frequent.map(([, count]) => count);
  return counts.some(count => count > 1) ? counts : [];
}

/**
 * A text that fits.
 */
export function elided(
  gc: Pick<GraphicsContext, 'measureText'>,
  text: string,
  room: number
): string {
  if (gc.measureText(text).width <= room) {
    return text;
  }
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const width = gc.measureText(`${text.slice(0, middle)}…`).width;
    [low, high] = width <= room ? [middle, high] : [low, middle - 1];
  }
  return low === 0 ? '' : `${text.slice(0, low)}…`;
}
