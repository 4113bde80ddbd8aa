// What the answers of a banner do.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';

import {
  carryOut,
  overwriteFile,
  reloadFile,
  saveAgain
} from '../documents/fileanswers';
import type { Answering } from './banner';
import type { PanelVersions } from './versionbar';

/**
 * The answers of the banner above one document.
 *
 * @param panel - what shows the document.
 * @param versions - the choices in a notebook; null for a text file.
 */
export function answering(
  app: JupyterFrontEnd,
  panel: Widget,
  versions: PanelVersions | null,
  trans: TranslationBundle
): Answering {
  const run = (command: string, args: ReadonlyJSONObject): void =>
    carryOut(app.commands.execute(command, args));
  return (answer, connection) => {
    switch (answer) {
      case 'save-again':
        carryOut(saveAgain(connection));
        break;
      case 'save-as':
        app.shell.activateById(panel.id);
        run('docmanager:save-as', {});
        break;
      case 'open-as-text':
        run('docmanager:open', { path: connection.path, factory: 'Editor' });
        break;
      case 'next-version':
        versions?.showNext();
        break;
      case 'save':
        carryOut(connection.exportNow());
        break;
      case 'reload':
        carryOut(reloadFile(connection, trans));
        break;
      case 'overwrite':
        carryOut(overwriteFile(connection, trans));
        break;
    }
  };
}
