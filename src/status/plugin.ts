// Wires the sync word into the notebook's toolbar and its commands into the palette.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IAnodeRooms, IAnodeTexts } from '../tokens';
import { addCommands, CommandIDs, syncActions } from './commands';
import { SyncIndicator } from './indicator';
import { SyncModel } from './model';

/**
 * The sync state of a notebook or a text file, as one word in its toolbar.
 */
const plugin: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:status',
  description:
    'Shows how the changes of a notebook stand: saved, saving, offline ...',
  autoStart: true,
  requires: [IAnodeRooms, INotebookTracker, IToolbarWidgetRegistry],
  optional: [ICommandPalette, ITranslator, IAnodeTexts],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    toolbars: IToolbarWidgetRegistry,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
    texts: IAnodeRooms | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const actions = syncActions(trans);
    const indicators = new WeakMap<NotebookPanel, SyncIndicator>();

    toolbars.addFactory<NotebookPanel>('Notebook', 'anodeSync', panel => {
      const model = new SyncModel(rooms, panel.context);
      const indicator = new SyncIndicator(
        model,
        actions,
        panel.toolbar.node,
        trans
      );
      indicators.set(panel, indicator);
      return indicator;
    });

    if (texts) {
      toolbars.addFactory<IDocumentWidget>(
        'Editor',
        'anodeSync',
        ({ context, toolbar }) =>
          new SyncIndicator(
            new SyncModel(texts, context),
            actions,
            toolbar.node,
            trans
          )
      );
    }

    addCommands(
      app.commands,
      {
        rooms,
        notebooks,
        actions,
        toggleDetails: () => {
          const panel = notebooks.currentWidget;
          if (panel) {
            indicators.get(panel)?.toggleDetails();
          }
        }
      },
      trans
    );
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__('Notebook Operations') });
    }
  }
};

export default plugin;
