// Takes files into the folder of a notebook, and cells that read them into the notebook.

import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IAnodeRooms } from '../tokens';
import type { IDropped } from './droptarget';
import { readingOf } from './readcell';
import { CancelledError, upload } from './upload';

const MEGABYTE = 1_000_000;

/**
 * What is told in passing goes by itself.
 */
const SHORT_MS = 5_000;

/**
 * What it works with.
 */
export interface ITakingOptions {
  readonly contents: Contents.IManager;
  readonly trans: TranslationBundle;

  /**
   * Null where our server half is not.
   */
  readonly rooms: IAnodeRooms | null;

  /**
   * The size of the largest file that is taken.
   */
  megabytes(): number;
}

/**
 * Takes what a person hands to a notebook.
 */
export class Taking {
  constructor(private readonly _options: ITakingOptions) {}

  /**
   * One after the other; what fails is told, and the others are taken all the same.
   */
  async take(
    panel: NotebookPanel,
    { files, folders, cell }: IDropped
  ): Promise<void> {
    const { trans } = this._options;
    if (!this.mayTake(panel)) {
      Notification.warning(
        trans.__('You may only read this notebook. Nothing was uploaded.'),
        { autoClose: SHORT_MS }
      );
      return;
    }
    for (const name of folders) {
      Notification.warning(
        trans.__(
          '%1 is a folder, and was not uploaded. Select its files instead.',
          name
        ),
        { autoClose: false }
      );
    }
    const place = new Place(panel, cell);
    for (const file of files) {
      const name = await this._upload(file, this._folderOf(panel));
      if (name !== null && !place.read(name)) {
        Notification.success(
          trans.__('%1 is in the folder of the notebook now.', name),
          { autoClose: SHORT_MS }
        );
      }
    }
  }

  /**
   * Whether this person may write into a notebook.
   */
  mayTake({ content: { model } }: NotebookPanel): boolean {
    const shared = model?.sharedModel;
    const connection = shared && this._options.rooms?.forModel(shared);
    return model?.readOnly === false && connection?.role !== 'reader';
  }

  private _folderOf({ context: { path } }: NotebookPanel): string {
    const { contents } = this._options;
    const drive = contents.driveName(path);
    const folder = PathExt.dirname(contents.localPath(path));
    return drive === '' ? folder : `${drive}:${folder}`;
  }

  /**
   * Upload one file; its name there, or null when that failed or was not wanted any more.
   */
  private async _upload(file: File, folder: string): Promise<string | null> {
    const { contents, trans } = this._options;
    const { name, size } = file;
    if (this._isTooLarge(file)) {
      return null;
    }
    const ending = new AbortController();
    const message = trans.__('Uploading %1', name);
    const cancel = {
      label: trans.__('Cancel'),
      callback: () => {
        ending.abort();
      }
    };
    // What is there in a moment needs no words.
    const id =
      size > MEGABYTE
        ? Notification.emit(message, 'in-progress', {
            autoClose: false,
            actions: [cancel]
          })
        : null;
    try {
      return await upload(contents, folder, file, {
        signal: ending.signal,
        progress: progress => {
          if (id !== null) {
            Notification.update({ id, message, progress });
          }
        }
      });
    } catch (error) {
      if (!(error instanceof CancelledError)) {
        const reason = error instanceof Error ? error.message : String(error);
        Notification.error(trans.__('%1 was not uploaded: %2', name, reason), {
          autoClose: false
        });
      }
      return null;
    } finally {
      if (id !== null) {
        Notification.dismiss(id);
      }
    }
  }

  private _isTooLarge({ name, size }: File): boolean {
    const { megabytes, trans } = this._options;
    if (size <= megabytes() * MEGABYTE) {
      return false;
    }
    Notification.error(
      trans.__(
        '%1 has %2 MB; up to %3 MB are uploaded (Settings, Dropped Files). Nothing of it was uploaded.',
        name,
        Math.ceil(size / MEGABYTE).toLocaleString(),
        megabytes().toLocaleString()
      ),
      { autoClose: false }
    );
    return true;
  }
}

/**
 * Where the cells come: below a cell, whatever becomes of the others meanwhile.
 */
class Place {
  constructor(
    private readonly _panel: NotebookPanel,
    private _above: string | null
  ) {
    const { activeCell } = _panel.content;
    this._atWork = activeCell && {
      id: activeCell.model.id,
      source: activeCell.model.sharedModel.source
    };
  }

  /**
   * Add a cell that reads a file; false where there is none for it.
   */
  read(name: string): boolean {
    const model = this._panel.isDisposed ? null : this._panel.content.model;
    const { cells = [] } = model?.sharedModel ?? {};
    const sources = cells.map(({ source }) => source);
    const source = model && isPython(model) ? readingOf(name, sources) : null;
    if (model === null || source === null) {
      return false;
    }
    const above = cells.findIndex(({ id }) => id === this._above);
    const at = above < 0 ? cells.length : above + 1;
    const cell = model.sharedModel.insertCell(at, {
      cell_type: 'code',
      source
    });
    this._above = cell.id;
    this._goTo(at, cell.id);
    return true;
  }

  /**
   * The new cell is the one to be run next, unless the person went on working meanwhile.
   */
  private _goTo(at: number, id: string): void {
    const { content } = this._panel;
    const active = content.activeCell?.model;
    const isSame =
      active?.id === this._atWork?.id &&
      active?.sharedModel.source === this._atWork?.source;
    if (isSame) {
      content.deselectAll();
      content.activeCellIndex = at;
      this._atWork = {
        id,
        source: content.activeCell?.model.sharedModel.source
      };
      content.scrollToItem(at).catch(() => undefined);
    }
  }

  private _atWork: { id: string; source: string | undefined } | null;
}

function isPython({
  sharedModel
}: NonNullable<NotebookPanel['content']['model']>): boolean {
  const { language_info: info, kernelspec } = sharedModel.metadata;
  const language = info?.name || kernelspec?.['language'] || 'python';
  return language === 'python';
}
