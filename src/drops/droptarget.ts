// A notebook as a place where files of this computer can be dropped.

import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';

const OVER = 'jp-mod-anodeDrop';

/**
 * What was dropped, and the cell that it was dropped on.
 */
export interface IDropped {
  readonly files: readonly File[];

  /**
   * The names of folders, which are no files.
   */
  readonly folders: readonly string[];

  /**
   * Null below the last cell.
   */
  readonly cell: string | null;
}

/**
 * Listens before the editors do, which would insert a file as text, and before the browser, which
 * would leave the page for the file. Images are left to Markdown cells, which attach them.
 */
export class DropTarget implements IDisposable {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _take: (dropped: IDropped) => void
  ) {
    const { node } = _panel.content;
    node.addEventListener('dragover', this, true);
    node.addEventListener('dragleave', this, true);
    node.addEventListener('drop', this, true);
  }

  handleEvent(event: DragEvent): void {
    const { node } = this._panel.content;
    if (event.type === 'dragleave') {
      const to = event.relatedTarget;
      if (!(to instanceof Node && node.contains(to))) {
        node.classList.remove(OVER);
      }
      return;
    }
    const items = Array.from(event.dataTransfer?.items ?? []).filter(
      ({ kind }) => kind === 'file'
    );
    const isWanted = items.length > 0 && !this._isAttached(event, items);
    node.classList.toggle(OVER, isWanted && event.type === 'dragover');
    if (!isWanted) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (event.type === 'drop') {
      const cell = this._cellAt(event)?.model.id ?? null;
      this._take({ ...sorted(items), cell });
    } else if (event.dataTransfer !== null) {
      event.dataTransfer.dropEffect = 'copy';
    }
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    const { node } = this._panel.content;
    node.classList.remove(OVER);
    node.removeEventListener('dragover', this, true);
    node.removeEventListener('dragleave', this, true);
    node.removeEventListener('drop', this, true);
  }

  /**
   * Whether JupyterLab's cell keeps what is dropped on it in itself.
   */
  private _isAttached(
    event: DragEvent,
    items: readonly DataTransferItem[]
  ): boolean {
    const cell = this._cellAt(event);
    return (
      cell !== undefined &&
      cell.model.type !== 'code' &&
      items.every(({ type }) => type.startsWith('image/'))
    );
  }

  private _cellAt({ target }: DragEvent) {
    const over = target instanceof Node ? target : null;
    return this._panel.content.widgets.find(({ node }) => node.contains(over));
  }

  private _isDisposed = false;
}

function sorted(
  items: readonly DataTransferItem[]
): Pick<IDropped, 'files' | 'folders'> {
  const files: File[] = [];
  const folders: string[] = [];
  for (const item of items) {
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) {
      folders.push(entry.name);
    } else if (file !== null) {
      files.push(file);
    }
  }
  return { files, folders };
}
