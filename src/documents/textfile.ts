// The shared model of a text file: the face that JupyterLab's editors and viewers see of a document.

import type {
  FileChange,
  ISharedFile,
  ISharedText,
  SourceChange
} from '@jupyter/ydoc';
import * as Y from 'yjs';

import { SharedRoot } from './root';
import { TextBridge } from './textbridge';

/**
 * A text on a Yjs document with the roots of @jupyter/ydoc's file.
 *
 * Its document can be exchanged while editors stay on the screen: they keep the text that they are
 * bound to, which is then made to follow the new one.
 */
export class AnodeFile
  extends SharedRoot<FileChange & SourceChange>
  implements ISharedFile, ISharedText
{
  constructor() {
    super();
    this.attach();
  }

  get ysource(): Y.Text {
    return this.ydoc.getText('source');
  }

  get undoManager(): Y.UndoManager {
    return this._undoManager;
  }

  get source(): string {
    return this.getSource();
  }

  set source(value: string) {
    this.setSource(value);
  }

  getSource(): string {
    return this.ysource.toJSON();
  }

  setSource(value: string): void {
    this.transact(() => {
      const { ysource } = this;
      ysource.delete(0, ysource.length);
      ysource.insert(0, value);
    });
  }

  updateSource(start: number, end: number, value = ''): void {
    this.transact(() => {
      const { ysource } = this;
      // Inserted first, so that cursors behind the replaced text stay behind it.
      ysource.insert(start, value);
      ysource.delete(start + value.length, end - start);
    });
  }

  fill(content: unknown): void {
    this.setSource(
      (typeof content === 'string' ? content : '').replace(/\r\n?/g, '\n')
    );
  }

  exchange(doc: Y.Doc): void {
    const before = this.ysource;
    this.exchangeDoc(doc);
    this._bridges.push(new TextBridge(before, this.ysource));
  }

  override dispose(): void {
    if (!this.isDisposed) {
      for (const bridge of this._bridges) {
        bridge.dispose();
      }
      super.dispose();
    }
  }

  protected override attach(): void {
    super.attach();
    this._undoManager = new Y.UndoManager([this.ysource], {
      trackedOrigins: new Set([this]),
      doc: this.ydoc
    });
    this.ysource.observe(this._onSource);
  }

  protected override detach(): void {
    this.ysource.unobserve(this._onSource);
    this._undoManager.destroy();
    super.detach();
  }

  protected override retire(): void {
    // Editors are bound to its text.
  }

  protected onPermissionChanged(): void {
    // Editors ask with each change.
  }

  protected onForeignChange(): void {
    // Nothing of a text is done around others' changes.
  }

  protected onLocalChange(): void {
    this.dirty = true;
  }

  private readonly _onSource = (event: Y.YTextEvent): void => {
    const sourceChange = event.changes.delta as SourceChange['sourceChange'];
    this._changed.emit({ sourceChange });
  };

  private readonly _bridges: TextBridge[] = [];
  private _undoManager!: Y.UndoManager;
}
