// What other programs changed in the file of one notebook, as long as nobody put it aside.

import type { IEnvelope } from '../tokens';

/**
 * The changes that were taken from the file, summed up.
 */
export interface IFileChanges {
  /**
   * The cells that came, moved or changed, by id, the latest change last.
   */
  readonly cells: readonly string[];

  /**
   * How many cells are concerned, those that went included.
   */
  readonly count: number;

  /**
   * How many cells were changed here at the same place, so that both versions were kept.
   */
  readonly versions: number;

  /**
   * The events, oldest first: what Undo takes back.
   */
  readonly seqs: readonly number[];
}

/**
 * Nothing.
 */
export const NO_CHANGES: IFileChanges = {
  cells: [],
  count: 0,
  versions: 0,
  seqs: []
};

/**
 * Add what some events tell about the file.
 *
 * @returns the same object when they tell nothing.
 */
export function withEvents(
  changes: IFileChanges,
  events: readonly IEnvelope[]
): IFileChanges {
  return events.reduce(withEvent, changes);
}

function withEvent(changes: IFileChanges, event: IEnvelope): IFileChanges {
  const { name, data, seq } = event;
  const changed = data.cells_changed;
  if (
    name !== 'v1.ExternalChangeMerged' ||
    typeof changed !== 'number' ||
    changed === 0
  ) {
    return changes;
  }
  const named = words(data.cells);
  const before = changes.cells.filter(cell => !named.includes(cell));
  const gone = changes.count - changes.cells.length + changed - named.length;
  const cells = [...before, ...named];
  return {
    cells,
    count: cells.length + gone,
    versions: changes.versions + words(data.versions).length,
    seqs: [...changes.seqs, seq]
  };
}

function words(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((word): word is string => typeof word === 'string')
    : [];
}
