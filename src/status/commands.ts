// Commands about the sync state and the file of the current notebook.

import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import {
  carryOut,
  overwriteFile,
  reloadFile,
  saveAgain,
  takeOver
} from '../documents/fileanswers';
import { copyText } from '../documents/tellrecovered';
import type { IAnodeRooms, INotebookConnection } from '../tokens';
import type { ISyncActions } from './details';

/**
 * The ids of the commands of this feature.
 */
export namespace CommandIDs {
  export const details = 'anode:show-sync-details';
  export const takeOver = 'anode:take-over';
  export const retry = 'anode:retry-connection';
  export const reload = 'anode:reload-from-file';
  export const overwrite = 'anode:overwrite-file';
}

const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };

/**
 * What people can do about a sync state, with their questions and answers.
 */
export function syncActions(trans: TranslationBundle): ISyncActions {
  return {
    retry: connection => connection.retry(),
    takeOver: connection => carryOut(takeOver(connection, trans)),
    reload: connection => carryOut(reloadFile(connection, trans)),
    overwrite: connection => carryOut(overwriteFile(connection, trans)),
    saveAgain: connection => carryOut(saveAgain(connection)),
    copy: copy => copyText(copy, trans),
    forget: (connection, copy) => connection.forget(copy)
  };
}

/**
 * What the commands work on.
 */
export interface ICommandTargets {
  rooms: IAnodeRooms;
  notebooks: INotebookTracker;
  actions: ISyncActions;

  /**
   * Show or hide the details of the current notebook.
   */
  toggleDetails(): void;
}

/**
 * Register the commands.
 */
export function addCommands(
  commands: CommandRegistry,
  targets: ICommandTargets,
  trans: TranslationBundle
): void {
  const current = (): INotebookConnection | null => {
    const panel = targets.notebooks.currentWidget;
    return panel ? targets.rooms.get(panel.context.path) : null;
  };
  const add = (
    id: string,
    label: string,
    caption: string,
    execute: (connection: INotebookConnection) => void,
    isEnabled: (connection: INotebookConnection) => boolean = () => true
  ): void => {
    commands.addCommand(id, {
      label,
      caption,
      isEnabled: () => {
        const connection = current();
        return connection !== null && isEnabled(connection);
      },
      describedBy: NO_ARGUMENTS,
      execute: () => {
        const connection = current();
        if (connection) {
          execute(connection);
        }
      }
    });
  };
  add(
    CommandIDs.details,
    trans.__('Show Sync Details'),
    trans.__('Show what of the current notebook is stored, and since when'),
    () => targets.toggleDetails()
  );
  add(
    CommandIDs.retry,
    trans.__('Connect to the Server Now'),
    trans.__('Do not wait for the next attempt'),
    targets.actions.retry
  );
  add(
    CommandIDs.takeOver,
    trans.__('Take Notebook Over Here'),
    trans.__('Edit it here although another server of yours has it open'),
    targets.actions.takeOver,
    connection => connection.sync.action === 'take-over'
  );
  add(
    CommandIDs.reload,
    trans.__('Reload Notebook from File'),
    trans.__('Take the content of the file into the notebook as a new change'),
    targets.actions.reload
  );
  add(
    CommandIDs.overwrite,
    trans.__('Overwrite File with Notebook'),
    trans.__('Write the notebook over a file that another program changed'),
    targets.actions.overwrite
  );
}
