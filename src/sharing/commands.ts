// Commands that copy links.

import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { Need } from './link';
import { linkTo, needOf } from './link';

/**
 * The ids of the commands of this feature.
 */
export namespace CommandIDs {
  export const notebook = 'anode:copy-link';
  export const cell = 'anode:copy-cell-link';
}

const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };

/**
 * For how long it is told that a link was copied.
 */
const TOLD_MS = 8_000;

/**
 * Register the commands.
 *
 * @param baseUrl - the address of the server.
 * @param localPath - the path of a document without its drive; null for one of another drive.
 */
export function addCommands(
  commands: CommandRegistry,
  notebooks: INotebookTracker,
  baseUrl: string,
  localPath: (path: string) => string | null,
  trans: TranslationBundle
): void {
  const pathOf = (): string | null => {
    const panel = notebooks.currentWidget;
    return panel && localPath(panel.context.path);
  };
  const copy = async (cell: string | null, told: string): Promise<void> => {
    const path = pathOf();
    if (path === null) {
      return;
    }
    const link = linkTo(baseUrl, path, cell);
    await write(link);
    Notification.success(`${told} ${needed(needOf(link), trans)}`, {
      autoClose: TOLD_MS
    });
  };
  commands.addCommand(CommandIDs.notebook, {
    label: trans.__('Copy Link to Notebook'),
    caption: trans.__('Copy the address under which others open this notebook'),
    isEnabled: () => pathOf() !== null,
    describedBy: NO_ARGUMENTS,
    execute: () => copy(null, trans.__('Link copied.'))
  });
  commands.addCommand(CommandIDs.cell, {
    label: trans.__('Copy Link to Cell'),
    caption: trans.__('Copy the address that leads others to this cell'),
    isEnabled: () => pathOf() !== null && notebooks.activeCell !== null,
    describedBy: NO_ARGUMENTS,
    execute: () =>
      copy(
        notebooks.activeCell?.model.id ?? null,
        trans.__('Link to the cell copied.')
      )
  });
}

/**
 * What people need besides the link, in one sentence.
 */
function needed(need: Need, trans: TranslationBundle): string {
  switch (need) {
    case 'this-computer':
      return trans.__(
        'It opens on this computer only, as the server is reached as localhost.'
      );
    case 'hub':
      return trans.__(
        'Whoever opens it needs access to this server, which its owner gives in JupyterHub.'
      );
    case 'sign-in':
      return trans.__('Whoever opens it has to sign in to this server.');
  }
}

/**
 * Into the clipboard; the modern way exists on secure pages only.
 */
async function write(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    Clipboard.copyToSystem(text);
  }
}
