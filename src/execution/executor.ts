// JupyterLab's way to run a cell: through the notebook's queue on the server, else core's own.

import type { Cell, ICodeCellModel } from '@jupyterlab/cells';
import type { INotebookCellExecutor } from '@jupyterlab/notebook';
import { KernelError, runCell } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { PromiseDelegate, UUID } from '@lumino/coreutils';

import { NotReachedError } from '../api/errors';
import type {
  IAnodeQuestions,
  IAnodeRooms,
  INotebookConnection,
  IRun
} from '../tokens';
import type { CellFeet } from './foot';
import { hasKernel, isOfServer, kernelStarted, needsKernel } from './kernels';
import { PostponedRuns } from './postponed';
import { speaker } from './speaker';
import { noteTiming } from './timing';
import { refusal, refusedQuestion } from './words';

type IRunCellOptions = INotebookCellExecutor.IRunCellOptions;

type Reply = ConstructorParameters<typeof KernelError>[0];

/**
 * A cell of a request that is about to be made.
 */
interface IEntry {
  readonly options: IRunCellOptions;
  readonly executionId: string;

  /**
   * Whether the server took the request; settled once it answered.
   */
  readonly taken: PromiseDelegate<boolean>;
  resolve(result: boolean | Promise<boolean>): void;
}

/**
 * Runs cells on the server. What JupyterLab asks for in one go ("run all", several selected cells)
 * becomes one request, so that an error stops the rest.
 */
export class AnodeCellExecutor implements INotebookCellExecutor {
  constructor(
    private readonly _rooms: IAnodeRooms,
    private readonly _feet: CellFeet,
    private readonly _trans: TranslationBundle,
    private readonly _questions: IAnodeQuestions | null = null
  ) {
    this._postponed = new PostponedRuns(_feet, _trans);
  }

  runCell(options: IRunCellOptions): Promise<boolean> {
    const { cell, notebook, sessionContext } = options;
    const connection = this._rooms.forModel(notebook.sharedModel);
    if (
      cell.model.type !== 'code' ||
      connection === null ||
      !isOfServer(sessionContext)
    ) {
      return runCell(options);
    }
    options.onCellExecutionScheduled({ cell });
    this._feet.clear(cell);
    this._postponed.drop(connection, cell);
    if (cell.model.sharedModel.getSource().trim() === '') {
      return Promise.resolve(clear(options));
    }
    if (this._questions?.isQuestion(cell.model.sharedModel)) {
      return this._ask(connection, options, this._questions);
    }
    showPrompt(cell, '*');
    return new Promise(resolve => {
      this._gather(connection, {
        options,
        executionId: UUID.uuid4(),
        taken: new PromiseDelegate(),
        resolve
      });
    });
  }

  /**
   * Have the question of an AI cell asked once what was run before it in the same go has ended well.
   * What comes after it does not wait for the answer.
   */
  private async _ask(
    connection: INotebookConnection,
    { cell, onCellExecuted }: IRunCellOptions,
    questions: IAnodeQuestions
  ): Promise<boolean> {
    const before = this._gathered.get(connection)?.at(-1);
    if (before && !(await before.taken.promise)) {
      return false; // the cell that was refused says so
    }
    try {
      await questions.ask(
        connection,
        cell.model.sharedModel,
        before?.executionId ?? null
      );
    } catch (error) {
      if (!cell.isDisposed) {
        this._feet.tell(cell, refusedQuestion(error, this._trans));
      }
      return false;
    }
    onCellExecuted({ cell, success: true });
    return true;
  }

  /**
   * Whoever ran cells goes on with something else now, so these are all: they are asked for before
   * the page does what comes next, which may take longer than the code.
   */
  ask(): void {
    for (const [connection, entries] of [...this._gathered]) {
      this._gathered.delete(connection);
      this._request(connection, entries).catch((error: unknown) => {
        this._refuse(entries, refusal(error, this._trans));
        if (error instanceof NotReachedError) {
          this._postpone(connection, entries);
        }
      });
    }
  }

  private _gather(connection: INotebookConnection, entry: IEntry): void {
    const gathered = this._gathered.get(connection);
    if (gathered) {
      gathered.push(entry);
      return;
    }
    this._gathered.set(connection, [entry]);
    queueMicrotask(() => this.ask());
  }

