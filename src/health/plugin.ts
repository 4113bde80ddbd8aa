// Says once when the server half is not in charge, and keeps a lost connection from being a modal.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ConnectionLost, IConnectionLost } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IAnodeRooms } from '../tokens';

/**
 * One notice when notebooks open as in plain JupyterLab because our server half is not well.
 */
const notice: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:notice',
  description: 'Says why notebooks are not shared live, when they are not.',
  autoStart: true,
  requires: [IAnodeRooms],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    translator: ITranslator | null
  ): void => {
    const { ready, disabled, reason } = rooms.serverState;
    if (ready || disabled) {
      return;
    }
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    void app.restored.then(() => {
      Notification.warning(
        trans.__(
          'Anode is not available: %1 Notebooks work as in plain JupyterLab.',
          reason
        ),
        { autoClose: false }
      );
    });
  }
};

/**
 * Failures closer together than this are one outage: core's pollers report every few seconds.
 */
const SAME_OUTAGE_MS = 120_000;

/**
 * Notebooks say "Offline" themselves, so a lost server is no dialog while we are in charge.
 */
const connectionLost: JupyterFrontEndPlugin<IConnectionLost> = {
  id: 'anode-jlab:connection-lost',
  description:
    "Replaces the dialog about a lost server by the notebooks' own sync state.",
  autoStart: true,
  provides: IConnectionLost,
  requires: [IAnodeRooms],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    rooms: IAnodeRooms,
    translator: ITranslator | null
  ): IConnectionLost => {
    if (!rooms.serverState.ready) {
      return ConnectionLost;
    }
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    let lastFailure = -Infinity;
    return () => {
      const now = performance.now();
      const isNewOutage = now - lastFailure > SAME_OUTAGE_MS;
      lastFailure = now;
      if (isNewOutage && !rooms.hasConnections) {
        Notification.warning(
          trans.__('The server cannot be reached. Trying again by itself.'),
          { autoClose: 10000 }
        );
      }
      return Promise.resolve();
    };
  }
};

const plugins: JupyterFrontEndPlugin<unknown>[] = [notice, connectionLost];

export default plugins;
