// What can be done with the kernel of the current notebook.

import { Notification } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import type { IAnodeRooms, INotebookConnection } from '../tokens';
import type { DoneNotices } from './donenotice';
import { askForKernel } from './replacedialog';

/**
 * The ids of the commands of this feature.
 */
export namespace CommandIDs {
  export const start = 'anode:start-kernel';
  export const replace = 'anode:replace-kernel';
  export const showPanel = 'anode:show-runtime-panel';
  export const cancelAll = 'anode:cancel-runs';
  export const tellWhenDone = 'anode:tell-when-done';
}

/**
 * JupyterLab's own commands that stand in the menu, in groups.
 */
const CORE: readonly (readonly string[])[] = [
  ['notebook:interrupt-kernel'],
  ['notebook:restart-kernel', 'notebook:restart-run-all'],
  ['notebook:change-kernel', 'notebook:shutdown-kernel']
];

/**
 * Tell that something that was asked for did not succeed.
 */
export function report(error: unknown): void {
  Notification.error(error instanceof Error ? error.message : String(error));
}

/**
 * Register the commands.
 */
export function addCommands(
  commands: CommandRegistry,
  targets: {
    readonly rooms: IAnodeRooms;
    readonly notebooks: INotebookTracker;
    readonly notices: DoneNotices;
  },
  trans: TranslationBundle
): void {
  const current = (): INotebookConnection | null => {
    const panel = targets.notebooks.currentWidget;
    return panel ? targets.rooms.get(panel.context.path) : null;
  };
  const describedBy = { args: { type: 'object' as const, properties: {} } };
  const isActive = (): boolean => (current()?.runs.queue.length ?? 0) > 0;
  commands.addCommand(CommandIDs.start, {
    label: trans.__('Start Kernel'),
    caption: trans.__('Have a kernel, so that what waits is run'),
    isEnabled: () => {
      const connection = current();
      const session = connection?.runs.session ?? null;
      return connection !== null && session?.endedAt !== null;
    },
    describedBy,
    execute: () => current()?.runs.start().catch(report)
  });
  commands.addCommand(CommandIDs.replace, {
    label: trans.__('Replace Kernel…'),
    caption: trans.__(
      'Start another kernel, and go on with it once it is ready'
    ),
    isEnabled: () => {
      const session = current()?.runs.session ?? null;
      return session !== null && session.endedAt === null;
    },
    describedBy: {
      args: {
        type: 'object',
        properties: {
          kernelName: {
            type: 'string',
            description: trans.__('The kernel that is wanted, without asking')
          }
        }
      }
    },
    execute: async args => {
      const connection = current();
      const { sessionContext } = targets.notebooks.currentWidget ?? {};
      const { session } = connection?.runs ?? {};
      if (!connection || !session || !sessionContext) {
        return;
      }
      const name =
        typeof args['kernelName'] === 'string'
          ? args['kernelName']
          : await askForKernel(
              sessionContext.specsManager.specs,
              session.kernelName,
              trans
            );
      if (name !== null) {
        await connection.runs.replace(name).catch(report);
      }
    }
  });
  commands.addCommand(CommandIDs.cancelAll, {
    label: trans.__('Stop All Runs of This Notebook'),
    caption: trans.__('Break off what runs, and take back what waits'),
    isEnabled: isActive,
    describedBy,
    execute: () => current()?.runs.cancelAll().catch(report)
  });
  commands.addCommand(CommandIDs.tellWhenDone, {
    label: trans.__('Tell Me When Done'),
    caption: trans.__('Show a notice when nothing waits or runs any more'),
    isEnabled: isActive,
    isToggled: () => {
      const connection = current();
      return connection !== null && targets.notices.isAwaited(connection);
    },
    describedBy,
    execute: () => {
      const connection = current();
      if (connection) {
        targets.notices.toggle(connection);
      }
    }
  });
}

/**
 * The menu of the pill.
 */
export function menuOf(commands: CommandRegistry): Menu {
  const menu = new Menu({ commands });
  const groups = [
    [CommandIDs.start],
    ...CORE,
    [CommandIDs.replace],
    [CommandIDs.cancelAll, CommandIDs.tellWhenDone],
    [CommandIDs.showPanel]
  ];
  groups.forEach((group, index) => {
    if (index > 0) {
      menu.addItem({ type: 'separator' });
    }
    for (const command of group.filter(id => commands.hasCommand(id))) {
      menu.addItem({ command });
    }
  });
  return menu;
}
