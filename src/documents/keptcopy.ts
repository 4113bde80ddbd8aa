// What a connection does with the copy of its document that this browser keeps.

import * as Y from 'yjs';

import type { INotebook } from '../api/notebooks';
import type { CopyStore, IStoredCopy } from '../sync/copystore';
import { isWhole } from '../sync/copystore';
import type { ICopyHead } from '../sync/database';
import { LocalCopy, RESTORED, RESTORED_OWN } from '../sync/localcopy';
import { mergeAll } from '../sync/merging';
import type { Provider } from '../sync/provider';
import type { ITimers } from '../sync/timers';
import type { Role } from '../tokens';
import type { IKeeper } from './keeper';
import type { SharedRoot } from './root';

/**
 * What a copy is kept for, and with.
 */
export interface IKeptOptions {
  /**
   * Null when nothing is kept here.
   */
  readonly store: CopyStore | null;
  readonly model: SharedRoot;
  readonly keeper: IKeeper;
  readonly provider: Provider;
  readonly timers: ITimers;

  /**
   * What the server said of the document, as it is now.
   */
  facts(): INotebook;

  /**
   * `isKept` changed.
   */
  changed(): void;
}

/**
 * The local copy of one connection's document.
 */
export class KeptCopy {
  constructor(private readonly _options: IKeptOptions) {
    this._copy = new LocalCopy({
      ..._options,
      remote: _options.provider,
      facts: () => {
        const { id, lineage, path, role, seq } = _options.facts();
        return { id, lineage, path, role, seq, file: this._file };
      }
    });
  }

  /**
   * Whether this browser keeps what is changed here.
   */
  get isKept(): boolean {
    return this._copy.isKept;
  }

  /**
   * The lineage of what the document was filled with from the copy; null when it was not.
   */
  get lineage(): string | null {
    return this._lineage;
  }

  /**
   * The file as the contents API describes it, without its content; null when it is not known.
   */
  get file(): unknown {
    return this._file;
  }

  set file(value: unknown) {
    this._file = value;
    this._copy.touch();
  }

  /**
   * Fill the empty document from the copy.
   *
   * @param known - what the server says; null when it cannot be asked.
   *
   * @returns the document as it was known when the copy was written; null when nothing can be shown.
   */
  async restore(
    known: INotebook | null,
    path: string
  ): Promise<INotebook | null> {
    const { store, model } = this._options;
    if (this._isBegun || !store) {
      return null;
    }
    const copy = known
      ? await store.forDocument(known.id, known.lineage)
      : await store.forPath(path);
    if (!copy || this._isBegun || model.isDisposed) {
      return null;
    }
    this._isBegun = true;
    return this._fill(copy);
  }

  /**
   * The document holds all that the server has.
   */
  begin(doc: Y.Doc): void {
    if (this._lineage !== null && doc === this._options.model.ydoc) {
      // It was filled from the copy, which goes on.
      return;
    }
    const old = this._isBegun ? this._copy.key : null;
    this._isBegun = true;
    void this._copy.begin(doc, null);
    if (old !== null) {
      this._copy.leave(old);
    }
  }

  /**
   * The provider may know of more own changes that are on the server.
   */
  settle(): void {
    const { settled } = this._options.provider;
    this._copy.settle(settled - this._settled);
    this._settled = settled;
  }

  /**
   * Write what there is, now.
   */
  write(): void {
    void this._copy.write();
  }

  dispose(): void {
    this._copy.dispose();
  }

  private _fill(copy: IStoredCopy): INotebook | null {
    const { model, keeper, provider } = this._options;
    const { head, known, pending } = copy;
    const doc = model.ydoc;
    if (known.length > 0) {
      Y.applyUpdate(doc, mergeAll(known), RESTORED);
    }
    keeper.reset();
    if (pending.length > 0) {
      const own = pending.map(({ update }) => update);
      Y.applyUpdate(doc, mergeAll(own), RESTORED_OWN);
    }
    this._file ??= head.file;
    this._lineage = head.lineage;
    provider.resume(
      head.lineage,
      pending.map(({ update }) => update)
    );
    void this._copy.begin(doc, copy);
    return isWhole(doc) ? asKnown(head) : null;
  }

  private readonly _copy: LocalCopy;
  private _file: unknown = null;
  private _lineage: string | null = null;
  private _isBegun = false;
  private _settled = 0;
}

function asKnown({ id, path, lineage, seq, role }: ICopyHead): INotebook {
  return { id, path, lineage, seq, role: role as Role };
}
