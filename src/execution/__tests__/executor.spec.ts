// What is asked of the server when somebody runs cells: the text of that moment, and one request.

import type { Cell } from '@jupyterlab/cells';
import type { INotebookCellExecutor } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { ApiError, NotReachedError } from '../../api/errors';
import { AnodeNotebook } from '../../documents/notebook';
import type { IAnodeQuestions, IAnodeRooms, ICellToRun } from '../../tokens';
import { AnodeCellExecutor } from '../executor';
import type { CellFeet } from '../foot';

type IOptions = INotebookCellExecutor.IRunCellOptions;

const TURNS = 1_000;

/**
 * It takes two seconds, and more on a busy machine.
 */
const PATIENCE_MS = 120_000;

const trans = nullTranslator.load('');

/**
 * A notebook whose requests are noted.
 */
function open(
  sources: readonly string[],
  role = 'owner',
  questions: IAnodeQuestions | null = null
) {
  const notebook = new AnodeNotebook({
    disableDocumentWideUndoRedo: true,
    storage: null
  });
  notebook.access = 'write';
  notebook.insertCells(
    0,
    sources.map((source, index) => ({
      cell_type: 'code',
      id: `cell-${index}`,
      source
    }))
  );
  const world = {
    notebook,
    requests: [] as ICellToRun[][],
    told: [] as string[],
    fails: null as Error | null,
    sync: 'saved',
    sessionContext: undefined as object | undefined
  };
  const runs = {
    get session() {
      return world.sessionContext ? null : { endedAt: null };
    },
    request: (cells: ICellToRun[]) => {
      world.requests.push(cells);
      return world.fails ? Promise.reject(world.fails) : Promise.resolve();
    },
    ended: () => Promise.resolve(null)
  };
  const connection = {
    role,
    runs,
    syncChanged: new Signal({}),
    get sync() {
      return { kind: world.sync };
    }
  };
  const rooms = { forModel: () => connection };
  const feet = {
    clear: () => undefined,
    tell: (_: Cell, notice: string) => world.told.push(notice)
  };
  const executor = new AnodeCellExecutor(
    rooms as unknown as IAnodeRooms,
    feet as unknown as CellFeet,
    trans,
    questions
  );
  const run = (index = 0): Promise<boolean> => {
    const sharedModel = notebook.cells[index]!;
    const model = {
      id: sharedModel.getId(),
      type: 'code',
      sharedModel,
      clearExecution: () => undefined
    };
    const node = document.createElement('div');
    const cell = { model, node, isDisposed: false, setPrompt: () => undefined };
    return executor.runCell({
      cell,
      notebook: { sharedModel: notebook },
      sessionContext: world.sessionContext,
      onCellExecutionScheduled: () => undefined,
      onCellExecuted: () => undefined
    } as unknown as IOptions);
  };
  const ask = (): void => executor.ask();
  return { ...world, world, run, ask };
}

