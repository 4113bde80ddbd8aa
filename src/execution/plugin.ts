// Puts our executor under JupyterLab's commands that run cells, when the server half is in charge.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISessionContextDialogs, Notification } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type {
  NotebookPanel,
  NotebookWidgetFactory
} from '@jupyterlab/notebook';
import {
  INotebookCellExecutor,
  INotebookTracker,
  INotebookWidgetFactory,
  NotebookActions
} from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { IDisposable } from '@lumino/disposable';

import { stateOfServer } from '../documents/serverstate';
import { browserTimers } from '../sync/timers';
import type { INotebookConnection } from '../tokens';
import { IAnodeQuestions, IAnodeRooms } from '../tokens';
import { RunsAfterRestart } from './afterrestart';
import { AnodeCellExecutor } from './executor';
import { CellRuns } from './cellruns';
import { CellFeet } from './foot';
import { KernelFollower } from './kernelfollower';
import { LateSession } from './latesession';
import { LateViews } from './lateviews';

/**
 * The executor. It stands in for core's because it is registered after it; core's stays there for a
 * page in which ours does not load.
 */
const executor: JupyterFrontEndPlugin<INotebookCellExecutor> = {
  id: 'anode-jlab:cell-executor',
  description: 'Runs the cells of live notebooks on the server.',
  autoStart: true,
  provides: INotebookCellExecutor,
  requires: [IAnodeRooms],
  optional: [INotebookWidgetFactory, IAnodeQuestions, ITranslator],
  activate: (
    _: JupyterFrontEnd,
    rooms: IAnodeRooms,
    notebooks: NotebookWidgetFactory.IFactory | null,
    questions: IAnodeQuestions | null,
    translator: ITranslator | null
  ): INotebookCellExecutor => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const feet = new CellFeet(trans);
    const executor = new AnodeCellExecutor(rooms, feet, trans, questions);
    // Before anybody else: JupyterLab's commands hand all cells over, and move the cursor then.
    notebooks?.widgetCreated.connect((_, { content }) => {
      content.activeCellChanged.connect(() => executor.ask());
    });
    return executor;
  }
};

/**
 * JupyterLab's session of a live notebook stays on the kernel that its runs go to.
 */
const kernels: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:kernels',
  description:
    "Keeps a notebook's toolbar, console and completion on the kernel of its runs.",
  autoStart: true,
  requires: [IAnodeRooms, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker
  ): void => {
    forEachLive(notebooks, rooms, (panel, connection) => {
      return new KernelFollower(
        connection,
        panel.sessionContext,
        app.serviceManager,
        browserTimers
      );
    });
    forEachLive(notebooks, rooms, ({ sessionContext }, connection) => {
      const { sessions } = app.serviceManager;
      return new LateSession(connection, sessionContext, sessions);
    });
    forEachLive(notebooks, rooms, ({ context, sessionContext }) => {
      return new LateViews(context.model, sessionContext);
    });
    new RunsAfterRestart(
      app.commands,
      notebooks,
      rooms,
      NotebookActions.executionScheduled,
      window
    );
  }
};

/**
 * What each cell says about its run.
 */
const cells: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:cell-runs',
  description:
    'Shows below each cell how its run stands, asks for input, and puts a run button at the prompt.',
  autoStart: true,
  requires: [IAnodeRooms, INotebookTracker],
  optional: [ISessionContextDialogs, ITranslator],
  activate: (
    _: JupyterFrontEnd,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    dialogs: ISessionContextDialogs | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const feet = new CellFeet(trans);
    const actions = {
      run: ({ content, sessionContext }: NotebookPanel, cell: Cell): void => {
        void NotebookActions.runCells(
          content,
          [cell],
          sessionContext,
          dialogs ?? undefined,
          translator ?? undefined
        );
      },
      report: (error: unknown): void => {
        Notification.error(
          error instanceof Error ? error.message : String(error)
        );
      }
    };
    forEachLive(notebooks, rooms, (panel, connection) => {
      return new CellRuns(panel, connection, feet, actions, trans);
    });
  }
};

/**
 * Have something for each notebook that is live, as long as it is open.
 */
function forEachLive(
  notebooks: INotebookTracker,
  rooms: IAnodeRooms,
  make: (panel: NotebookPanel, connection: INotebookConnection) => IDisposable
): void {
  notebooks.widgetAdded.connect((_, panel) => {
    void panel.context.ready.then(() => {
      const connection = rooms.forModel(panel.context.model.sharedModel);
      if (connection && !panel.isDisposed) {
        const made = make(panel, connection);
        panel.disposed.connect(() => {
          made.dispose();
        });
      }
    });
  }, notebooks);
}

const isInCharge = stateOfServer(nullTranslator.load('anode_jlab')).ready;

const plugins: JupyterFrontEndPlugin<unknown>[] = isInCharge
  ? [executor, kernels, cells]
  : [];

export default plugins;
