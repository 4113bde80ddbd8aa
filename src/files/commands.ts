// Commands about what other programs changed in the file of the current notebook.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { FileNotice } from './notice';

/**
 * The ids of the commands of this feature.
 */
export namespace CommandIDs {
  export const review = 'anode:review-file-change';
  export const undo = 'anode:undo-file-change';
}

const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };

/**
 * Register the commands.
 *
 * @param current - the notice of the current notebook.
 */
export function addCommands(
  commands: CommandRegistry,
  current: () => FileNotice | null,
  trans: TranslationBundle
): void {
  const isEnabled = (): boolean => current()?.hasChanges ?? false;
  commands.addCommand(CommandIDs.review, {
    label: trans.__('Review What Changed on Disk'),
    caption: trans.__(
      'Go to the next cell that another program changed in the file'
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
}
