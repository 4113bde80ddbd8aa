// What can be done with a conversation, as a menu.

import type { TranslationBundle } from '@jupyterlab/translation';
import {
  closeIcon,
  downloadIcon,
  editIcon,
  MenuSvg
} from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';

/**
 * Each is done with the conversation that shows.
 */
export interface IConversationActions {
  rename(): void;
  export(): void;
  archive(): void;
}

/**
 * The menu; it is made once and opened where it is asked for.
 */
export function conversationMenu(
  actions: IConversationActions,
  trans: TranslationBundle
): MenuSvg {
  const commands = new CommandRegistry();
  const describedBy = { args: { type: 'object', properties: {} } };
  commands.addCommand('rename', {
    label: trans.__('Rename…'),
    icon: editIcon,
    describedBy,
    execute: () => actions.rename()
  });
  commands.addCommand('export', {
    label: trans.__('Save as Markdown'),
    icon: downloadIcon,
    describedBy,
    execute: () => actions.export()
  });
  commands.addCommand('archive', {
    label: trans.__('Put Away'),
    icon: closeIcon,
    describedBy,
    execute: () => actions.archive()
  });
  const menu = new MenuSvg({ commands });
  for (const command of ['rename', 'export', 'archive']) {
    menu.addItem({ command });
  }
  return menu;
}
