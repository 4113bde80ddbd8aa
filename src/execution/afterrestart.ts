// "Restart and run all" runs all, also when the page goes before the restart is over.

import type { Cell } from '@jupyterlab/cells';
import type {
  INotebookTracker,
  Notebook,
  NotebookPanel
} from '@jupyterlab/notebook';
import type { CommandRegistry } from '@lumino/commands';
import { UUID } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { IAnodeRooms, ICellToRun, INotebookRuns } from '../tokens';

/**
 * JupyterLab's command. It restarts the kernel and only then asks for runs.
 */
const RESTART_AND_RUN = 'notebook:restart-run-all';

/**
 * A notebook that is to run after its restart.
 */
interface IWaiting {
  readonly panel: NotebookPanel;
  readonly runs: INotebookRuns;

  /**
   * As it was seen when the restart began; null before the person has agreed to it.
   */
  cells: readonly ICellToRun[] | null;
}

/**
 * Asks the server for the runs in the page's last moment: the server waits for the end of the restart.
 */
export class RunsAfterRestart {
  /**
   * @param scheduled - emitted when JupyterLab asks for a run.
   * @param page - tells when it goes.
   */
  constructor(
    commands: CommandRegistry,
    private readonly _notebooks: Pick<INotebookTracker, 'currentWidget'>,
    private readonly _rooms: Pick<IAnodeRooms, 'forModel'>,
    scheduled: ISignal<unknown, { notebook: Notebook; cell: Cell }>,
    page: EventTarget
  ) {
    commands.commandExecuted.connect((_, { id, result }) => {
      if (id === RESTART_AND_RUN) {
        this._follow(result);
      }
    });
    scheduled.connect((_, { notebook }) => {
      for (const waiting of this._waiting) {
        if (waiting.panel.content === notebook) {
          this._waiting.delete(waiting);
        }
      }
    });
    page.addEventListener('pagehide', event => {
      // One that is kept may come back, and goes on then.
      if (!(event as PageTransitionEvent).persisted) {
        this._waiting.forEach(waiting => this._ask(waiting));
      }
    });
  }

  private _follow(result: Promise<unknown>): void {
    const panel = this._notebooks.currentWidget;
    const connection =
      panel && this._rooms.forModel(panel.context.model.sharedModel);
    if (
      !connection ||
      connection.role === 'reader' ||
      connection.role === 'editor'
    ) {
      return;
    }
    const waiting: IWaiting = { panel, runs: connection.runs, cells: null };
    const { sessionContext } = panel;
    const look = (): void => {
      if (sessionContext.kernelDisplayStatus === 'restarting') {
        waiting.cells ??= cellsOf(panel);
      }
    };
    const ask = (): void => this._ask(waiting);
    this._waiting.add(waiting);
    sessionContext.statusChanged.connect(look);
    panel.disposed.connect(ask);
    void result
      .catch(() => undefined)
      .then(() => {
        this._waiting.delete(waiting);
        sessionContext.statusChanged.disconnect(look);
        panel.disposed.disconnect(ask);
      });
  }

  private _ask(waiting: IWaiting): void {
    if (this._waiting.delete(waiting) && waiting.cells?.length) {
      waiting.runs.requestLeaving(waiting.cells);
    }
  }

  private readonly _waiting = new Set<IWaiting>();
}

function cellsOf({ content }: NotebookPanel): ICellToRun[] {
  return content.widgets
    .filter(({ model }) => model.type === 'code')
    .map(({ model }) => ({
      cellId: model.id,
      executionId: UUID.uuid4(),
      source: model.sharedModel.getSource()
    }))
    .filter(({ source }) => source.trim() !== '');
}
