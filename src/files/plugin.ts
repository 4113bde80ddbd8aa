// Wires what other programs do to a notebook's file: notice, commands, choice between versions.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

import { CopiesApi } from '../api/copies';
import { NotebooksApi } from '../api/notebooks';
import {
  carryOut,
  overwriteFile,
  reloadFile,
  saveAgain
} from '../documents/fileanswers';
import { ConnectionFollower } from '../sync/follow';
import type { INotebookConnection } from '../tokens';
import { IAnodeRooms } from '../tokens';
import type { Answering } from './banner';
import { FileBanner } from './banner';
import { addCommands, CommandIDs } from './commands';
import { FileNotice } from './notice';
import { recover, recoverDeleted, tellNotRecovered } from './recover';
import { PanelVersions } from './versionbar';

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
    const versionsOf = new WeakMap<NotebookPanel, PanelVersions>();
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
        const versions = new PanelVersions(panel, trans);
        versionsOf.set(panel, versions);
        const follower = new ConnectionFollower(rooms, panel.context);
        const answer = answering(app, panel, versions, trans);
        panel.contentHeader.addWidget(
          new FileBanner(follower, versions, answer, trans)
        );
      }
    });
    const connection = (): INotebookConnection | null => {
      const panel = notebooks.currentWidget;
      return panel ? rooms.get(panel.context.path) : null;
    };
    const { commands, serviceManager } = app;
    const recovering = {
      api: new CopiesApi(serviceManager.serverSettings),
      notebooks: options.api,
      contents: serviceManager.contents,
      commands,
      trans
    };
    const targets = {
      connection,
      notice: () => {
        const found = connection();
        return (found && notices.get(found)) ?? null;
      },
      versions: () => {
        const panel = notebooks.currentWidget;
        return (panel && versionsOf.get(panel)) ?? null;
      },
      isReady: () => rooms.serverState.ready,
      recover: (found: INotebookConnection | null) =>
        (found ? recover(found, recovering) : recoverDeleted(recovering)).catch(
          (error: unknown) => {
            tellNotRecovered(error, trans);
          }
        )
    };
    addCommands(commands, targets, trans);
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__('Notebook Operations') });
    }
  }
};

/**
 * What the answers of a panel's banner do.
 */
function answering(
  app: JupyterFrontEnd,
  panel: NotebookPanel,
  versions: PanelVersions,
  trans: TranslationBundle
): Answering {
  const run = (command: string, args: ReadonlyJSONObject): void =>
    carryOut(app.commands.execute(command, args));
  return (answer, connection) => {
    switch (answer) {
      case 'save-again':
        carryOut(saveAgain(connection));
        break;
      case 'save-as':
        app.shell.activateById(panel.id);
        run('docmanager:save-as', {});
        break;
      case 'open-as-text':
        run('docmanager:open', { path: connection.path, factory: 'Editor' });
        break;
      case 'next-version':
        versions.showNext();
        break;
      case 'save':
        carryOut(connection.exportNow());
        break;
      case 'reload':
        carryOut(reloadFile(connection, trans));
        break;
      case 'overwrite':
        carryOut(overwriteFile(connection, trans));
        break;
    }
  };
}

export default plugin;
