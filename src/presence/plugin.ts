// Wires the people of a notebook into its toolbar.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IAnodeRooms } from '../tokens';
import { PeopleModel } from './model';
import { PeopleWidget } from './people';

/**
 * The people of a notebook, as avatars in its toolbar.
 */
const plugin: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:presence',
  description: 'Shows who is in a notebook when there are two or more.',
  autoStart: true,
  requires: [IAnodeRooms, IToolbarWidgetRegistry],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    rooms: IAnodeRooms,
    toolbars: IToolbarWidgetRegistry,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    toolbars.addFactory<NotebookPanel>(
      'Notebook',
      'anodePeople',
      panel => new PeopleWidget(new PeopleModel(rooms, panel.context), trans)
    );
  }
};

export default plugin;
