// Wires the files that are handed to a notebook.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IAnodeRooms } from '../tokens';
import { addCommand, ATTACH } from './commands';
import { DropTarget } from './droptarget';
import { Taking } from './taking';

const ID = 'anode-jlab:drops';

/**
 * Until the settings are read, and where there are none.
 */
const MEGABYTES = 1000;

/**
 * Files of this computer that are dropped on a notebook, or attached to it.
 */
const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description:
    "Uploads files that are dropped on a notebook to its folder, and adds a cell that reads a table's.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [IAnodeRooms, ICommandPalette, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    rooms: IAnodeRooms | null,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { contents } = app.serviceManager;
    let megabytes = MEGABYTES;
    const taking = new Taking({
      contents,
      trans,
      rooms,
      megabytes: () => megabytes
    });
    notebooks.widgetAdded.connect((_, panel) => {
      const target = new DropTarget(panel, dropped => {
        void taking.take(panel, dropped);
      });
      panel.disposed.connect(() => target.dispose());
    });
    addCommand(app.commands, notebooks, taking, trans);
    palette?.addItem({
      command: ATTACH,
      category: trans.__('Notebook Operations')
    });
    void settings
      ?.load(ID)
      .then(loaded => {
        const read = () => {
          megabytes = loaded.get('megabytes').composite as number;
        };
        loaded.changed.connect(read);
        read();
      })
      .catch((error: unknown) => {
        console.warn('The settings of uploads cannot be read.', error);
      });
  }
};

export default plugin;
