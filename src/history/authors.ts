// Who wrote which line of a cell: whether it is shown, and what the server knows of it.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IAuthor, IBlame } from '../api/history';
import type { IAnodeRooms } from '../tokens';
import { clock } from './words';

/**
 * The part of the server's routes that is needed.
 */
export interface IBlameSource {
  blame(id: string, cell: string): Promise<IBlame>;
}

/**
 * A line of a cell and who wrote what stands in it, the latest first.
 */
export interface IAuthoredLine {
  readonly authors: readonly IAuthor[];
}

/**
 * The authors of the lines in the notebooks of this page.
 */
export class Authors {
  constructor(
    private readonly _rooms: Pick<IAnodeRooms, 'forModel'>,
    private readonly _source: IBlameSource
  ) {}

  /**
   * Whether they stand beside the lines.
   */
  get isShown(): boolean {
    return this._isShown;
  }

  set isShown(value: boolean) {
    if (value !== this._isShown) {
      this._isShown = value;
      this._changed.emit(value);
    }
  }

  get changed(): ISignal<this, boolean> {
    return this._changed;
  }

  /**
   * The lines of a cell, as the server has it now.
   *
   * @param model - the shared model of the cell.
   * @returns Null when the cell is of no live notebook.
   * @throws ApiError as the route.
   */
  async linesOf(model: object): Promise<readonly IAuthoredLine[] | null> {
    const { id, notebook } = model as Partial<ISharedCellLike>;
    const connection = notebook ? this._rooms.forModel(notebook) : null;
    if (!connection || !id) {
      return null;
    }
    return linesIn(await this._source.blame(connection.notebookId, id));
  }

  private _isShown = false;
  private readonly _changed = new Signal<this, boolean>(this);
}

interface ISharedCellLike {
  readonly id: string;
  readonly notebook: Parameters<IAnodeRooms['forModel']>[0] | null;
}

/**
 * Line for line what the server tells in passages.
 */
export function linesIn({ lines, authors }: IBlame): IAuthoredLine[] {
  return lines.flatMap(passage => {
    const line = { authors: passage.authors.map(place => authors[place]!) };
    return Array.from({ length: passage.lines }, () => line);
  });
}

/**
 * An author's name, as short as it goes.
 */
export function nameOf(
  { kind, name }: IAuthor,
  trans: TranslationBundle
): string {
  switch (kind) {
    case 'file':
      return trans.__('On disk');
    case 'purged':
      return trans.__('Removed');
    default:
      return name;
  }
}

/**
 * When somebody wrote: the time of today, else the day.
 */
export function whenOf({ time }: IAuthor, now: Date): string {
  const then = new Date(time);
  if (then.toDateString() === now.toDateString()) {
    return clock(then);
  }
  return then.toLocaleDateString(undefined, {
    day: 'numeric',
    month: 'short',
    ...(then.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' })
  });
}

/**
 * All who wrote in a line and when, one after the other.
 */
export function spokenOf(
  authors: readonly IAuthor[],
  trans: TranslationBundle
): string {
  const parts = authors.map(author =>
    trans.__(
      '%1, %2',
      nameOf(author, trans),
      new Date(author.time).toLocaleString()
    )
  );
  return parts.join('\n');
}
