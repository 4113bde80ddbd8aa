// The copy of one open document in this browser: written as it changes, read when it is opened.

import type { IDisposable } from '@lumino/disposable';
import * as Y from 'yjs';

import type { CopyStore, IStoredCopy } from './copystore';
import { CopyTable } from './copytable';
import type { IAdded, IFresh, IPending, IWritten } from './copyrows';
import { addRows } from './copyrows';
import type { ICopyHead } from './database';
import { keyOf } from './database';
import type { ITimers } from './timers';

/**
 * The origin of changes that come out of a copy and are known to be on the server.
 */
export const RESTORED = 'anode:restored';

/**
 * The origin of own changes that come out of a copy and are not known to be on the server.
 */
export const RESTORED_OWN = 'anode:restored-own';

/**
 * A change is written after so long (QUALITY: 250 ms, with the writing itself).
 */
const WRITE_MS = 100;

/**
 * After so many written changes they are packed into a snapshot, once nothing is pending.
 */
const ROWS_TO_PACK = 500;

/**
 * How long a browser that would not keep something is left alone.
 */
const REST_MS = 5_000;

/**
 * Which document this is, and what is to be found with its copy.
 */
export type CopyFacts = Omit<
  ICopyHead,
  'key' | 'user' | 'tab' | 'used' | 'bytes'
>;

/**
 * What a copy is kept with.
 */
export interface ILocalCopyOptions {
  /**
   * Null when nothing is kept here.
   */
  readonly store: CopyStore | null;
  readonly timers: ITimers;

  /**
   * The origin of changes that come from the server.
   */
  readonly remote: unknown;

  /**
   * What is to be found with the copy, as it is now.
   */
  facts(): CopyFacts;

  /**
   * `isKept` changed.
   */
  changed(): void;
}

/**
 * Writes the copy of one document.
 */
export class LocalCopy implements IDisposable {
  constructor(private readonly _options: ILocalCopyOptions) {
    this._writer = `${_options.store?.tab ?? ''}-${_options.timers.random()}`;
  }

