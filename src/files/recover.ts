// Brings back what a notebook was: from a list of its copies, into it or into a file beside it.

import { Dialog, Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { CopiesApi, ICopy } from '../api/copies';
import { ApiError } from '../api/errors';
import type { INotebookConnection } from '../tokens';
import { CopyList } from './copylist';

/**
 * What is done with a copy.
 */
type Deed = 'open' | 'restore';

/**
 * How long it is shown that a copy was restored.
 */
const SHOWN_MS = 8_000;

const NOT_FOUND = 404;

/**
 * What recovering works with.
 */
export interface IRecovering {
  readonly api: CopiesApi;
  readonly contents: Contents.IManager;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/**
 * Show the copies of a notebook, and do what the person chooses.
 *
 * @throws ApiError, NotReachedError.
 */
export async function recover(
  connection: INotebookConnection,
  recovering: IRecovering
): Promise<void> {
  const { api, trans } = recovering;
  const copies = await api.list(connection.notebookId);
  const body = new CopyList(
    copies,
    copy => api.read(connection.notebookId, copy.name),
    trans
  );
  const dialog = new Dialog<ICopy | null>({
    title: trans.__('Recover %1', PathExt.basename(connection.path)),
    body,
    buttons: buttons(copies.length > 0, connection.role !== 'reader', trans),
    hasClose: true
  });
  const { button, value: copy } = await dialog.launch();
  const [deed] = button.actions as Deed[];
  if (!button.accept || !copy || !deed) {
    return;
  }
  if (deed === 'restore') {
    await api.restore(connection.notebookId, copy.name);
    Notification.success(
      trans.__(
        'The notebook is as it was on %1. What it held before is in its history.',
        moment(copy)
      ),
      { autoClose: SHOWN_MS }
    );
  } else {
    await openBeside(connection, copy, recovering);
  }
}

function buttons(
  hasCopies: boolean,
  mayWrite: boolean,
  trans: TranslationBundle
): Dialog.IButton[] {
  if (!hasCopies) {
    return [Dialog.okButton({ label: trans.__('Close') })];
  }
  const open = Dialog.okButton({
    label: trans.__('Open as a new file'),
    caption: trans.__('Write the copy beside the notebook, and open it'),
    actions: ['open'],
    className: mayWrite ? 'jp-mod-reject' : ''
  });
  const restore = Dialog.okButton({
    label: trans.__('Restore'),
    caption: trans.__('Make the notebook read as the copy, for everybody'),
    actions: ['restore']
  });
  return [Dialog.cancelButton(), open, ...(mayWrite ? [restore] : [])];
}

/**
 * Write a copy to a new file in the notebook's folder, and open it.
 */
async function openBeside(
  connection: INotebookConnection,
  copy: ICopy,
  { api, contents, commands, trans }: IRecovering
): Promise<void> {
  const content = await api.read(connection.notebookId, copy.name);
  const stem = PathExt.basename(connection.path, '.ipynb');
  const time = moment(copy).replace(/[/\\:]/g, '.');
  const name = trans.__('%1 (recovered %2)', stem, time);
  const folder = PathExt.dirname(connection.path);
  const path = await free(PathExt.join(folder, name), contents);
  await contents.save(path, { type: 'notebook', format: 'json', content });
  await commands.execute('docmanager:open', { path });
}

/**
 * A path at which there is no file.
 */
async function free(stem: string, contents: Contents.IManager) {
  for (let number = 1; ; number++) {
    const path = `${stem}${number > 1 ? ` ${number}` : ''}.ipynb`;
    try {
      await contents.get(path, { content: false });
    } catch (error) {
      const { status } = (error as { response?: Response }).response ?? {};
      if (status === NOT_FOUND) {
        return path;
      }
      throw error;
    }
  }
}

function moment(copy: ICopy): string {
  return new Date(copy.time * 1000).toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'short'
  });
}

/**
 * Tell why copies cannot be shown or brought back.
 */
export function tellNotRecovered(
  error: unknown,
  trans: TranslationBundle
): void {
  const told = error instanceof ApiError ? error.message : String(error);
  Notification.error(trans.__('Nothing was recovered. %1', told), {
    autoClose: SHOWN_MS
  });
}
