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
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { UsageApi } from '../api/usage';
import { stateOfServer } from '../documents/serverstate';
import { ConnectionFollower } from '../sync/follow';
import { IAnodeRooms } from '../tokens';
import { KernelBanner } from './banner';
import { addCommands, CommandIDs, menuOf, report } from './commands';
import { CurrentRuntime } from './currentruntime';
import { DoneNotices } from './donenotice';
import { MemoryBanner } from './memorybanner';
import { RuntimeModel } from './model';
import { RuntimePill } from './pill';
import { RuntimePanel } from './runtimepanel';
import { SilenceBanner } from './silencebanner';
import { LiveSlot } from './slot';

/**
 * The place of the panel among those of the right side area: behind JupyterLab's own.
 */
const PANEL_RANK = 890;

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
      if (command === CommandIDs.showPanel) {
        continue; // the panel's plugin has it
      }
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
        const actions = {
          runAll: () => void commands.execute('notebook:run-all-cells'),
          chooseKernel: () => void commands.execute('notebook:change-kernel')
        };
        panel.contentHeader.addWidget(
          new KernelBanner(connection, actions, trans)
        );
        panel.contentHeader.addWidget(
          new SilenceBanner(connection, report, trans)
        );
        const show = () => void commands.execute(CommandIDs.showPanel);
        panel.contentHeader.addWidget(
          new MemoryBanner(connection, show, trans)
        );
      }
    });
  }
};

/**
 * The runtime of the current notebook in a panel of the right side area. Its icon comes when it is
 * first asked for, and stays in this workspace.
 */
const panel: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:runtime-panel',
  description:
    'Shows the kernel of the current notebook in a side panel: its use of the machine, queue and sessions.',
  autoStart: true,
  requires: [IAnodeRooms, INotebookTracker],
  optional: [ICommandPalette, IStateDB, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    palette: ICommandPalette | null,
    states: IStateDB | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { commands, serviceManager, shell } = app;
    const usage = new UsageApi(serviceManager.serverSettings);
    let made: RuntimePanel | null = null;
    const add = (): RuntimePanel => {
      if (!made) {
        const current = new CurrentRuntime(rooms, notebooks, usage);
        made = new RuntimePanel(current, commands, trans);
        shell.add(made, 'right', { rank: PANEL_RANK });
      }
      return made;
    };
    void states?.fetch(panel.id).then(isShown => {
      if (isShown === true) {
        add();
      }
    });
    commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show Runtime Panel'),
      caption: trans.__(
        'Show how the kernel of the current notebook is, its queue and its sessions'
      ),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        shell.activateById(add().id);
        void states?.save(panel.id, true);
      }
    });
    palette?.addItem({
      command: CommandIDs.showPanel,
      category: trans.__('Notebook Operations')
    });
  }
};

const isInCharge = stateOfServer(nullTranslator.load('anode_jlab')).ready;

const plugins: JupyterFrontEndPlugin<void>[] = isInCharge
  ? [runtime, panel]
  : [];

export default plugins;
