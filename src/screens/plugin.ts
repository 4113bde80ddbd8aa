// Makes notebooks usable on the screen of a telephone.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILabShell } from '@jupyterlab/application';

import { IAnodeRooms } from '../tokens';
import { collapseSides, NARROW_PX } from './narrow';

/**
 * The side areas on narrow screens. Notebook 7 has none that are open by themselves.
 */
const plugin: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:narrow-screens',
  description: 'Collapses the side areas when the screen is narrow.',
  autoStart: true,
  requires: [IAnodeRooms],
  optional: [ILabShell],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    shell: ILabShell | null
  ): void => {
    if (shell && rooms.serverState.ready) {
      const screen = window.matchMedia(`(max-width: ${NARROW_PX}px)`);
      void app.restored.then(() => collapseSides(shell, screen));
    }
  }
};

export default plugin;
