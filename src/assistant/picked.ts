// The pieces of a change of a cell that are wanted, as arguments of the call that makes it.

import type { NotebookPanel } from '@jupyterlab/notebook';
import * as React from 'react';

import type { IToolPart } from '../api/conversations';
import { partly, piecesOf } from './pieces';
import type { IPicking } from './revealed';
import { parsed } from './toolwords';

/**
 * What there is to pick from.
 */
export interface IPickable {
  readonly part: IToolPart;
  readonly mayAnswer: boolean;
  sourceOf(cellId: string): string | null;
}

/**
 * How pieces are picked, null where there is nothing to pick from; and the arguments, null as long
 * as all pieces are wanted.
 */
export interface IPicked {
  readonly picking: IPicking | null;
  readonly args: object | null;

  /**
   * Whether none is wanted.
   */
  readonly isEmpty: boolean;
}

const NOTHING: IPicked = { picking: null, args: null, isEmpty: false };

const ALL: ReadonlySet<number> = new Set();

/**
 * Picks pieces of a call that waits.
 */
export function usePicked({ part, mayAnswer, sourceOf }: IPickable): IPicked {
  const [leftOut, setLeftOut] = React.useState(ALL);
  if (part.tool !== 'modify_cell' || part.status !== 'waiting' || !mayAnswer) {
    return NOTHING;
  }
  const { cell_id, base_seq } = (parsed(part.args) ?? {}) as {
    cell_id?: string;
    base_seq?: number;
  };
  const text = cell_id === undefined ? null : sourceOf(cell_id);
  const pieces = piecesOf(part.diff ?? '');
  const source = text === null ? null : partly(text, pieces, leftOut);
  if (pieces.length < 2 || source === null) {
    return NOTHING;
  }
  const toggle = (piece: number): void => {
    setLeftOut(before => {
      const next = new Set(before);
      if (!next.delete(piece)) {
        next.add(piece);
      }
      return next;
    });
  };
  return {
    picking: { leftOut, toggle },
    args: leftOut.size === 0 ? null : { cell_id, base_seq, source },
    isEmpty: leftOut.size === pieces.length
  };
}

/**
 * The text of a cell of a notebook; null when it has no such cell.
 */
export function sourceIn(
  { content }: NotebookPanel,
  cellId: string
): string | null {
  const cells = content.model?.sharedModel.cells ?? [];
  return cells.find(({ id }) => id === cellId)?.getSource() ?? null;
}
