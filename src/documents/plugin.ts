// Puts our shared models under JupyterLab's notebooks, when the server half is in charge.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  EditorExtensionRegistry,
  IEditorExtensionRegistry
} from '@jupyterlab/codemirror';
import { IDocumentManager } from '@jupyterlab/docmanager';
import {
  INotebookTracker,
  INotebookWidgetFactory,
  NotebookModelFactory
} from '@jupyterlab/notebook';
import type { NotebookWidgetFactory } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { IDefaultDrive } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ArtifactsApi } from '../api/artifacts';
import { NotebooksApi } from '../api/notebooks';
import type { CopyStore } from '../sync/copystore';
import { ICopyStore } from '../sync/copystore';
import { browserTimers } from '../sync/timers';
import { IAnodeRooms } from '../tokens';
import { attend, surroundings } from './attending';
import { Autosave } from './autosave';
import { saveByItself } from './coresaving';
import { insertLimit } from './insertlimit';
import { keepEditing } from './keepediting';
import { keepPlace } from './keepplace';
import { localCopies } from './localcopies';
import { AnodeContentProvider, NOTEBOOKS } from './contentprovider';
import { AnodeNotebook } from './notebook';
import { openKept } from './openkept';
import { notebookKind } from './roomkind';
import { AnodeRooms } from './rooms';
import { SharedRoot } from './root';
import { placeToTakeOver, stateOfPage, takeOver } from './takeover';
import { tellLeftToCore, tellTooLarge } from './telling';
import { textGuards, texts } from './texts';
import { watchTrust } from './trustwatch';
import { fromOpenNotebooks } from './wholefile';

/**
 * The live notebooks. Without a server half that is ready nothing is registered, and JupyterLab's
 * own way (or another extension's) stays in charge.
 */
const rooms: JupyterFrontEndPlugin<IAnodeRooms> = {
  id: 'anode-jlab:rooms',
  description: 'Live notebooks: content provider, shared model, connection.',
  autoStart: true,
  provides: IAnodeRooms,
  optional: [
    IDefaultDrive,
    INotebookWidgetFactory,
    IDocumentManager,
    ISettingRegistry,
    ITranslator,
    ICopyStore
  ],
  activate: (
    app: JupyterFrontEnd,
    drive: Contents.IDrive | null,
    factory: NotebookWidgetFactory.IFactory | null,
    manager: IDocumentManager | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null,
    copies: CopyStore | null
  ): IAnodeRooms => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { serverSettings } = app.serviceManager;
    const autosave = new Autosave(manager, settings, browserTimers);
    const place = placeToTakeOver(drive, factory);
    const around = surroundings(app.serviceManager, autosave, copies, trans);
    const rooms = new AnodeRooms({
      ...around,
      kind: notebookKind({
        disableDocumentWideUndoRedo: () => {
          const model = app.docRegistry.getModelFactory('notebook');
          return model instanceof NotebookModelFactory
            ? model.disableDocumentWideUndoRedo
            : true;
        },
        storage: around.storage
      }),
      api: new NotebooksApi(serverSettings),
      serverState: stateOfPage(place, trans)
    });
    if (rooms.serverState.ready && place.kind === 'free') {
      const provider = new AnodeContentProvider(
        place.drive,
        rooms,
        NOTEBOOKS,
        fromOpenNotebooks(new ArtifactsApi(serverSettings), rooms)
      );
      takeOver(place, provider);
      attend(rooms, provider, autosave, manager, tellLeftToCore, trans);
    }
    return rooms;
  }
};

/**
 * What an open notebook needs and its shared model cannot do by itself.
 */
const panels: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:panels',
  description:
    'Withdraws trust from outputs that others change, keeps the cursor in a cell that others move, saves notebooks that have no room.',
  autoStart: true,
  requires: [INotebookTracker, IAnodeRooms],
  optional: [IDocumentManager],
  activate: (
    _: JupyterFrontEnd,
    notebooks: INotebookTracker,
    rooms: IAnodeRooms,
    manager: IDocumentManager | null
  ): void => {
    notebooks.widgetAdded.connect((_, panel) => {
      const { model } = panel.context;
      const notebook = model.sharedModel;
      if (!(notebook instanceof AnodeNotebook)) {
        return;
      }
      watchTrust(notebook, model);
      keepPlace(notebook, panel.content);
      keepEditing(
        notebook,
        panel.content,
        () => rooms.forModel(notebook)?.isUnderWay ?? false
      );
      void panel.context.ready.then(() => {
        if (notebook.access === 'core' && !panel.isDisposed) {
          saveByItself(panel, manager, browserTimers);
        }
      });
    }, notebooks);
  }
};

/**
 * Editors of live notebooks take no text that the server would refuse.
 */
const insertLimits: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:insert-limits',
  description: 'Refuses to insert a text that is larger than a change may be.',
  autoStart: true,
  requires: [IEditorExtensionRegistry],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    extensions: IEditorExtensionRegistry,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    extensions.addExtension({
      name: 'anode-insert-limit',
      factory: ({ model }) => {
        const { notebook } = model.sharedModel as { notebook?: unknown };
        const root = notebook ?? model.sharedModel;
        if (!(root instanceof SharedRoot)) {
          return null;
        }
        const extension = insertLimit(
          () => root.changeLimit,
          size => tellTooLarge(size, root.changeLimit, trans)
        );
        return EditorExtensionRegistry.createImmutableExtension(extension);
      }
    });
  }
};

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  localCopies,
  openKept,
  rooms,
  texts,
  panels,
  insertLimits,
  textGuards
];

export default plugins;
