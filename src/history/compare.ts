// What became of the cells of an earlier moment.

import type { ICell, ICodeCell, INotebookContent } from '@jupyterlab/nbformat';
import { JSONExt } from '@lumino/coreutils';

/**
 * How a cell of then differs from now.
 */
export interface IDifference {
  readonly id: string;

  /**
   * It is not there any more.
   */
  readonly isGone: boolean;

  /**
   * It stands in another order among the cells that are still there.
   */
  readonly isMoved: boolean;
  readonly hasOtherText: boolean;
  readonly hasOtherType: boolean;
  readonly hasOtherOutputs: boolean;
  readonly hasOtherMetadata: boolean;

  /**
   * Its text then and now.
   */
  readonly then: string;
  readonly now: string;
}

/**
 * The cells of then that differ, in their order, and how many came since.
 */
export interface IComparison {
  readonly differences: readonly IDifference[];
  readonly added: number;
}

/**
 * Compare two contents of a notebook. Cells are told apart by their ids.
 */
export function compare(
  then: INotebookContent,
  now: INotebookContent
): IComparison {
  const present = new Map(now.cells.map(cell => [idOf(cell), cell]));
  const places = new Map(now.cells.map((cell, place) => [idOf(cell), place]));
  const common = then.cells.filter(cell => present.has(idOf(cell)));
  const staying = longestRise(common.map(cell => places.get(idOf(cell))!));
  const differences: IDifference[] = [];
  for (const cell of then.cells) {
    const id = idOf(cell);
    const other = present.get(id);
    const difference: IDifference = {
      id,
      isGone: other === undefined,
      isMoved: other !== undefined && !staying.has(places.get(id)!),
      hasOtherText: other !== undefined && textOf(cell) !== textOf(other),
      hasOtherType: other !== undefined && cell.cell_type !== other.cell_type,
      hasOtherOutputs:
        other !== undefined && !equal(outputsOf(cell), outputsOf(other)),
      hasOtherMetadata:
        other !== undefined && !equal(cell.metadata, other.metadata),
      then: textOf(cell),
      now: other === undefined ? '' : textOf(other)
    };
    if (isAny(difference)) {
      differences.push(difference);
    }
  }
  return { differences, added: now.cells.length - common.length };
}

function isAny(found: IDifference): boolean {
  return (
    found.isGone ||
    found.isMoved ||
    found.hasOtherText ||
    found.hasOtherType ||
    found.hasOtherOutputs ||
    found.hasOtherMetadata
  );
}

/**
 * The members of the longest rising subsequence: what can stay where it is while the rest moves.
 */
function longestRise(values: readonly number[]): ReadonlySet<number> {
  const ends: number[] = [];
  const before: number[] = [];
  values.forEach((value, index) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[ends[middle]!]! < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    before[index] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = index;
  });
  const found = new Set<number>();
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at]!) {
    found.add(values[at]!);
  }
  return found;
}

function equal(first: unknown, second: unknown): boolean {
  return JSONExt.deepEqual(first as never, second as never);
}

function outputsOf(cell: ICell): unknown {
  return cell.cell_type === 'code' ? (cell as ICodeCell).outputs : [];
}

/**
 * The text of a cell.
 */
export function textOf(cell: ICell): string {
  return Array.isArray(cell.source) ? cell.source.join('') : cell.source;
}

/**
 * The id of a cell, which all cells of live notebooks have.
 */
export function idOf(cell: ICell): string {
  return String((cell as { id?: unknown }).id);
}
