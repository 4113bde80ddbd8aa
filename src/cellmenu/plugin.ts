// Wires commands for cells into the palette and the menu of a cell.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { addCommands, CommandIDs } from './commands';

/**
 * What a cell's menu has besides JupyterLab's own items.
 */
const plugin: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:cell-menu',
  description: 'Moves cells to the top or bottom, and deletes all below one.',
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
    addCommands(app.commands, notebooks, trans);
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({
        command,
        category: trans.__('Notebook Cell Operations')
      });
    }
  }
};

export default plugin;
