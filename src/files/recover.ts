// Brings back what a document was: from a list of its copies, into it or into a file beside it.

import { Dialog, Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { SavedContent } from '../api/content';
import type { CopiesApi, ICopy } from '../api/copies';
import { ApiError } from '../api/errors';
import type { NotebooksApi } from '../api/notebooks';
import type { INotebookConnection } from '../tokens';
import type { IPast } from './pastlist';
import { PastList } from './pastlist';

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
  readonly notebooks: NotebooksApi;
  readonly contents: Contents.IManager;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/**
 * Show the copies of a notebook or text, and do what the person chooses.
 *
 * @throws ApiError, NotReachedError.
 */
export async function recover(
  connection: INotebookConnection,
  recovering: IRecovering
): Promise<void> {
  const { api, trans } = recovering;
  const copies = (await api.list(connection.notebookId)).map(copy =>
    asPast(copy, trans)
  );
  const body = new PastList(
    copies,
    copy => api.read(connection.notebookId, copy.name),
    trans.__(
      'There is no copy yet. One is made in every hour in which something changes.'
    ),
    trans
  );
  const dialog = new Dialog<PastCopy | null>({
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
        '%1 is as it was on %2. What it held before is in its history.',
        PathExt.basename(connection.path),
        moment(copy)
      ),
      { autoClose: SHOWN_MS }
    );
  } else {
    await openBeside(connection, copy, recovering);
  }
}

type PastCopy = ICopy & IPast;

function asPast(copy: ICopy, trans: TranslationBundle): PastCopy {
  const { name, cells: parts } = copy;
  const much = name.endsWith('.ipynb')
    ? trans._n('%1 cell', '%1 cells', parts, parts)
    : trans._n('%1 line', '%1 lines', parts, parts);
  const note = trans.__('%1, %2', much, bytes(copy.size, trans));
  return { ...copy, key: name, title: copy.time * 1000, note };
}

function bytes(size: number, trans: TranslationBundle): string {
  return size < 1_000_000
    ? trans.__('%1 kB', Math.ceil(size / 1_000))
    : trans.__('%1 MB', (size / 1_000_000).toFixed(1));
}

/**
 * Show the notebooks and texts whose file was deleted, and bring back the one that the person
 * chooses, with its history.
 *
 * @throws ApiError, NotReachedError.
 */
export async function recoverDeleted(recovering: IRecovering): Promise<void> {
  const { notebooks, commands, trans } = recovering;
  const all = (await notebooks.deleted()).map(one => ({
    ...one,
    key: one.id,
    title: one.path,
    note: ''
  }));
  const dialog = new Dialog<(typeof all)[number] | null>({
    title: trans.__('Recover a Deleted File'),
    body: new PastList(
      all,
      ({ id }) => notebooks.document(id),
      trans.__('No file that was open was deleted in JupyterLab.'),
      trans
    ),
    buttons:
      all.length === 0
        ? [Dialog.okButton({ label: trans.__('Close') })]
        : [
            Dialog.cancelButton(),
            Dialog.okButton({ label: trans.__('Recover') })
          ],
    hasClose: true
  });
  const { button, value: chosen } = await dialog.launch();
  if (!button.accept || !chosen) {
    return;
  }
  let path = chosen.path;
  try {
    await notebooks.export(chosen.id, true);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'file_deleted') {
      throw error;
    }
    // Another file is there by now: the content gets a file of its own.
    const content = await notebooks.document(chosen.id);
    path = await writeBeside(path, trans.__('recovered'), content, recovering);
  }
  await commands.execute('docmanager:open', { path });
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
    caption: trans.__('Write the copy to a file beside this one, and open it'),
    actions: ['open'],
    className: mayWrite ? 'jp-mod-reject' : ''
  });
  const restore = Dialog.okButton({
    label: trans.__('Restore'),
    caption: trans.__('Go back to the copy, for everybody'),
    actions: ['restore']
  });
  return [Dialog.cancelButton(), open, ...(mayWrite ? [restore] : [])];
}

/**
 * Write a copy to a new file in the same folder, and open it.
 */
async function openBeside(
  connection: INotebookConnection,
  copy: ICopy,
  recovering: IRecovering
): Promise<void> {
  const { api, commands, trans } = recovering;
  const content = await api.read(connection.notebookId, copy.name);
  const time = moment(copy).replace(/[/\\:]/g, '.');
  const why = trans.__('recovered %1', time);
  const path = await writeBeside(connection.path, why, content, recovering);
  await commands.execute('docmanager:open', { path });
}

/**
 * Write content to a new file beside one.
 *
 * @param why - what is added to that one's name.
 *
 * @returns its path.
 */
async function writeBeside(
  place: string,
  why: string,
  saved: SavedContent,
  { contents }: IRecovering
): Promise<string> {
  const ending = PathExt.extname(place);
  const name = `${PathExt.basename(place, ending)} (${why})`;
  const stem = PathExt.join(PathExt.dirname(place), name);
  const path = await free(stem, ending, contents);
  await contents.save(path, saved);
  return path;
}

/**
 * A path at which there is no file.
 */
async function free(
  stem: string,
  ending: string,
  contents: Contents.IManager
): Promise<string> {
  for (let number = 1; ; number++) {
    const path = `${stem}${number > 1 ? ` ${number}` : ''}${ending}`;
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
