// What live notebooks and live text files have in common: what their rooms are made with, and whom
// these tell.

import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { ServiceManager } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ExecutionsApi } from '../api/executions';
import type { CopyStore } from '../sync/copystore';
import { webSockets } from '../sync/socket';
import { browserTimers } from '../sync/timers';
import type { Autosave } from './autosave';
import type { AnodeContentProvider } from './contentprovider';
import { noteFailedSave } from './coresaving';
import { browserStorage, watchPage } from './page';
import type { AnodeRooms, ILeftToCore, IRoomsOptions } from './rooms';
import { SaveFailures } from './telling';
import { tellMerged } from './tellmerged';
import { tellRecovered } from './tellrecovered';

/**
 * What rooms of every kind are made with in this page.
 */
export function surroundings(
  { contents, serverSettings, user }: ServiceManager.IManager,
  autosave: Autosave,
  copies: CopyStore | null,
  trans: TranslationBundle
): Omit<IRoomsOptions, 'kind' | 'api' | 'serverState'> {
  return {
    executions: new ExecutionsApi(serverSettings),
    contents,
    timers: browserTimers,
    openSocket: webSockets(serverSettings.WebSocket),
    isWatched: () => document.visibilityState === 'visible',
    trans,
    storage: browserStorage(),
    copies,
    identity: async () => {
      await user.ready;
      return { ...user.identity };
    },
    autosave
  };
}

/**
 * Tell the person what comes of rooms that are in charge, and keep them going.
 *
 * @param tellLeft - says that a document has no room.
 */
export function attend(
  rooms: AnodeRooms,
  provider: AnodeContentProvider,
  autosave: Autosave,
  manager: IDocumentManager | null,
  tellLeft: (left: ILeftToCore, trans: TranslationBundle) => void,
  trans: TranslationBundle
): void {
  const failures = new SaveFailures(trans);
  provider.saveFailed.connect((_, failure) => {
    failures.tell(failure);
    noteFailedSave(manager, failure.connection.path);
  }, failures);
  rooms.leftToCore.connect((_, left) => {
    tellLeft(left, trans);
  }, rooms);
  rooms.added.connect((_, connection) => {
    tellRecovered(connection, trans);
    tellMerged(connection, trans);
  }, rooms);
  autosave.changed.connect(() => rooms.reconnect(), rooms);
  watchPage(rooms);
}
