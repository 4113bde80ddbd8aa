// Commands that ask the assistant about the active cell; its panel shows question and answer.

import { InputDialog } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { assistantIcon } from '../ui/icons';
import type { IFailureActions } from './failures';
import { hasError } from './failures';

/**
 * The command of the assistant's panel.
 */
const ASK = 'anode:ask-assistant';

/**
 * The ids of the commands.
 */
export namespace AskingIDs {
  export const fix = 'anode:fix-with-assistant';
  export const explain = 'anode:explain-with-assistant';
  export const edit = 'anode:edit-with-assistant';
}

/**
 * Register the commands.
 *
 * @param activeCell - the active cell of a live notebook, while there is an assistant to ask.
 */
export function addAskingCommands(
  commands: CommandRegistry,
  activeCell: () => Cell | null,
  trans: TranslationBundle
): IFailureActions {
  const ask = (cell: Cell, text: string): void => {
    void commands.execute(ASK, { text, cell: cell.model.id });
  };
  const actions: IFailureActions = {
    fix: cell =>
      ask(
        cell,
        trans.__(
          'The mentioned cell fails. Find out why and fix it by changing the cell; say in one sentence what was wrong.'
        )
      ),
    explain: cell =>
      ask(
        cell,
        hasError(cell)
          ? trans.__('Explain why the mentioned cell fails.')
          : trans.__('Explain what the mentioned cell does.')
      )
  };
  const edit = async (cell: Cell): Promise<void> => {
    const { button, value } = await InputDialog.getText({
      title: trans.__('Edit Cell with AI'),
      label: trans.__('What shall be different in this cell?'),
      okLabel: trans.__('Ask')
    });
    const wish = value?.trim() ?? '';
    if (button.accept && wish !== '' && !cell.isDisposed) {
      ask(cell, trans.__('Change the mentioned cell: %1', wish));
    }
  };
  const add = (
    id: string,
    label: string,
    isFor: (cell: Cell) => boolean,
    execute: (cell: Cell) => void
  ): void => {
    const isThere = (): boolean => {
      const cell = activeCell();
      return cell !== null && isFor(cell);
    };
    commands.addCommand(id, {
      label,
      icon: assistantIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isVisible: isThere,
      isEnabled: isThere,
      execute: () => {
        const cell = activeCell();
        if (cell) {
          execute(cell);
        }
      }
    });
  };
  add(AskingIDs.fix, trans.__('Fix with AI'), hasError, actions.fix);
  add(
    AskingIDs.explain,
    trans.__('Explain with AI'),
    () => true,
    actions.explain
  );
  add(
    AskingIDs.edit,
    trans.__('Edit Cell with AI…'),
    () => true,
    cell => void edit(cell)
  );
  return actions;
}
