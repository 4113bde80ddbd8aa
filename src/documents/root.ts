// A shared document whose Yjs document may be exchanged: state, undo, and which writes are taken.

import type { DocumentChange } from '@jupyter/ydoc';
import type { JSONObject, JSONValue } from '@lumino/coreutils';
import { JSONExt } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { RoomAwareness } from '../sync/roomawareness';
import type { Access } from './access';

/**
 * What a browser remembers of a document for its viewer.
 */
export interface IMemory {
  /**
   * The Yjs client id under which the server itself writes; null when it does not say so.
   */
  writer: number | null;

  /**
   * The server told which document this is.
   */
  attach(id: string): void;

  /**
   * These runs were asked for here.
   */
  expect(executionIds: readonly string[]): void;

  /**
   * The server tells that this person asked for these runs.
   */
  recognize(executionIds: readonly string[]): void;

  /**
   * Whether a run was asked for here.
   */
  isOwn(executionId: string): boolean;

  /**
   * The page may go away.
   */
  save(): void;
}

/**
 * The part of the shared model that does not know what the document holds.
 *
 * The dirty flag is kept out of the document: whether the file differs is the room's knowledge.
 */
export abstract class SharedRoot<C extends DocumentChange = DocumentChange> {
  constructor() {
    this._ydoc = new Y.Doc();
    const identity = new Y.Doc();
    identity.clientID = this._ydoc.clientID;
    this.awareness = new RoomAwareness(identity);
  }

  readonly version = '2.0.0';

  /**
   * How large a change may be, in bytes of its update; the room says so.
   */
  changeLimit = Infinity;

  /**
   * Who is here; it outlives an exchange of the document.
   */
  readonly awareness: Awareness;

  get ydoc(): Y.Doc {
    return this._ydoc;
  }

  get ystate(): Y.Map<unknown> {
    return this._ydoc.getMap('state');
  }

  abstract readonly undoManager: Y.UndoManager;

  get changed(): ISignal<this, C> {
    return this._changed;
  }

  get disposed(): ISignal<this, void> {
    return this._disposed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * What may be done from here.
   */
  get access(): Access {
    return this._access;
  }

  set access(value: Access) {
    const wasReadOnly = this.isReadOnly;
    this._access = value;
    if (wasReadOnly !== this.isReadOnly) {
      this.onPermissionChanged();
    }
  }

  get isReadOnly(): boolean {
    return this._access === 'read';
  }

  /**
   * Whether a write can be taken now: the person may, and it is not merely JupyterLab's echo of a
   * change that is just coming in.
   */
  get isWritable(): boolean {
    const may = this._access === 'write' || this._access === 'core';
    return may && this._incoming === 0;
  }

  /**
   * Whether JupyterLab asks before it closes the notebook. While there is a room, only the room says
   * so.
   */
  get dirty(): boolean {
    return this._dirty;
  }

  set dirty(value: boolean) {
    if (this._access === 'core') {
      this.setDirty(value);
    }
  }

  /**
   * Say whether closing the notebook would lose or leave behind something.
   *
   * @param isShown - whether the tab says so, too.
   */
  setDirty(value: boolean, isShown = value): void {
    const wasShown = this._isDirtShown;
    this._dirty = value;
    this._isDirtShown = isShown;
    if (isShown !== wasShown) {
      const change = { name: 'dirty', oldValue: wasShown, newValue: isShown };
      this._changed.emit({ stateChange: [change] } as unknown as C);
    }
  }

  get state(): JSONObject {
    const state = this.ystate.toJSON();
    return JSONExt.deepCopy({ ...state, dirty: this._dirty });
  }

  getState(key: string): JSONValue | undefined {
    return this.state[key];
  }

  setState(key: string, value: JSONValue): void {
    if (!JSONExt.deepEqual(this.getState(key) ?? null, value)) {
      this.transact(() => {
        this.ystate.set(key, value);
      }, false);
    }
  }

  canUndo(): boolean {
    return this.undoManager.undoStack.length > 0;
  }

  canRedo(): boolean {
    return this.undoManager.redoStack.length > 0;
  }

  undo(): boolean {
    return this.isWritable && this.undoManager.undo() !== null;
  }

  redo(): boolean {
    return this.isWritable && this.undoManager.redo() !== null;
  }

  clearUndoHistory(): void {
    this.undoManager.clear();
  }

  transact(f: () => void, undoable = true, origin: unknown = null): void {
    if (this.isWritable) {
      this._ydoc.transact(f, undoable ? this : origin);
    }
  }

  /**
   * What this browser remembers of it for its viewer; null when that is nothing.
   */
  get memory(): IMemory | null {
    return null;
  }

  /**
   * Take over the content of the file, as the contents API gives it.
   */
  abstract fill(content: unknown): void;

  /**
   * Go on with another document.
   */
  abstract exchange(doc: Y.Doc): void;

  protected exchangeDoc(doc: Y.Doc): void {
    const old = this._ydoc;
    this.detach();
    this._ydoc = doc;
    this.attach();
    this.retire(old);
  }

  /**
   * Nobody needs this document any more.
   */
  protected retire(doc: Y.Doc): void {
    doc.destroy();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.detach();
    this.awareness.destroy();
    this._ydoc.destroy();
    this._disposed.emit();
    Signal.clearData(this);
  }

  /**
   * Start to listen to the document.
   */
  protected attach(): void {
    this._ydoc.on('beforeTransaction', this._onBegin);
    this._ydoc.on('afterTransaction', this._onEnd);
    this.ystate.observe(this._onState);
  }

  /**
   * Stop listening to the document.
   */
  protected detach(): void {
    this._ydoc.off('beforeTransaction', this._onBegin);
    this._ydoc.off('afterTransaction', this._onEnd);
    this.ystate.unobserve(this._onState);
    this._incoming = 0;
  }

  /**
   * The leave to write was given or taken.
   */
  protected abstract onPermissionChanged(): void;

  /**
   * A transaction made here is over.
   */
  protected abstract onLocalChange(transaction: Y.Transaction): void;

  /**
   * A transaction of somebody else begins, or is over and shows.
   */
  protected abstract onForeignChange(phase: 'begin' | 'end'): void;

  private readonly _onBegin = (transaction: Y.Transaction): void => {
    if (!transaction.local) {
      this._incoming++;
      this.onForeignChange('begin');
    }
  };

  private readonly _onEnd = (transaction: Y.Transaction): void => {
    if (!transaction.local) {
      this._incoming = Math.max(0, this._incoming - 1);
      this.onForeignChange('end');
    } else if (transaction.changed.size > 0) {
      this.onLocalChange(transaction);
    }
  };

  private readonly _onState = (event: Y.YMapEvent<unknown>): void => {
    const keys = [...(event.keysChanged as Set<string>)];
    const stateChange = keys
      .filter(key => key !== 'dirty')
      .map(name => ({
        name,
        oldValue: event.changes.keys.get(name)?.oldValue as unknown,
        newValue: this.ystate.get(name)
      }));
    if (stateChange.length > 0) {
      this._changed.emit({ stateChange } as unknown as C);
    }
  };

  protected readonly _changed = new Signal<this, C>(this);
  private readonly _disposed = new Signal<this, void>(this);
  private _ydoc: Y.Doc;
  private _access: Access = 'none';
  private _dirty = false;
  private _isDirtShown = false;
  private _incoming = 0;
  private _isDisposed = false;
}
