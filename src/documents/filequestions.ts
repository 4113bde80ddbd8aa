// What is asked before a file and its live document overwrite one another.

import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/**
 * Ask whether the document shall take the file's content.
 */
export async function mayReload(trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Reload the file?'),
    body: trans.__(
      'Everyone who has it open gets the content of the file, as a new change. What is here now stays in its history.'
    ),
    buttons: [
      Dialog.cancelButton(),
      Dialog.okButton({ label: trans.__('Reload') })
    ]
  });
  return button.accept;
}

/**
 * Ask whether the document shall be taken from the other server that has it open.
 */
export async function mayTakeOver(trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Take it over?'),
    body: trans.__(
      'The server that has it open can only read it from then on. What was typed there and is not stored yet stays in the browser there.'
    ),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Take over') })
    ]
  });
  return button.accept;
}

/**
 * Ask whether the document shall be written over a file that another program changed.
 */
export async function mayOverwrite(trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Overwrite the file?'),
    body: trans.__(
      'What is here is written over the file. What the other program wrote there is lost.'
    ),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Overwrite') })
    ]
  });
  return button.accept;
}
