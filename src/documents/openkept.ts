// Opens what this browser keeps, also while the server is away and the file browser is of no use.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  InputDialog,
  showDialog
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { CopyStore } from '../sync/copystore';
import { ICopyStore } from '../sync/copystore';

/**
 * The id of the command.
 */
export const OPEN_KEPT = 'anode:open-local-copy';

/**
 * The command that opens a copy.
 */
export const openKept: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:open-local-copy',
  description: 'Opens what this browser keeps while the server is away.',
  autoStart: true,
  requires: [ICopyStore, IDocumentManager],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    copies: CopyStore,
    manager: IDocumentManager,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    app.commands.addCommand(OPEN_KEPT, {
      label: trans.__('Open from Local Copies…'),
      caption: trans.__(
        'Open a notebook or text file that this browser keeps, also while the server is away'
      ),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__('The path; without it, people choose.')
            }
          }
        }
      },
      execute: async args => {
        const path =
          typeof args['path'] === 'string'
            ? args['path']
            : await choose(copies, trans);
        return path === null ? null : manager.openOrReveal(path);
      }
    });
    palette?.addItem({
      command: OPEN_KEPT,
      category: trans.__('File Operations')
    });
  }
};

/**
 * @returns the path of a copy; null when the person chose none.
 */
async function choose(
  copies: CopyStore,
  trans: TranslationBundle
): Promise<string | null> {
  const heads = await copies.all();
  const paths = [...new Set(heads.map(({ path }) => path))];
  if (paths.length === 0) {
    await showDialog({
      title: trans.__('This browser keeps no copies'),
      body: trans.__('Notebooks and text files are kept once they were open.'),
      buttons: [Dialog.okButton()]
    });
    return null;
  }
  const { value } = await InputDialog.getItem({
    title: trans.__('Open from local copies'),
    label: trans.__('The latest first'),
    items: paths,
    okLabel: trans.__('Open')
  });
  return value;
}
