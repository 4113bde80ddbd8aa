// The command that takes files of this computer, for those who drop nothing.

import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { Taking } from './taking';

/**
 * The id of the command.
 */
export const ATTACH = 'anode:attach-files';

/**
 * Register the command.
 */
export function addCommand(
  commands: CommandRegistry,
  notebooks: INotebookTracker,
  taking: Taking,
  trans: TranslationBundle
): void {
  commands.addCommand(ATTACH, {
    label: trans.__('Attach Files…'),
    caption: trans.__(
      "Upload files to the notebook's folder, with cells that read them"
    ),
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => {
      const panel = notebooks.currentWidget;
      return panel !== null && taking.mayTake(panel);
    },
    execute: async () => {
      const panel = notebooks.currentWidget;
      const cell = panel?.content.activeCell?.model.id ?? null;
      const files = await chosen();
      if (panel && !panel.isDisposed && files.length > 0) {
        await taking.take(panel, { files, folders: [], cell });
      }
    }
  });
}

/**
 * The files that a person chooses, in the browser's own dialog.
 */
function chosen(): Promise<readonly File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  return new Promise(resolve => {
    const done = () => {
      resolve(Array.from(input.files ?? []));
    };
    input.addEventListener('change', done);
    input.addEventListener('cancel', done);
    input.click();
  });
}
