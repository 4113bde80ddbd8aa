// Wires what cells have to do with the assistant into notebooks, toolbars, menus and the palette.

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

import { AiApi } from '../api/ai';
import { stateOfServer } from '../documents/serverstate';
import { IAnodeAi, IAnodeQuestions, IAnodeRooms } from '../tokens';
import { addAskingCommands, AskingIDs } from './asking';
import { ChoiceSlot } from './choiceslot';
import { addCommands, CommandIDs } from './commands';
import { ContextMode } from './contextmode';
import { FailureOffers } from './failures';
import { hideFromAi, isHiddenFromAi } from './kind';
import { CellMarks } from './marks';
import { Questions } from './questions';
import { CellTypeSwitcher } from './switcher';

/**
 * Core's item of a notebook's toolbar that gets one more choice.
 */
const CELL_TYPE = 'cellType';

/**
 * Cells that are questions, and which cells the assistant sees. Silent until a provider is set; but
 * an AI cell always looks like one.
 */
const cells: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:ai-cells',
  description:
    'Shows AI cells, and hides cells from the assistant, once a provider is set.',
  autoStart: true,
  // The factory comes after core's items are registered.
  requires: [
    IAnodeAi,
    IAnodeRooms,
    INotebookTracker,
    INotebookWidgetFactory,
    IToolbarWidgetRegistry
  ],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    ai: IAnodeAi,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    _: NotebookWidgetFactory.IFactory,
    toolbars: IToolbarWidgetRegistry,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { commands } = app;
    const mode = new ContextMode();
    addCommands(commands, { ai, rooms, notebooks, mode }, trans);
    const actions = addAskingCommands(
      commands,
      () => {
        const shared = notebooks.currentWidget?.content.model?.sharedModel;
        const isLive = shared !== undefined && rooms.forModel(shared) !== null;
        return ai.isSet && isLive ? notebooks.activeCell : null;
      },
      trans
    );
    const all = [...Object.values(CommandIDs), ...Object.values(AskingIDs)];
    for (const command of all) {
      palette?.addItem({
        command,
        category: trans.__('Notebook Cell Operations')
      });
    }
    const tell = (): void => {
      for (const command of all) {
        commands.notifyCommandChanged(command);
      }
    };
    ai.changed.connect(tell);
    mode.changed.connect(tell);
    notebooks.activeCellChanged.connect((_, cell) => {
      tell();
      cell?.model.metadataChanged.connect(tell);
    });
    notebooks.selectionChanged.connect(tell);
    addSwitcher(toolbars, ai, translator ?? nullTranslator);
    notebooks.widgetAdded.connect((_, panel) => {
      void panel.context.ready.then(() => {
        const { sharedModel } = panel.context.model;
        const connection = rooms.forModel(sharedModel);
        if (panel.isDisposed || !connection) {
          return;
        }
        const marks = new CellMarks(
          panel,
          () => connection.notebookId,
          ai,
          mode,
          ({ model }) => {
            const cell = model.sharedModel;
            hideFromAi(sharedModel, [cell], !isHiddenFromAi(cell));
          },
          trans
        );
        const offers = new FailureOffers(panel, ai, actions, trans);
        panel.disposed.connect(() => {
          marks.dispose();
          offers.dispose();
        });
      });
    });
  }
};

/**
 * What becomes of AI cells that are run.
 */
const questions: JupyterFrontEndPlugin<IAnodeQuestions> = {
  id: 'anode-jlab:questions',
  description: 'Asks the assistant what stands in AI cells.',
  autoStart: true,
  provides: IAnodeQuestions,
  requires: [IAnodeAi],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    ai: IAnodeAi,
    translator: ITranslator | null
  ): IAnodeQuestions => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const api = new AiApi(app.serviceManager.serverSettings);
    return new Questions(api, ai, trans);
  }
};

function addSwitcher(
  toolbars: IToolbarWidgetRegistry,
  ai: IAnodeAi,
  translator: ITranslator
): void {
  const trans = translator.load('anode_jlab');
  const core: ((panel: NotebookPanel) => Widget) | undefined =
    toolbars.addFactory<NotebookPanel>(
      'Notebook',
      CELL_TYPE,
      panel =>
        new ChoiceSlot(
          () => ai.isSet,
          ai.changed,
          () => new CellTypeSwitcher(panel.content, trans),
          () => core?.(panel) ?? new Widget()
        )
    );
}

const isInCharge = stateOfServer(nullTranslator.load('anode_jlab')).ready;

const plugins: JupyterFrontEndPlugin<unknown>[] = isInCharge
  ? [cells, questions]
  : [];

export default plugins;
