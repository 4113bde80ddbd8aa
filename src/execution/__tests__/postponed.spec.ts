// Runs that were asked for while the server was away.

import type { Cell } from '@jupyterlab/cells';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { INotebookConnection, ISyncState } from '../../tokens';
import type { CellFeet, IAnswer } from '../foot';
import { PostponedRuns } from '../postponed';

/**
 * A notebook, its cells' feet, and what they say.
 */
function setup() {
  const connection = {} as INotebookConnection;
  const syncChanged = new Signal<INotebookConnection, ISyncState>(connection);
  Object.assign(connection, { syncChanged });
  const said: { cell: Cell; notice: string; answers: readonly IAnswer[] }[] =
    [];
  const clear = jest.fn();
  const feet = {
    clear,
    tell: (cell: Cell, notice: string, answers: readonly IAnswer[] = []) => {
      said.push({ cell, notice, answers });
    }
  } as unknown as CellFeet;
  const runs = new PostponedRuns(feet, nullTranslator.load(''));
  const become = (kind: ISyncState['kind']) => {
    syncChanged.emit({ kind } as ISyncState);
  };
  return { connection, runs, said, clear, become };
}

function cell(isDisposed = false): Cell {
  return {
    isDisposed,
    node: document.createElement('div')
  } as Partial<Cell> as Cell;
}

describe('PostponedRuns', () => {
  it('asks once the notebook is saved, and runs only when told to', () => {
    const { connection, runs, said, become } = setup();
    const run = jest.fn();
    const cells = [cell(), cell()];
    runs.add(connection, { cells, run });
    become('offline');
    become('syncing');
    expect(said).toEqual([]);
    become('saved');
    become('saved');
    expect(said).toHaveLength(1);
    expect(said[0]!.cell).toBe(cells[0]);
    expect(said[0]!.notice).toContain('Run these 2 cells now?');
    expect(run).not.toHaveBeenCalled();
    said[0]!.answers[0]!.act();
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('takes no for an answer', () => {
    const { connection, runs, said, clear, become } = setup();
    const run = jest.fn();
    const one = cell();
    runs.add(connection, { cells: [one], run });
    become('saved');
    expect(said[0]!.notice).toContain('Run it now?');
    said[0]!.answers[1]!.act();
    expect(clear).toHaveBeenCalledWith(one);
    expect(run).not.toHaveBeenCalled();
  });

  it('does not ask about what is gone or was asked for again', () => {
    const { connection, runs, said, become } = setup();
    const one = cell();
    const run = jest.fn();
    runs.add(connection, { cells: [one], run });
    runs.drop(connection, one);
    runs.add(connection, { cells: [cell(true)], run });
    runs.add(connection, { cells: [one], run });
    become('saved');
    expect(said.map(({ cell }) => cell)).toEqual([one]);
  });
});
