// Wires the history of the current notebook into the right side area.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import {
  EditorExtensionRegistry,
  IEditorExtensionRegistry
} from '@jupyterlab/codemirror';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { HistoryApi } from '../api/history';
import { stateOfServer } from '../documents/serverstate';
import { IAnodeRooms } from '../tokens';
import { AuthorCommands, addAuthorCommands } from './authorcommands';
import { authorsIn } from './authorgutter';
import { Authors, nameOf, spokenOf, whenOf } from './authors';
import { Downloads } from './downloads';
import { HistoryPanel } from './historypanel';
import { HistoryModel } from './model';
import { Moments } from './moments';
import { Restores } from './restore';

/**
 * The ids of the commands of this feature.
 */
namespace CommandIDs {
  export const showPanel = 'anode:show-history';
}

/**
 * The place of the panel among those of the right side area: behind that of the runtime.
 */
const PANEL_RANK = 895;

/**
 * Who did what when in the current notebook, and any moment of it beside the present. The icon comes
 * when the panel is first asked for, and stays in this workspace.
 */
const history: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:history',
  description:
    'Shows the history of the current notebook in a side panel, and any moment of it beside the present.',
  autoStart: true,
  requires: [
    IAnodeRooms,
    INotebookTracker,
    IRenderMimeRegistry,
    NotebookPanel.IContentFactory,
    IEditorServices
  ],
  optional: [ICommandPalette, IStateDB, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    contentFactory: NotebookPanel.IContentFactory,
    editors: IEditorServices,
    palette: ICommandPalette | null,
    states: IStateDB | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { commands, serviceManager, shell } = app;
    const api = new HistoryApi(serviceManager.serverSettings);
    let made: HistoryPanel | null = null;
    const add = (): HistoryPanel => {
      if (!made) {
        const model = new HistoryModel(rooms, notebooks, api);
        const drawing = {
          rendermime,
          contentFactory,
          editors,
          translator: translator ?? nullTranslator
        };
        const restores = new Restores(api, trans);
        const downloads = new Downloads(api, trans);
        const moments = new Moments(
          shell,
          notebooks,
          api,
          drawing,
          restores,
          trans
        );
        made = new HistoryPanel(
          model,
          {
            shown: notebookId => moments.shown(notebookId),
            open: stretch => {
              if (model.connection) {
                moments.open(model.connection, stretch.last);
              }
            }
          },
          {
            deleted: (id, limit) => api.deleted(id, limit),
            isAllowed: connection => restores.isAllowed(connection),
            bringBack: (connection, { id, seq }) =>
              restores.restore(connection, seq, [id]),
            save: (connection, form) => downloads.save(connection, form)
          },
          trans
        );
        const panel = made;
        moments.changed.connect(() => panel.update());
        shell.add(made, 'right', { rank: PANEL_RANK });
      }
      return made;
    };
    void states?.fetch(history.id).then(isShown => {
      if (isShown === true) {
        add();
      }
    });
    commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show History'),
      caption: trans.__('Show who did what when in the current notebook'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        shell.activateById(add().id);
        void states?.save(history.id, true);
      }
    });
    palette?.addItem({
      command: CommandIDs.showPanel,
      category: trans.__('Notebook Operations')
    });
  }
};

/**
 * Who wrote each line, beside the lines; off until somebody asks.
 */
const authors: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:authors',
  description: 'Shows who wrote each line of a cell, and when.',
  autoStart: true,
  requires: [IAnodeRooms, INotebookTracker, IEditorExtensionRegistry],
  optional: [ICommandPalette, IStateDB, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    extensions: IEditorExtensionRegistry,
    palette: ICommandPalette | null,
    states: IStateDB | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { commands, serviceManager } = app;
    const known = new Authors(
      rooms,
      new HistoryApi(serviceManager.serverSettings)
    );
    extensions.addExtension({
      name: 'anode-authors',
      factory: ({ model: { sharedModel } }) =>
        'notebook' in sharedModel
          ? EditorExtensionRegistry.createImmutableExtension(
              authorsIn({
                authors: known,
                lines: () => known.linesOf(sharedModel),
                mark: ({ authors: all }) => ({
                  name: nameOf(all[0]!, trans),
                  when: whenOf(all[0]!, new Date()),
                  title: spokenOf(all, trans)
                })
              })
            )
          : null
    });
    addAuthorCommands(commands, known, notebooks, trans);
    known.changed.connect((_, isShown) => {
      commands.notifyCommandChanged(AuthorCommands.toggle);
      void states?.save(authors.id, isShown);
    });
    void states?.fetch(authors.id).then(isShown => {
      if (isShown === true) {
        known.isShown = true;
      }
    });
    for (const command of Object.values(AuthorCommands)) {
      palette?.addItem({ command, category: trans.__('Notebook Operations') });
    }
  }
};

const isInCharge = stateOfServer(nullTranslator.load('anode_jlab')).ready;

const plugins: JupyterFrontEndPlugin<void>[] = isInCharge
  ? [history, authors]
  : [];

export default plugins;