  private async _request(
    connection: INotebookConnection,
    entries: readonly IEntry[]
  ): Promise<void> {
    const [first] = entries;
    const { role, runs, sync } = connection;
    if (role === 'reader' || role === 'editor') {
      this._refuse(entries, this._trans.__('You may not run code here.'));
      return;
    }
    if (sync.kind === 'offline' && needsKernel(first!.options, runs.session)) {
      // JupyterLab would ask for a kernel that cannot be started.
      throw new NotReachedError('');
    }
    // Without a kernel there is something to wait for, and only then: see `ask`.
    const started = hasKernel(first!.options, runs.session)
      ? 'yes'
      : await kernelStarted(first!.options, runs.session);
    if (started !== 'yes') {
      this._refuse(
        entries,
        started === 'ending'
          ? this._trans.__('Not run: the kernel is just shutting down.')
          : ''
      );
      return;
    }
    const there = entries.filter(({ options }) => !options.cell.isDisposed);
    const gone = entries.filter(({ options }) => options.cell.isDisposed);
    this._refuse(gone, '');
    if (there.length > 0) {
      await runs.request(
        there.map(({ options, executionId }) => ({
          cellId: options.cell.model.id,
          executionId,
          source: options.cell.model.sharedModel.getSource()
        }))
      );
    }
    for (const entry of there) {
      entry.taken.resolve(true);
      entry.resolve(
        runs.ended(entry.executionId).then(run => settle(entry.options, run))
      );
    }
  }

  private _postpone(
    connection: INotebookConnection,
    entries: readonly IEntry[]
  ): void {
    const alive = () =>
      entries.filter(({ options }) => !options.cell.isDisposed);
    this._postponed.add(connection, {
      cells: entries.map(({ options }) => options.cell),
      run: () => {
        for (const { options } of alive()) {
          void this.runCell(options);
        }
      }
    });
  }

  /**
   * Nothing of this request runs; one of its cells says why.
   */
  private _refuse(entries: readonly IEntry[], reason: string): void {
    for (const { options, taken, resolve } of entries) {
      const { cell } = options;
      taken.resolve(false);
      if (!cell.isDisposed) {
        showPrompt(cell, null);
      }
      resolve(false);
    }
    const cell = speaker(entries.map(({ options }) => options.cell));
    if (reason !== '' && cell) {
      this._feet.tell(cell, reason);
    }
  }

  private readonly _postponed: PostponedRuns;
  private readonly _gathered = new Map<INotebookConnection, IEntry[]>();
}

/**
 * A cell without code shows no outputs, as in plain JupyterLab.
 */
function clear({ cell, onCellExecuted }: IRunCellOptions): boolean {
  cell.model.sharedModel.transact(() => {
    (cell.model as ICodeCellModel).clearExecution();
  }, false);
  onCellExecuted({ cell, success: true });
  return true;
}

/**
 * Show that a cell is asked for before the server says so, or what the cell itself says (null).
 */
function showPrompt(cell: Cell, prompt: string | null): void {
  const { executionCount, executionState } = cell.model as ICodeCellModel;
  const own = executionState === 'running' ? '*' : `${executionCount ?? ''}`;
  cell.setPrompt(prompt ?? own);
}

/**
 * Tell JupyterLab how a run came out, as it expects it.
 *
 * @throws KernelError when the code failed: JupyterLab then stops what it was doing.
 */
function settle(options: IRunCellOptions, run: IRun | null): boolean {
  const { cell, onCellExecuted } = options;
  if (cell.isDisposed || run === null) {
    return false;
  }
  showPrompt(cell, null);
  noteTiming(options, run);
  if (run.status === 'completed') {
    onCellExecuted({ cell, success: true });
    return true;
  }
  if (run.status === 'failed') {
    const error = new KernelError(reply(cell, run));
    onCellExecuted({ cell, success: false, error });
    throw error;
  }
  if (run.status === 'lost') {
    onCellExecuted({ cell, success: false });
  }
  return false;
}

function reply(cell: Cell, run: IRun): Reply {
  const outputs = (cell.model as ICodeCellModel).outputs.toJSON();
  const shown = outputs.filter(output => output.output_type === 'error').at(-1);
  return {
    status: 'error',
    execution_count: run.executionCount,
    ename: run.error?.name ?? '',
    evalue: run.error?.value ?? '',
    traceback: (shown?.traceback as string[] | undefined) ?? []
  };
}
