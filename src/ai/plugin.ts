// Asks the server once whether there is an assistant, and tells the features that show it.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';

import { AiApi } from '../api/ai';
import { stateOfServer } from '../documents/serverstate';
import { IAnodeRooms } from '../tokens';
import { IAnodeAi } from '../tokens/ai';
import { Choices } from './choices';
import { AiProviders } from './providers';

/**
 * The providers. They are asked for when the first notebook is open: before, nobody needs them.
 */
const plugin: JupyterFrontEndPlugin<IAnodeAi> = {
  id: 'anode-jlab:ai',
  description: 'Knows whether an assistant is set up on the server.',
  autoStart: true,
  provides: IAnodeAi,
  requires: [IAnodeRooms],
  optional: [IStateDB],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    states: IStateDB | null
  ): IAnodeAi => {
    const { serverSettings } = app.serviceManager;
    const choices = new Choices(states, `${plugin.id}:choices`);
    void choices.restore();
    const providers = new AiProviders(new AiApi(serverSettings), choices);
    rooms.added.connect(() => {
      if (!providers.isKnown) {
        void providers.refresh();
      }
    });
    return providers;
  }
};

const isInCharge = stateOfServer(nullTranslator.load('anode_jlab')).ready;

export default isInCharge ? [plugin] : [];
