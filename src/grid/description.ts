// What a kernel told of a table when it showed it: columns, distributions and the first rows.

import type { Value } from '../api/tables';

/**
 * How the values of a column are compared and drawn.
 */
export type Kind = 'number' | 'time' | 'truth' | 'text' | 'other';

/**
 * A column's values in a few numbers, of a sample of the rows.
 */
export interface IDistribution {
  readonly missing: number;
  readonly low?: Value;
  readonly high?: Value;

  /**
   * How many values there are in each part between low and high.
   */
  readonly bars?: readonly number[];
  readonly different?: number;

  /**
   * The most frequent values, each with how often it is there.
   */
  readonly frequent?: readonly (readonly [string, number])[];
}

/**
 * A table as it was shown. There may be more columns than those that are described.
 */
export interface IDescription {
  readonly table: string;
  readonly rows: number;
  readonly columns: number;

  /**
   * Whether its other representation has all of it.
   */
  readonly shown_whole: boolean;
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly kinds: readonly Kind[];
  readonly distributions: readonly (IDistribution | null)[];

  /**
   * How many rows the distributions are of.
   */
  readonly sampled: number;
  readonly labels: readonly string[];
  readonly values: readonly (readonly Value[])[];
}

/**
 * The description in an output; null when it is none: anybody may write anything into a document.
 */
export function descriptionIn(value: unknown): IDescription | null {
  const told = value as Partial<IDescription> | null | undefined;
  if (typeof told !== 'object' || told === null) {
    return null;
  }
  const { names, types, kinds, labels, values } = told;
  const lists = [names, types, kinds, told.distributions, values];
  const numbers = [told.rows, told.columns, told.sampled];
  const fits =
    typeof told.table === 'string' &&
    numbers.every(Number.isSafeInteger) &&
    lists.every(list => Array.isArray(list) && list.length > 0) &&
    Array.isArray(labels) &&
    [names, types, kinds].every(list =>
      (list as readonly unknown[]).every(one => typeof one === 'string')
    ) &&
    values?.length === names?.length &&
    values?.every(
      column => Array.isArray(column) && column.length === labels.length
    ) === true;
  return fits ? (told as IDescription) : null;
}
