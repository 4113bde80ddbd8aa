// Wires what other programs do to a notebook's file: notice, commands, choice between versions.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { NotebooksApi } from '../api/notebooks';
import type { INotebookConnection } from '../tokens';
import { IAnodeRooms } from '../tokens';
import { addCommands, CommandIDs } from './commands';
import { FileNotice } from './notice';
import { showVersions } from './versionbar';

/**
 * What other programs change in the file of an open notebook.
 */
const plugin: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:files',
  description:
    'Shows what other programs changed in the file of a notebook, and lets people review it, undo it, and choose between versions.',
  autoStart: true,
  requires: [IAnodeRooms, INotebookTracker],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const notices = new WeakMap<INotebookConnection, FileNotice>();
    const options = {
      api: new NotebooksApi(app.serviceManager.serverSettings),
      trans,
      panelOf: (connection: INotebookConnection) =>
        notebooks.find(panel => rooms.get(panel.context.path) === connection) ??
        null
    };
    rooms.added.connect((_, connection) => {
      notices.set(connection, new FileNotice(connection, options));
    });
    notebooks.widgetAdded.connect((_, panel) => {
      if (rooms.get(panel.context.path)) {
        showVersions(panel, trans);
      }
    });
    const current = (): FileNotice | null => {
      const panel = notebooks.currentWidget;
      const connection = panel && rooms.get(panel.context.path);
      return (connection && notices.get(connection)) ?? null;
    };
    addCommands(app.commands, current, trans);
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__('Notebook Operations') });
    }
  }
};

export default plugin;