  /**
   * Whether the browser keeps what is changed.
   */
  get isKept(): boolean {
    return this._isKept;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * From now on keep this document.
   *
   * @param stored - the copy that it was filled from; null when the server filled it.
   */
  async begin(doc: Y.Doc, stored: IStoredCopy | null): Promise<void> {
    this._end();
    this._doc = doc;
    this._facts = stored?.head ?? this._options.facts();
    this._isWhole = stored !== null;
    this._base = stored ? null : Y.encodeStateAsUpdate(doc);
    this._rows = stored ? stored.known.length + stored.pending.length : 0;
    for (const { update, n } of stored?.pending ?? []) {
      this._pending.push({ update, n: n ?? null, isAcked: false });
    }
    this._setKept(stored !== null);
    doc.on('update', this._onUpdate);
    const user = (await this._options.store?.user()) ?? null;
    if (doc === this._doc && !this._isDisposed) {
      this._user = user;
      this._schedule();
    }
  }

  /**
   * What is to be found with the copy changed.
   */
  touch(): void {
    this._isTouched = true;
    this._schedule();
  }

  /**
   * The oldest own changes are on the server now.
   *
   * @param count - how many.
   */
  settle(count: number): void {
    for (const pending of this._pending.splice(0, count)) {
      pending.isAcked = true;
      if (pending.n !== null) {
        this._acked.push(pending);
        this._schedule();
      }
    }
  }

  /**
   * Forget the copy of before, once what was brought over from it is written.
   */
  leave(key: string): void {
    this._left.push(key);
    this._schedule();
  }

  /**
   * The key of the copy that is being written; null when there is none.
   */
  get key(): string | null {
    return this._user !== null && this._facts !== null
      ? keyOf(this._user, this._facts.id, this._facts.lineage)
      : null;
  }

  /**
   * Write what there is, now.
   */
  write(): Promise<void> {
    this._timer?.dispose();
    this._timer = null;
    this._writing = this._writing.then(() => this._write());
    return this._writing;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._doc?.off('update', this._onUpdate);
    void this.write().then(() => this._forgetWithTab());
    this._isDisposed = true;
  }

  private _end(): void {
    this._doc?.off('update', this._onUpdate);
    this._timer?.dispose();
    this._timer = null;
    this._fresh = [];
    this._pending = [];
    this._acked = [];
    this._user = null;
  }

  private readonly _onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === RESTORED || origin === RESTORED_OWN) {
      return;
    }
    const pending =
      origin === this._options.remote
        ? null
        : { update, n: null, isAcked: false };
    if (pending) {
      this._pending.push(pending);
    }
    this._fresh.push({ update, pending });
    this._schedule();
  };

  private _schedule(): void {
    const { store, timers } = this._options;
    if (this._isDisposed || !store || this._user === null) {
      return;
    }
    const rest = Math.max(0, this._restUntil - timers.now());
    this._timer ??= timers.after(Math.max(WRITE_MS, rest), () => {
      this._timer = null;
      void this.write();
    });
  }

  /**
   * One transaction with all that is new.
   */
  private async _write(): Promise<void> {
    const { _doc: doc, _user: user, _facts: begun } = this;
    const { store } = this._options;
    if (!store || !doc || !begun || user === null) {
      return;
    }
    const { id, lineage } = begun;
    const facts = { ...this._options.facts(), id, lineage };
    const policy = await store.policy();
    if (policy === 'off') {
      this._isWhole = false;
      this._setKept(false);
      return;
    }
    const news = this._takeNews();
    if (!news) {
      return;
    }
    const head = {
      ...facts,
      key: keyOf(user, id, lineage),
      user,
      tab: policy === 'tab' ? store.tab : null
    };
    try {
      const written = await store.database.transact('readwrite', table =>
        this._put(new CopyTable(table, head.key, this._writer), head, doc, news)
      );
      this._isWhole = true;
      this._noteWritten(written);
      this._setKept(true);
    } catch (error) {
      this._failed(error, news.left);
    }
  }

  /**
   * What is to be written; null when it is nothing.
   */
  private _takeNews(): INews | null {
    const news = {
      base: this._base,
      fresh: this._fresh.splice(0),
      acked: this._acked.splice(0),
      left: this._left.splice(0)
    };
    const count = news.fresh.length + news.acked.length + news.left.length;
    const isNothing = count === 0 && this._isWhole && !this._isTouched;
    this._isTouched = false;
    this._base = null;
    return isNothing ? null : news;
  }

  /**
   * @returns the numbers under which own changes were written.
   */
  private async _put(
    table: CopyTable,
    head: Omit<ICopyHead, 'used' | 'bytes'>,
    doc: Y.Doc,
    news: INews
  ): Promise<readonly IWritten[]> {
    const old = await table.head();
    const isLong = this._rows > ROWS_TO_PACK && this._pending.length === 0;
    let bytes: number;
    let added: IAdded;
    if (!old || !this._isWhole || isLong) {
      const own = new Set(this._pending.map(({ n }) => n));
      const { base, fresh } = news;
      bytes = await table.pack(base ?? Y.encodeStateAsUpdate(doc), own);
      added = await addRows(table, base ? fresh : this._pending);
      this._rows = added.rows;
    } else {
      bytes = old.bytes;
      added = await addRows(table, news.fresh);
      this._rows += added.rows;
      for (const { update, n } of news.acked) {
        await table.confirm(n!, update);
      }
    }
    const used = Math.max(this._options.timers.date(), (old?.used ?? 0) + 1);
    await table.setHead({ ...head, used, bytes: bytes + added.bytes });
    for (const key of news.left) {
      await table.forget(key);
    }
    return added.written;
  }

  private _noteWritten(written: readonly IWritten[]): void {
    for (const { pending, n } of written) {
      pending.n = n;
      if (pending.isAcked) {
        this._acked.push(pending);
        this._schedule();
      }
    }
  }

  /**
   * The browser would not keep it: make room, and write everything anew after a while.
   */
  private _failed(error: unknown, left: readonly string[]): void {
    console.warn('anode: the browser does not keep the copy', error);
    this._isWhole = false;
    this._left.push(...left);
    this._restUntil = this._options.timers.now() + REST_MS;
    this._setKept(false);
    this._options.store?.tidy(this.key).catch(() => undefined);
    this._schedule();
  }

  private _setKept(isKept: boolean): void {
    if (isKept !== this._isKept) {
      this._isKept = isKept;
      this._options.changed();
    }
  }

  /**
   * A copy that belongs to the tab goes when the document is closed, unless something in it is not
   * on the server.
   */
  private async _forgetWithTab(): Promise<void> {
    const { store } = this._options;
    const { key } = this;
    if (store && key !== null && this._pending.length === 0) {
      if ((await store.policy()) === 'tab') {
        await store.forget(key).catch(() => undefined);
      }
    }
  }

  private readonly _writer: string;
  private _doc: Y.Doc | null = null;
  private _facts: CopyFacts | null = null;
  private _user: string | null = null;
  private _fresh: IFresh[] = [];
  private _pending: IPending[] = [];
  private _acked: IPending[] = [];
  private readonly _left: string[] = [];
  private _base: Uint8Array | null = null;
  private _rows = 0;
  private _isWhole = false;
  private _isTouched = false;
  private _isKept = false;
  private _isDisposed = false;
  private _restUntil = 0;
  private _timer: IDisposable | null = null;
  private _writing: Promise<void> = Promise.resolve();
}

interface INews {
  /**
   * The document before anything of `fresh`, while it was never written.
   */
  readonly base: Uint8Array | null;
  readonly fresh: readonly IFresh[];
  readonly acked: readonly IPending[];

  /**
   * The keys of copies to forget.
   */
  readonly left: readonly string[];
}
