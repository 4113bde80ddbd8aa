// Puts our shared models under text files, when the server half is in charge.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  EditorExtensionRegistry,
  IEditorExtensionRegistry
} from '@jupyterlab/codemirror';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { Contents } from '@jupyterlab/services';
import { IDefaultDrive } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ExecutionsApi } from '../api/executions';
import { NotebooksApi } from '../api/notebooks';
import type { CopyStore } from '../sync/copystore';
import { ICopyStore } from '../sync/copystore';
import { webSockets } from '../sync/socket';
import { browserTimers } from '../sync/timers';
import { IAnodeRooms, IAnodeTexts } from '../tokens';
import { Autosave } from './autosave';
import {
  AnodeContentProvider,
  FILES_PROVIDER_ID,
  TEXTS
} from './contentprovider';
import { noteFailedSave } from './coresaving';
import { browserStorage, watchPage } from './page';
import { readOnlyWhile } from './readonly';
import { FILES } from './roomkind';
import { AnodeRooms } from './rooms';
import { SaveFailures, tellTextLeftToCore } from './telling';
import { tellMerged } from './tellmerged';
import { tellRecovered } from './tellrecovered';
import { AnodeFile } from './textfile';
import { takeTextsOver } from './textplaces';

/**
 * The live text files.
 */
export const texts: JupyterFrontEndPlugin<IAnodeRooms> = {
  id: 'anode-jlab:texts',
  description: 'Live text files: content provider, shared model, connection.',
  autoStart: true,
  provides: IAnodeTexts,
  requires: [IAnodeRooms],
  optional: [
    IDefaultDrive,
    IDocumentManager,
    ISettingRegistry,
    ITranslator,
    ICopyStore
  ],
  activate: (
    app: JupyterFrontEnd,
    notebooks: IAnodeRooms,
    drive: Contents.IDrive | null,
    manager: IDocumentManager | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null,
    copies: CopyStore | null
  ): IAnodeRooms => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { contents, serverSettings, user } = app.serviceManager;
    const { serverState } = notebooks;
    const autosave = new Autosave(manager, settings, browserTimers);
    const rooms = new AnodeRooms({
      kind: FILES,
      api: new NotebooksApi(serverSettings, 'files'),
      executions: new ExecutionsApi(serverSettings),
      contents,
      timers: browserTimers,
      openSocket: webSockets(serverSettings.WebSocket),
      isWatched: () => document.visibilityState === 'visible',
      trans,
      serverState,
      storage: browserStorage(),
      copies,
      identity: async () => {
        await user.ready;
        return { ...user.identity };
      },
      autosave
    });
    const registry = drive?.contentProviderRegistry;
    if (serverState.ready && drive && registry) {
      const provider = new AnodeContentProvider(drive, rooms, TEXTS);
      const failures = new SaveFailures(trans);
      provider.saveFailed.connect((_, failure) => {
        failures.tell(failure);
        noteFailedSave(manager, failure.connection.path);
      }, failures);
      rooms.leftToCore.connect((_, left) => {
        tellTextLeftToCore(left, trans);
      }, rooms);
      rooms.added.connect((_, connection) => {
        tellRecovered(connection, trans);
        tellMerged(connection, trans);
      }, rooms);
      registry.register(FILES_PROVIDER_ID, provider);
      takeTextsOver(app.docRegistry, FILES_PROVIDER_ID);
      autosave.changed.connect(() => rooms.reconnect(), rooms);
      watchPage(rooms);
    }
    return rooms;
  }
};

/**
 * Editors of text files take no change that the server would refuse.
 */
export const textGuards: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:text-guards',
  description: 'Keeps text files unchanged for people who may only read them.',
  autoStart: true,
  requires: [IEditorExtensionRegistry],
  activate: (
    _: JupyterFrontEnd,
    extensions: IEditorExtensionRegistry
  ): void => {
    extensions.addExtension({
      name: 'anode-text-guard',
      factory: ({ model }) => {
        const file: unknown = model.sharedModel;
        return file instanceof AnodeFile
          ? EditorExtensionRegistry.createImmutableExtension(
              readOnlyWhile(
                () => file.access === 'read' || file.access === 'none'
              )
            )
          : null;
      }
    });
  }
};