describe('what is asked for', () => {
  it(
    'is the text after a Backspace just before, however often',
    async () => {
      const { notebook, requests, run } = open(['x = ']);
      const cell = notebook.cells[0]!;
      const seen: string[] = [];
      for (let turn = 0; turn < TURNS; turn++) {
        const end = cell.getSource().length;
        cell.updateSource(end, end, `${turn % 10}y`);
        cell.updateSource(end + 1, end + 2, '');
        seen.push(cell.getSource());
        await run();
      }
      expect(requests.map(cells => cells.map(({ source }) => source))).toEqual(
        seen.map(source => [source])
      );
    },
    PATIENCE_MS
  );

  it('is asked for at once when whoever ran it goes on with something else', async () => {
    const { notebook, requests, run, ask } = open(['1', '2']);
    const ends = [run(0), run(1)];
    expect(requests).toEqual([]);
    ask();
    expect(requests).toHaveLength(1);
    expect(requests[0]!.map(({ source }) => source)).toEqual(['1', '2']);
    notebook.cells[0]!.setSource('3');
    await Promise.all(ends);
    expect(requests).toHaveLength(1);
  });

  it('is one request for what is run in one go, in its order', async () => {
    const { requests, run } = open(['1', ' \n', '2']);
    const ends = [run(0), run(1), run(2)];
    expect(await Promise.all(ends)).toEqual([false, true, false]);
    expect(requests).toHaveLength(1);
    expect(requests[0]!.map(({ cellId }) => cellId)).toEqual([
      'cell-0',
      'cell-2'
    ]);
    const ids = requests[0]!.map(({ executionId }) => executionId);
    expect(new Set(ids).size).toBe(2);
  });

  it('says at the first cell why nothing runs', async () => {
    const { world, run } = open(['1', '2']);
    world.fails = new NotReachedError('');
    expect(await Promise.all([run(0), run(1)])).toEqual([false, false]);
    expect(world.told).toEqual([
      expect.stringContaining('the server cannot be reached')
    ]);
  });

  it('is no kernel while the server is away', async () => {
    const { world, requests, run } = open(['1']);
    const startKernel = jest.fn();
    world.sessionContext = { hasNoKernel: true, startKernel };
    world.sync = 'offline';
    expect(await run()).toBe(false);
    expect(startKernel).not.toHaveBeenCalled();
    expect(requests).toEqual([]);
    expect(world.told).toEqual([
      expect.stringContaining('you are asked when the server is back')
    ]);
  });

  it('is nothing when the person may not run code', async () => {
    const { requests, told, run } = open(['1'], 'editor');
    expect(await run()).toBe(false);
    expect(requests).toEqual([]);
    expect(told).toEqual(['You may not run code here.']);
  });
});

describe('a question', () => {
  interface IAsked {
    readonly source: string;
    readonly after: string | null;
  }
  const questions = (asked: IAsked[], fails: Error | null = null) => ({
    isQuestion: (cell: { getSource(): string }) =>
      cell.getSource().endsWith('?'),
    ask: (
      _: unknown,
      cell: { getSource(): string },
      after: string | null
    ): Promise<void> => {
      asked.push({ source: cell.getSource(), after });
      return fails ? Promise.reject(fails) : Promise.resolve();
    }
  });

  it('is asked after the code before it, and the code after it does not wait', async () => {
    const asked: IAsked[] = [];
    const { requests, run } = open(
      ['1', 'why?', '2'],
      'owner',
      questions(asked)
    );
    const ends = [run(0), run(1), run(2)];
    expect(await ends[1]).toBe(true);
    const [cells] = requests;
    expect(cells?.map(({ cellId }) => cellId)).toEqual(['cell-0', 'cell-2']);
    expect(asked).toEqual([{ source: 'why?', after: cells?.[0]?.executionId }]);
    await Promise.all(ends);
  });

  it('is asked at once when nothing is run before it', async () => {
    const asked: IAsked[] = [];
    const { run } = open(['why?'], 'owner', questions(asked));
    expect(await run()).toBe(true);
    expect(asked).toEqual([{ source: 'why?', after: null }]);
  });

  it('is not asked when the code before it is refused', async () => {
    const asked: IAsked[] = [];
    const { world, run } = open(['1', 'why?'], 'owner', questions(asked));
    world.fails = new ApiError(409, 'source_not_arrived', '', '');
    expect(await Promise.all([run(0), run(1)])).toEqual([false, false]);
    expect(asked).toEqual([]);
  });

  it('says at its cell why nobody answers', async () => {
    const refused = new ApiError(400, 'no_key', 'The key is gone.', 'Set one.');
    const { told, requests, run } = open(
      ['why?'],
      'owner',
      questions([], refused)
    );
    expect(await run()).toBe(false);
    expect(told).toEqual(['Not asked: The key is gone. Set one.']);
    expect(requests).toEqual([]);
  });
});
