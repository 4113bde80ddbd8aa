// Shows at each cell of a notebook how its run stands.

import type { Cell } from '@jupyterlab/cells';
import { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { YCodeCell } from '@jupyter/ydoc';
import type * as Y from 'yjs';

import type { INotebookConnection, IRun } from '../tokens';
import { ShownInFrames } from '../ui/inframes';
import type { CellFeet } from './foot';
import { InputBox } from './inputbox';
import { lineOf } from './model';
import { placeRunButton } from './runbutton';

/**
 * What the views can ask for.
 */
export interface ICellActions {
  /**
   * Run a cell, as JupyterLab's own command does.
   */
  run(panel: NotebookPanel, cell: Cell): void;

  /**
   * Something that was asked for did not succeed.
   */
  report(error: unknown): void;
}

/**
 * Follows the runs of one notebook; what changed in one frame of the screen is shown together.
 */
export class CellRuns extends ShownInFrames {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _connection: INotebookConnection,
    private readonly _feet: CellFeet,
    private readonly _actions: ICellActions,
    private readonly _trans: TranslationBundle
  ) {
    super();
    _connection.runs.changed.connect(this.later, this);
    _panel.content.model?.cells.changed.connect(this.later, this);
    this.later();
  }

  protected show(): void {
    const { runs } = this._connection;
    const places = new Map(runs.queue.map((run, place) => [run.id, place]));
    for (const cell of this._panel.content.widgets) {
      if (!(cell instanceof CodeCell)) {
        continue;
      }
      if (cell.isPlaceholder()) {
        if (!this._awaited.has(cell)) {
          this._awaited.add(cell);
          void cell.ready.then(() => this.later());
        }
        continue;
      }
      const run = runs.ofCell(cell.model.id);
      this._showAt(cell, run, places.get(run?.id ?? '') ?? 0);
    }
  }

  private _showAt(cell: CodeCell, run: IRun | null, place: number): void {
    const isActive = run !== null && run.completedAt === null;
    placeRunButton(
      cell,
      isActive,
      {
        run: () => this._actions.run(this._panel, cell),
        stop: () => this._stop(cell)
      },
      this._trans
    );
    cell.toggleClass('jp-Anode-stale', isActive && isStale(cell, run.id));
    this._watch(cell, isActive);
    const seen = this._seen.get(cell);
    const key = {
      run,
      place,
      isEdited: cell.model.isDirty,
      session: this._hasKernel
    };
    if (
      seen?.run === run &&
      seen.place === place &&
      seen.isEdited === key.isEdited &&
      seen.session === key.session
    ) {
      return;
    }
    this._seen.set(cell, key);
    this._tell(cell, run, key);
  }

  private _tell(cell: CodeCell, run: IRun | null, seen: ISeen): void {
    if (run === null) {
      this._feet.find(cell)?.tellRun(null, () => undefined);
      return;
    }
    const { runs } = this._connection;
    const isOwn = runs.isOwn(run);
    const foot = this._feet.of(cell);
    const context = {
      place: seen.place,
      hasKernel: seen.session,
      isOwn,
      isEdited: seen.isEdited,
      now: Date.now()
    };
    foot.tellRun(lineOf(run, context, this._trans), () =>
      this._actions.run(this._panel, cell)
    );
    const question = isOwn ? run.input : null;
    const box = foot.box as InputBox | null;
    if (question === null) {
      foot.ask(null);
    } else if (box?.question !== question) {
      // Each question is an object of its own: a run may ask again at once.
      const answer = (value: string) => runs.answer(run.id, value);
      foot.ask(new InputBox(question, answer, this._trans));
    }
  }

  private get _hasKernel(): boolean {
    const { session } = this._connection.runs;
    return session !== null && session.endedAt === null;
  }

  /**
   * Listen to a cell for what the runs do not tell: its text, and outputs while it runs.
   */
  private _watch(cell: CodeCell, isActive: boolean): void {
    const { model } = cell;
    model.stateChanged.connect(this._onState, this);
    if (isActive) {
      model.outputs.changed.connect(this.later, this);
    } else {
      model.outputs.changed.disconnect(this.later, this);
    }
  }

  private _onState(_: unknown, { name }: { readonly name: string }): void {
    if (name === 'isDirty') {
      this.later();
    }
  }

  private _stop(cell: CodeCell): void {
    const { runs } = this._connection;
    const run = runs.ofCell(cell.model.id);
    if (run) {
      runs.cancel(run.id).catch(this._actions.report);
    }
  }

  private readonly _seen = new WeakMap<CodeCell, ISeen>();

  /**
   * Cells that come into the page later.
   */
  private readonly _awaited = new WeakSet<CodeCell>();
}

interface ISeen {
  readonly run: IRun | null;
  readonly place: number;
  readonly isEdited: boolean;
  readonly session: boolean;
}

/**
 * Whether the outputs that a cell shows are of an earlier run.
 */
function isStale(cell: CodeCell, executionId: string): boolean {
  const { ymodel } = cell.model.sharedModel as YCodeCell;
  const outputs = ymodel.get('outputs') as Y.Array<Y.Map<unknown>> | undefined;
  return (
    outputs !== undefined &&
    outputs.length > 0 &&
    outputs.get(0).get('anode_execution_id') !== executionId
  );
}
