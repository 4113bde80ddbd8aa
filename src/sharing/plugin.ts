// Wires links to notebooks and cells: copying them, and coming by one.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { awaitArrival } from './arrival';
import { addCommands, CommandIDs } from './commands';
import { destinationOf } from './link';

/**
 * Links to notebooks and to single cells.
 */
const plugin: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:sharing',
  description: 'Copies links to notebooks and cells, and goes where they lead.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { contents, serverSettings } = app.serviceManager;
    addCommands(
      app.commands,
      notebooks,
      serverSettings.baseUrl,
      path =>
        contents.driveName(path) === '' ? contents.localPath(path) : null,
      trans
    );
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__('Notebook Operations') });
    }
    const destination = destinationOf(window.location);
    if (destination) {
      awaitArrival(notebooks, destination.path, destination.cell);
    }
  }
};

export default plugin;
