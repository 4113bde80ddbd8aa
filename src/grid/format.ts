// Values of tables as people read them.

import type { Value } from '../api/tables';

/**
 * Digits of a number with a fraction; all of them go to the clipboard.
 */
const DIGITS = 7;

/**
 * What stands for a missing value.
 */
export const MISSING = 'NA';

/**
 * A value as the grid shows it; undefined is one that has not come yet.
 */
export function shown(value: Value | undefined): string {
  if (value === undefined) {
    return '…';
  }
  if (value === null) {
    return MISSING;
  }
  if (typeof value === 'number') {
    return Number.isInteger(value)
      ? String(value)
      : String(Number(value.toPrecision(DIGITS)));
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  // One line: the canvas has no others.
  return value.replaceAll(/\s*\n\s*/g, ' ↵ ');
}

/**
 * Rows as spreadsheets take them from a clipboard.
 */
export function tabSeparated(rows: readonly (readonly Value[])[]): string {
  return rows.map(row => row.map(field).join('\t')).join('\n');
}

function field(value: Value): string {
  if (value === null) {
    return '';
  }
  const text = typeof value === 'boolean' ? shown(value) : String(value);
  return /["\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
