// The commands about who wrote a line: beside all lines, and in words for one.

import { Notification } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { Authors } from './authors';
import { spokenOf } from './authors';

/**
 * The ids of the commands.
 */
export namespace AuthorCommands {
  export const toggle = 'anode:toggle-authors';
  export const line = 'anode:who-wrote-line';
}

/**
 * How long the answer about one line stays.
 */
const TOLD_MS = 10_000;

/**
 * Add them.
 */
export function addAuthorCommands(
  commands: CommandRegistry,
  authors: Authors,
  notebooks: INotebookTracker,
  trans: TranslationBundle
): void {
  const noArguments = { args: { type: 'object' as const, properties: {} } };
  commands.addCommand(AuthorCommands.toggle, {
    label: trans.__('Show Who Wrote Each Line'),
    caption: trans.__('Show beside each line of a cell who wrote it, and when'),
    describedBy: noArguments,
    isToggleable: true,
    isToggled: () => authors.isShown,
    execute: () => {
      authors.isShown = !authors.isShown;
    }
  });
  commands.addCommand(AuthorCommands.line, {
    label: trans.__('Who Wrote This Line'),
    caption: trans.__('Tell who wrote the line of the cursor, and when'),
    describedBy: noArguments,
    isEnabled: () => notebooks.activeCell !== null,
    execute: () => tell(authors, notebooks, trans)
  });
}

/**
 * Tell of the line of the cursor in the active cell.
 */
async function tell(
  authors: Authors,
  notebooks: INotebookTracker,
  trans: TranslationBundle
): Promise<void> {
  const cell = notebooks.activeCell;
  if (!cell) {
    return;
  }
  const number = cell.editor?.getCursorPosition().line ?? 0;
  try {
    const lines = await authors.linesOf(cell.model.sharedModel);
    const line = lines?.[number];
    Notification.info(
      line
        ? trans.__(
            'Line %1: %2',
            number + 1,
            spokenOf(line.authors, trans).replaceAll('\n', '; ')
          )
        : trans.__('It is not known who wrote this line.'),
      { autoClose: TOLD_MS }
    );
  } catch (error) {
    Notification.error(error instanceof Error ? error.message : String(error));
  }
}
