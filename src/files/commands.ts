// Commands about what other programs changed in the file of the current notebook or text.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { INotebookConnection } from '../tokens';
import type { FileNotice } from './notice';
import type { PanelVersions } from './versionbar';

/**
 * The ids of the commands of this feature.
 */
export namespace CommandIDs {
  export const review = 'anode:review-file-change';
  export const undo = 'anode:undo-file-change';
  export const nextVersion = 'anode:next-version';
  export const recover = 'anode:recover-notebook';
  export const recoverDeleted = 'anode:recover-deleted-notebook';
}

const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };

/**
 * What the commands work on, each null when the notebook or text in front has none.
 */
export interface IFileTargets {
  notice(): FileNotice | null;
  versions(): PanelVersions | null;
  connection(): INotebookConnection | null;

  /**
   * Whether a text file is in front.
   */
  isText(): boolean;

  /**
   * Whether our server half is in charge of notebooks.
   */
  isReady(): boolean;

  /**
   * Show the copies of a notebook or text; null: the files that were deleted.
   */
  recover(connection: INotebookConnection | null): Promise<void>;
}

/**
 * Register the commands.
 */
export function addCommands(
  commands: CommandRegistry,
  targets: IFileTargets,
  trans: TranslationBundle
): void {
  const current = (): FileNotice | null => targets.notice();
  const isEnabled = (): boolean => current()?.hasChanges ?? false;
  commands.addCommand(CommandIDs.review, {
    label: trans.__('Review What Changed on Disk'),
    caption: trans.__(
      'Go to the next place that another program changed in the file'
    ),
    isEnabled,
    describedBy: NO_ARGUMENTS,
    execute: () => current()?.review()
  });
  commands.addCommand(CommandIDs.undo, {
    label: trans.__('Undo What Changed on Disk'),
    caption: trans.__(
      'Take back what another program changed in the file; what people did since then stays'
    ),
    isEnabled,
    describedBy: NO_ARGUMENTS,
    execute: () => current()?.undo()
  });
  commands.addCommand(CommandIDs.nextVersion, {
    label: trans.__('Next Cell with Two Versions'),
    caption: trans.__(
      'Go to the next cell that both sides of a merge have changed'
    ),
    isEnabled: () => (targets.versions()?.ofBranches.length ?? 0) > 0,
    describedBy: NO_ARGUMENTS,
    execute: () => targets.versions()?.showNext()
  });
  commands.addCommand(CommandIDs.recover, {
    label: () =>
      targets.isText()
        ? trans.__('Recover Text File…')
        : trans.__('Recover Notebook…'),
    caption: trans.__('Show the copies that were made of it'),
    isEnabled: () => targets.connection() !== null,
    describedBy: NO_ARGUMENTS,
    execute: async () => {
      const connection = targets.connection();
      if (connection) {
        await targets.recover(connection);
      }
    }
  });
  commands.addCommand(CommandIDs.recoverDeleted, {
    label: trans.__('Recover Deleted File…'),
    caption: trans.__('Show the notebooks and text files that were deleted'),
    isVisible: () => targets.isReady(),
    describedBy: NO_ARGUMENTS,
    execute: () => targets.recover(null)
  });
}
