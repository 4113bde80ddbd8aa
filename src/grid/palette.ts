// The colours and type of the theme, for what is drawn on a canvas.

import type { DataGrid } from '@lumino/datagrid';

/**
 * Of the usual size.
 */
const SMALL = 0.85;

/**
 * What the theme says.
 */
export interface IPalette {
  readonly text: string;
  readonly dim: string;
  readonly bar: string;
  readonly font: string;
  readonly boldFont: string;
  readonly smallFont: string;
  readonly style: DataGrid.Style;
}

/**
 * The theme's colours as they are now at an element.
 */
export function paletteOf(node: Element): IPalette {
  const computed = getComputedStyle(node);
  const of = (name: string) => computed.getPropertyValue(name).trim();
  const family = of('--jp-ui-font-family') || 'sans-serif';
  const size = of('--jp-ui-font-size1') || '13px';
  // Not the theme's small size: that is relative, and a canvas has nothing to relate it to.
  const small = `${Math.round(parseFloat(size) * SMALL)}px`;
  const line = of('--jp-border-color2');
  const brand = of('--jp-brand-color1');
  const striped = of('--jp-rendermime-table-row-background');
  const tint = `color-mix(in srgb, ${brand} 14%, transparent)`;
  return {
    text: of('--jp-ui-font-color1'),
    dim: of('--jp-ui-font-color2'),
    bar: of('--jp-brand-color2') || brand,
    font: `${size} ${family}`,
    boldFont: `600 ${size} ${family}`,
    smallFont: `${small} ${family}`,
    style: {
      voidColor: of('--jp-layout-color0'),
      backgroundColor: of('--jp-layout-color0'),
      rowBackgroundColor: row => (row % 2 === 0 ? '' : striped),
      headerBackgroundColor: of('--jp-layout-color1'),
      gridLineColor: line,
      headerGridLineColor: line,
      selectionFillColor: tint,
      selectionBorderColor: brand,
      cursorFillColor: 'transparent',
      cursorBorderColor: brand,
      headerSelectionFillColor: tint,
      headerSelectionBorderColor: brand
    }
  };
}
