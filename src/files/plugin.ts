// Wires what other programs do to a file: notice, commands, choice between versions.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CopiesApi } from '../api/copies';
import { NotebooksApi } from '../api/notebooks';
import { ConnectionFollower } from '../sync/follow';
import type { INotebookConnection } from '../tokens';
import { IAnodeRooms, IAnodeTexts } from '../tokens';
import { answering } from './answering';
import { FileBanner } from './banner';
import { CellShowing } from './cellshowing';
import { addCommands, CommandIDs } from './commands';
import { FileNotice } from './notice';
import { recover, recoverDeleted, tellNotRecovered } from './recover';
import { TextFiles } from './textfiles';
import { PanelVersions } from './versionbar';

/**
 * What other programs change in the file of an open notebook or text.
 */
const plugin: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:files',
  description:
    'Shows what other programs changed in the file of a notebook or text, and lets people review it, undo it, and choose between versions.',
  autoStart: true,
  requires: [IAnodeRooms, INotebookTracker],
  optional: [ICommandPalette, ITranslator, IAnodeTexts],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
    liveTexts: IAnodeRooms | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const notices = new WeakMap<INotebookConnection, FileNotice>();
    const versionsOf = new WeakMap<NotebookPanel, PanelVersions>();
    const { commands, serviceManager } = app;
    const api = new NotebooksApi(serviceManager.serverSettings);
    const texts = liveTexts && new TextFiles(app, liveTexts, api, trans);
    const showing = new CellShowing(
      connection =>
        notebooks.find(panel => rooms.get(panel.context.path) === connection) ??
        null,
      trans
    );
    rooms.added.connect((_, connection) => {
      notices.set(
        connection,
        new FileNotice(connection, { api, showing, trans })
      );
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
      return texts?.current ?? (panel ? rooms.get(panel.context.path) : null);
    };
    const recovering = {
      api: new CopiesApi(serviceManager.serverSettings),
      notebooks: api,
      contents: serviceManager.contents,
      commands,
      trans
    };
    const targets = {
      connection,
      notice: () => {
        const found = connection();
        return found && (notices.get(found) ?? texts?.notice(found) ?? null);
      },
      versions: () => {
        const panel = notebooks.currentWidget;
        return (panel && versionsOf.get(panel)) ?? null;
      },
      isText: () => texts?.current !== undefined && texts.current !== null,
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

export default plugin;
