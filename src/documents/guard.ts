// What the viewer's side, not the document, says about a cell: trust, and leave to write.

import type { IMapChange } from '@jupyter/ydoc';
import type { IBaseCellMetadata } from '@jupyterlab/nbformat';
import type { PartialJSONValue } from '@lumino/coreutils';

import type { Trust } from './trust';

/**
 * Metadata keys that answer "no" for somebody who may only read: JupyterLab asks them before it
 * lets a person edit or delete a cell.
 */
const PERMISSIONS: readonly string[] = ['editable', 'deletable'];

/**
 * What a cell needs to know about its notebook.
 */
export interface ICellHome {
  /**
   * Whether a write from this browser has a chance, at this moment.
   */
  readonly isWritable: boolean;

  /**
   * Whether this person may only read.
   */
  readonly isReadOnly: boolean;
  readonly trust: Trust;
}

export type CellMetadata = Partial<IBaseCellMetadata>;

/**
 * The metadata of one cell as this viewer sees and may write it.
 */
export class CellGuard {
  constructor(
    private readonly _cell: { getId(): string; readonly cell_type: string },
    private readonly _home: ICellHome
  ) {}

  get isWritable(): boolean {
    return this._home.isWritable;
  }

  /**
   * The viewer's own answer for a metadata key; undefined to ask the document.
   */
  answer(key: string): { readonly value: PartialJSONValue | undefined } | void {
    if (key === 'trusted') {
      return { value: this._isTrusted ? true : undefined };
    }
    if (this._home.isReadOnly && PERMISSIONS.includes(key)) {
      return { value: false };
    }
  }

  /**
   * Metadata as the document may hold it.
   */
  strip(metadata: CellMetadata): CellMetadata {
    const rest = { ...metadata };
    delete rest.trusted;
    return rest;
  }

  /**
   * Metadata that is about to be written: trust is noted here, the rest goes on.
   */
  accept(metadata: CellMetadata): CellMetadata {
    if (metadata.trusted === true) {
      this.trust(true);
    }
    return this.strip(metadata);
  }

  /**
   * This viewer trusts the cell, or does not any more.
   */
  trust(value: boolean): void {
    if (value) {
      this._home.trust.grant(this._cell.getId());
    } else {
      this._home.trust.revoke(this._cell.getId());
    }
  }

  /**
   * Metadata for JupyterLab's own clipboard and files, which know trust.
   */
  dress(metadata: CellMetadata): CellMetadata {
    return this._isTrusted ? { ...metadata, trusted: true } : metadata;
  }

  /**
   * What to announce when the leave to write was given or taken.
   */
  permissionChanges(): IMapChange<boolean | undefined>[] {
    const now = this._home.isReadOnly ? false : undefined;
    const before = this._home.isReadOnly ? undefined : false;
    return PERMISSIONS.map(key => ({
      key,
      type: 'change',
      oldValue: before,
      newValue: now
    }));
  }

  private get _isTrusted(): boolean {
    return (
      this._cell.cell_type === 'code' &&
      this._home.trust.has(this._cell.getId())
    );
  }
}
