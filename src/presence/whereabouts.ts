// What somebody does in a notebook, to and from what travels in awareness states.

/**
 * - `writing`: the caret is in a cell.
 * - `here`: the notebook is in front of them.
 * - `away`: they look at something else.
 */
export type Doing = 'writing' | 'here' | 'away';

/**
 * What somebody sees of a notebook.
 */
export interface ISight {
  /**
   * The id of the cell at the top of the view.
   */
  readonly cell: string;

  /**
   * How much of that cell is above the view, from 0 to 1.
   */
  readonly part: number;
}

/**
 * Where somebody is in a notebook.
 */
export interface IWhereabouts {
  readonly doing: Doing;

  /**
   * The id of the cell that is active with them.
   */
  readonly cell: string | null;

  /**
   * The user name of the person whom they follow.
   */
  readonly follows: string | null;

  /**
   * Told only while somebody follows.
   */
  readonly sight: ISight | null;
}

/**
 * The name of the field of the awareness state.
 */
export const FIELD = 'anode';

/**
 * No id and no user name is longer.
 */
const LONGEST = 256;

/**
 * Read a state. Somebody whose program says nothing about it is just here.
 */
export function whereaboutsOf(
  state: Readonly<Record<string, unknown>>
): IWhereabouts {
  const { doing, cell, follows, sight } = record(state[FIELD]);
  const { cell: top, part } = record(sight);
  const seen = word(top);
  return {
    doing: doing === 'writing' || doing === 'away' ? doing : 'here',
    cell: word(cell),
    follows: word(follows),
    sight:
      seen !== null && typeof part === 'number' && part >= 0 && part <= 1
        ? { cell: seen, part }
        : null
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : {};
}

function word(value: unknown): string | null {
  return typeof value === 'string' && value.length <= LONGEST ? value : null;
}
