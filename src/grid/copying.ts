// A part of a table to the clipboard, also of rows that nobody has looked at yet.

import { Clipboard } from '@jupyterlab/apputils';

import type { Value } from '../api/tables';
import { tabSeparated } from './format';
import type { ISelected } from './gridview';
import type { Rows } from './rows';

/**
 * Values that are copied at most; more belong into a file.
 */
export const MOST_COPIED = 200_000;

/**
 * Copy what is selected, or all of it with the names of the columns.
 *
 * @returns how many rows were copied, and of how many.
 *
 * @throws what asking for the rows throws.
 */
export async function copyRows(
  rows: Rows,
  selected: ISelected | null
): Promise<readonly [copied: number, wanted: number]> {
  const { names } = rows.description;
  const [first, last] =
    selected === null
      ? [0, rows.count - 1]
      : [selected.firstRow, selected.lastRow];
  const [left, right] =
    selected === null
      ? [0, names.length - 1]
      : [selected.firstColumn, selected.lastColumn];
  const wanted = last - first + 1;
  const most = Math.max(1, Math.floor(MOST_COPIED / (right - left + 1)));
  const lines: Value[][] = [];
  for (const page of await rows.read(first, Math.min(wanted, most))) {
    page.labels.forEach((_, row) => {
      const columns = page.values.slice(left, right + 1);
      lines.push(columns.map(column => column[row] ?? null));
    });
  }
  const isWhole = selected === null || wanted === rows.count;
  const head = isWhole && wanted > 1 ? [names.slice(left, right + 1)] : [];
  await toClipboard(tabSeparated([...head, ...lines]));
  return [lines.length, wanted];
}

/**
 * The modern way exists on secure pages only.
 */
async function toClipboard(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    Clipboard.copyToSystem(text);
  }
}
