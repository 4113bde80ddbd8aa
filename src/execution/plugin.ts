// Puts our executor under JupyterLab's commands that run cells, when the server half is in charge.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookCellExecutor, INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { stateOfServer } from '../documents/serverstate';
import { browserTimers } from '../sync/timers';
import { IAnodeRooms } from '../tokens';
import { AnodeCellExecutor } from './executor';
import { KernelFollower } from './kernelfollower';
import { CellNotices } from './notices';

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
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    rooms: IAnodeRooms,
    translator: ITranslator | null
  ): INotebookCellExecutor => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    return new AnodeCellExecutor(rooms, new CellNotices(), trans);
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
    _: JupyterFrontEnd,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker
  ): void => {
    notebooks.widgetAdded.connect((_, panel) => {
      void panel.context.ready.then(() => {
        const { context } = panel;
        const connection = rooms.forModel(context.model.sharedModel);
        if (connection && !panel.isDisposed) {
          const follower = new KernelFollower(
            connection,
            panel.sessionContext,
            browserTimers
          );
          panel.disposed.connect(() => {
            follower.dispose();
          });
        }
      });
    }, notebooks);
  }
};

const isInCharge = stateOfServer(nullTranslator.load('anode_jlab')).ready;

const plugins: JupyterFrontEndPlugin<unknown>[] = isInCharge
  ? [executor, kernels]
  : [];

export default plugins;
