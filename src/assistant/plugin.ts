// Wires the assistant into a side panel, once the server has one.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ICompletionProviderManager } from '@jupyterlab/completer';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { AiApi } from '../api/ai';
import { ConversationsApi } from '../api/conversations';
import type { ApiError } from '../api/errors';
import { stateOfServer } from '../documents/serverstate';
import { IAnodeAi, IAnodeRooms } from '../tokens';
import { assistantIcon } from '../ui/icons';
import type { IAnswerOptions } from './answerrenderer';
import { ANSWER_MIME, AnswerRenderer } from './answerrenderer';
import { Assistants } from './assistants';
import { AssistantCompletion } from './completion';
import type { ITextRenderer } from './markdown';
import { textRenderer } from './markdown';
import { AssistantModel } from './model';
import { AssistantPanel } from './panel';
import { sourceIn } from './picked';
import { SavedPrompts } from './prompts';

/**
 * The panel's plugin, whose settings hold a person's saved questions.
 */
const ID = 'anode-jlab:assistant';

/**
 * The place of the panel among those of the right side area.
 */
const PANEL_RANK = 880;

/**
 * The ids of the commands of this feature.
 */
export namespace CommandIDs {
  export const showPanel = 'anode:show-assistant';
  export const ask = 'anode:ask-assistant';
}

/**
 * The panel. Its icon is there once a provider is set, or when the panel was asked for.
 */
const panel: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Asks the assistant about the current notebook in a side panel.',
  autoStart: true,
  requires: [IAnodeAi, IAnodeRooms, INotebookTracker, IRenderMimeRegistry],
  optional: [ICommandPalette, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    ai: IAnodeAi,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    registry: IRenderMimeRegistry,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { commands, serviceManager, shell } = app;
    const { contents, serverSettings } = serviceManager;
    const assistants = new Assistants(new ConversationsApi(serverSettings));
    const renderer = textRenderer(registry, trans);
    addAnswers(registry, rooms, notebooks, assistants, renderer);
    const prompts = savedPrompts(settings);
    let made: AssistantPanel | null = null;
    const add = (): AssistantPanel => {
      if (!made) {
        made = new AssistantPanel({
          model: new AssistantModel(
            ai,
            rooms,
            assistants,
            notebooks,
            prompts,
            trans
          ),
          keys: new AiApi(serverSettings),
          renderer,
          files: async folder => {
            const model = await contents.get(folder);
            const entries = model.content as { path: string; type: string }[];
            return entries
              .filter(({ type }) => type !== 'directory')
              .map(({ path }) => path);
          },
          trans
        });
        shell.add(made, 'right', { rank: PANEL_RANK });
      }
      return made;
    };
    commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show Assistant'),
      caption: trans.__('Ask about the current notebook'),
      icon: assistantIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isVisible: () => ai.isThere,
      isEnabled: () => ai.isThere,
      execute: () => {
        const shown = add();
        shell.activateById(shown.id);
        requestAnimationFrame(() => shown.focusDraft());
      }
    });
    commands.addCommand(CommandIDs.ask, {
      label: trans.__('Ask the Assistant'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            text: { type: 'string', description: trans.__('The question') },
            cell: {
              type: 'string',
              description: trans.__('The id of a cell that it is about')
            }
          },
          required: ['text']
        }
      },
      isVisible: () => false,
      isEnabled: () => ai.isSet,
      execute: args => {
        const { text, cell } = args as { text: string; cell?: string };
        const shown = add();
        shell.activateById(shown.id);
        return shown.ask(text, cell === undefined ? [] : [{ cell_id: cell }]);
      }
    });
    palette?.addItem({
      command: CommandIDs.showPanel,
      category: trans.__('Notebook Operations')
    });
    ai.changed.connect(() => {
      commands.notifyCommandChanged(CommandIDs.showPanel);
      if (ai.isSet) {
        add();
      }
    });
  }
};

/**
 * Completion at the caret. JupyterLab lists it among its providers, switched off.
 */
const completion: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:assistant-completion',
  description: 'Completes cells at the caret by the assistant.',
  autoStart: true,
  requires: [ICompletionProviderManager, IAnodeAi, IAnodeRooms],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: ICompletionProviderManager,
    ai: IAnodeAi,
    rooms: IAnodeRooms,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const api = new AiApi(app.serviceManager.serverSettings);
    manager.registerInlineProvider(
      new AssistantCompletion({
        ai,
        rooms,
        complete: (notebookId, caret, signal) =>
          api.complete(notebookId, caret, signal),
        report: error => {
          Notification.warning(
            trans.__('The assistant completes nothing: %1', wordsOf(error))
          );
        },
        trans
      })
    );
  }
};

/**
 * Answers of AI cells show as what they are.
 */
function addAnswers(
  registry: IRenderMimeRegistry,
  rooms: IAnodeRooms,
  notebooks: INotebookTracker,
  assistants: Assistants,
  text: ITextRenderer
): void {
  const options: IAnswerOptions = {
    assistant: path => {
      const connection = path === null ? null : rooms.get(path);
      return connection && assistants.of(connection);
    },
    sourceOf: (path, cellId) => {
      const panel = notebooks.find(({ context }) => context.path === path);
      return panel ? sourceIn(panel, cellId) : null;
    },
    text,
    report: error => {
      Notification.error(wordsOf(error));
    }
  };
  registry.addFactory(
    {
      safe: true,
      mimeTypes: [ANSWER_MIME],
      createRenderer: mime => new AnswerRenderer(mime, options)
    },
    0
  );
}

/**
 * The questions that people keep; those in the settings once these are there.
 */
function savedPrompts(settings: ISettingRegistry | null): SavedPrompts {
  const prompts = new SavedPrompts();
  settings
    ?.load(ID)
    .then(loaded => prompts.setSettings(loaded))
    .catch((error: unknown) => {
      console.warn('The settings of the assistant are not there.', error);
    });
  return prompts;
}

function wordsOf(error: unknown): string {
  const { message = String(error), hint = '' } = error as Partial<ApiError>;
  return `${message} ${hint}`.trim();
}

const isInCharge = stateOfServer(nullTranslator.load('anode_jlab')).ready;

const plugins: JupyterFrontEndPlugin<void>[] = isInCharge
  ? [panel, completion]
  : [];

export default plugins;
