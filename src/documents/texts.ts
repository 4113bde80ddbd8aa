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

import { NotebooksApi } from '../api/notebooks';
import type { CopyStore } from '../sync/copystore';
import { ICopyStore } from '../sync/copystore';
import { browserTimers } from '../sync/timers';
import { IAnodeRooms, IAnodeTexts } from '../tokens';
import { attend, surroundings } from './attending';
import { Autosave } from './autosave';
import {
  AnodeContentProvider,
  FILES_PROVIDER_ID,
  TEXTS
} from './contentprovider';
import { readOnlyWhile } from './readonly';
import { FILES } from './roomkind';
import { AnodeRooms } from './rooms';
import { tellTextLeftToCore } from './telling';
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
    const { serverSettings } = app.serviceManager;
    const { serverState } = notebooks;
    const autosave = new Autosave(manager, settings, browserTimers);
    const rooms = new AnodeRooms({
      ...surroundings(app.serviceManager, autosave, copies, trans),
      kind: FILES,
      api: new NotebooksApi(serverSettings, 'files'),
      serverState
    });
    const registry = drive?.contentProviderRegistry;
    if (serverState.ready && drive && registry) {
      const provider = new AnodeContentProvider(drive, rooms, TEXTS);
      registry.register(FILES_PROVIDER_ID, provider);
      takeTextsOver(app.docRegistry, FILES_PROVIDER_ID);
      attend(rooms, provider, autosave, manager, tellTextLeftToCore, trans);
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
