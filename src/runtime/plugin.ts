// Wires a notebook's runtime into its toolbar, its header, and the commands.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type {
  NotebookPanel,
  NotebookWidgetFactory
} from '@jupyterlab/notebook';
import { INotebookTracker, INotebookWidgetFactory } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { stateOfServer } from '../documents/serverstate';
import { ConnectionFollower } from '../sync/follow';
import { IAnodeRooms } from '../tokens';
import { KernelBanner } from './banner';
import { addCommands, CommandIDs, menuOf } from './commands';
import { DoneNotices } from './donenotice';
import { RuntimeModel } from './model';
import { RuntimePill } from './pill';
import { LiveSlot } from './slot';

/**
 * The items of core's toolbar that the pill takes the place of.
 */
const KERNEL_NAME = 'kernelName';
const PROGRESS = 'executionProgress';

/**
 * Makes an item of a notebook's toolbar.
 */
type Factory = (panel: NotebookPanel) => Widget;

/**
 * How the kernel of a notebook is, and what can be done with it.
 */
const runtime: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:runtime',
  description:
    "Shows in a live notebook's toolbar how its kernel is, with a menu, and says why it ended.",
  autoStart: true,
  // The factory comes after core's items are registered.
  requires: [
    IAnodeRooms,
    INotebookTracker,
    INotebookWidgetFactory,
    IToolbarWidgetRegistry
  ],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    _: NotebookWidgetFactory.IFactory,
    toolbars: IToolbarWidgetRegistry,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { commands } = app;
    const notices = new DoneNotices(trans);
    addCommands(commands, { rooms, notebooks, notices }, trans);
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__('Notebook Operations') });
    }
    const follow = (panel: NotebookPanel): ConnectionFollower =>
      new ConnectionFollower(rooms, panel.context);
    const pillOf = (panel: NotebookPanel): Widget => {
      const model = new RuntimeModel(follow(panel), panel.sessionContext);
      return new RuntimePill(model, () => menuOf(commands), trans);
    };
    const replace = (
      name: string,
      live: (panel: NotebookPanel) => Widget
    ): void => {
      const core: Factory | undefined = toolbars.addFactory<NotebookPanel>(
        'Notebook',
        name,
        panel =>
          new LiveSlot(
            follow(panel),
            () => live(panel),
            () => core?.(panel) ?? new Widget()
          )
      );
    };
    replace(KERNEL_NAME, pillOf);
    replace(PROGRESS, () => new Widget());
    notebooks.widgetAdded.connect((_, panel) => {
      const connection = rooms.forModel(panel.context.model.sharedModel);
      if (connection) {
        const runAll = () => void commands.execute('notebook:run-all-cells');
        panel.contentHeader.addWidget(
          new KernelBanner(connection, runAll, trans)
        );
      }
    });
  }
};

const isInCharge = stateOfServer(nullTranslator.load('anode_jlab')).ready;

const plugins: JupyterFrontEndPlugin<void>[] = isInCharge ? [runtime] : [];

export default plugins;
