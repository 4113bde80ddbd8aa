// The shared notebook model: the face that JupyterLab sees of a document.

import type { IMapChange, NotebookChange, SharedCell } from '@jupyter/ydoc';
import { createStandaloneCell } from '@jupyter/ydoc';
import type {
  INotebookContent,
  INotebookMetadata,
  IOutput
} from '@jupyterlab/nbformat';
import type { JSONValue, PartialJSONValue } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import * as Y from 'yjs';

import { CellList } from './celllist';
import type { AnodeCell, CellNotebook } from './cells';
import { AnodeCodeCell } from './cells';
import { forFile } from './forfile';
import { NotebookMetadata } from './metadata';
import { SharedRoot } from './root';
import { Trust } from './trust';
import type { ITrustChange } from './trustjudge';
import { TrustJudge } from './trustjudge';

/**
 * The origin of transactions that write what was held back.
 */
const HELD_BACK = 'anode:held-back';

/**
 * A notebook on a Yjs document with the roots of @jupyter/ydoc.
 *
 * It differs from @jupyter/ydoc's own in what it keeps out of the document: the dirty flag, trust,
 * JupyterLab's housekeeping, and every write that this person may not or did not make. And its
 * document can be exchanged for one of another lineage while the notebook stays on the screen.
 */
export class AnodeNotebook
  extends SharedRoot<NotebookChange>
  implements CellNotebook
{
  /**
   * @param options.disableDocumentWideUndoRedo - whether undo works per cell (JupyterLab's default).
   * @param options.storage - where this browser remembers trust.
   */
  constructor(options: {
    readonly disableDocumentWideUndoRedo: boolean;
    readonly storage: Storage | null;
  }) {
    super();
    this.disableDocumentWideUndoRedo = options.disableDocumentWideUndoRedo;
    this.trust = new Trust(options.storage, id => this._outputsOf(id));
    this._judge = new TrustJudge(this.trust, change => {
      this._trustChanged.emit(change);
    });
    this.trust.recognized.connect(() => {
      this._judge.review(this._cells);
    }, this);
    this.attach();
  }

  readonly disableDocumentWideUndoRedo: boolean;
  readonly trust: Trust;

  get undoManager(): Y.UndoManager {
    return this._undoManager;
  }

  get ymeta(): Y.Map<unknown> {
    return this.ydoc.getMap('meta');
  }

  get cells(): AnodeCell[] {
    return this._cells.cells;
  }

  get metadataChanged(): ISignal<this, IMapChange> {
    return this._metadataChanged;
  }

  /**
   * The trust in a cell changed with its outputs.
   */
  get trustChanged(): ISignal<this, ITrustChange> {
    return this._trustChanged;
  }

  /**
   * Emitted before a change of somebody else is taken in, and after it shows.
   */
  get foreignChange(): ISignal<this, 'begin' | 'end'> {
    return this._foreignChange;
  }

  /**
   * Emitted before all cells are replaced by those of another document, and after they are.
   */
  get exchanging(): ISignal<this, 'begin' | 'end'> {
    return this._exchanging;
  }

  get nbformat(): number {
    return (this.ymeta.get('nbformat') as number | undefined) ?? 4;
  }

  get nbformat_minor(): number {
    return (this.ymeta.get('nbformat_minor') as number | undefined) ?? 5;
  }

  get metadata(): INotebookMetadata {
    return this.getMetadata();
  }

  set metadata(value: INotebookMetadata) {
    this.setMetadata(value);
  }

  getMetadata(): INotebookMetadata;
  getMetadata(key: string): PartialJSONValue | undefined;
  getMetadata(key?: string): INotebookMetadata | PartialJSONValue | undefined {
    return key === undefined ? this._metadata.all() : this._metadata.get(key);
  }

  setMetadata(metadata: INotebookMetadata): void;
  setMetadata(key: string, value: PartialJSONValue): void;
  setMetadata(
    metadata: INotebookMetadata | string,
    value: PartialJSONValue = null
  ): void {
    if (typeof metadata !== 'string') {
      const removed = this._metadata.keys().filter(key => !(key in metadata));
      this.transact(() => {
        this._metadata.write(removed.map(key => [key, undefined]));
        this._metadata.write(Object.entries(metadata));
      });
      return;
    }
    const shown =
      this.access === 'core' ? null : this._metadata.holdBack(metadata, value);
    if (shown) {
      this._metadataChanged.emit(shown);
    } else {
      this.updateMetadata({ [metadata]: value });
    }
  }

  updateMetadata(value: Partial<INotebookMetadata>): void {
    this.transact(() => {
      this._metadata.write(Object.entries(value));
    });
  }

  deleteMetadata(key: string): void {
    this.transact(() => {
      this._metadata.write([[key, undefined]]);
    });
  }

  getCell(index: number): AnodeCell {
    return this.cells[index]!;
  }

  addCell(cell: SharedCell.Cell): AnodeCell {
    return this.insertCell(this.cells.length, cell);
  }

  insertCell(index: number, cell: SharedCell.Cell): AnodeCell {
    return this.insertCells(index, [cell])[0]!;
  }

  insertCells(index: number, cells: SharedCell.Cell[]): AnodeCell[] {
    let inserted: AnodeCell[] | null = null;
    this.transact(() => {
      inserted = this._insert(index, cells);
    });
    // An attempt that is not taken leaves the notebook alone; the caller gets cells of no notebook.
    return inserted ?? (cells.map(createStandaloneCell) as AnodeCell[]);
  }

  moveCell(fromIndex: number, toIndex: number): void {
    this.moveCells(fromIndex, toIndex);
  }

  moveCells(fromIndex: number, toIndex: number, n = 1): void {
    this.transact(() => {
      this._cells.move(fromIndex, toIndex, n);
    });
  }

  deleteCell(index: number): void {
    this.deleteCellRange(index, index + 1);
  }

  deleteCellRange(from: number, to: number): void {
    this.transact(() => {
      this._cells.delete(from, to - from);
    });
  }

  getSource(): JSONValue {
    return this.toJSON() as unknown as JSONValue;
  }

  setSource(value: JSONValue): void {
    this.fromJSON(value as unknown as INotebookContent);
    this.dirty = false;
  }

  get source(): JSONValue {
    return this.getSource();
  }

  set source(value: JSONValue) {
    this.setSource(value);
  }

  fromJSON(value: INotebookContent): void {
    const metadata = { ...value.metadata };
    delete metadata.orig_nbformat;
    const hasIds = value.nbformat > 4 || value.nbformat_minor >= 5;
    const cells = value.cells.map(cell =>
      hasIds ? cell : { ...cell, id: undefined }
    );
    this.transact(() => {
      this.ymeta.set('nbformat', value.nbformat);
      this.ymeta.set('nbformat_minor', value.nbformat_minor);
      this.setMetadata(metadata);
      this._cells.delete(0, this.cells.length);
      this._insert(0, cells);
    });
  }

  toJSON(): INotebookContent {
    const withoutIds = this.nbformat === 4 && this.nbformat_minor < 5;
    const cells = this.cells.map(cell => {
      const { id, ...json } = forFile(cell.toJSON());
      return withoutIds ? json : { id, ...json };
    });
    const { metadata, nbformat, nbformat_minor } = this;
    return { metadata, nbformat_minor, nbformat, cells };
  }

  override get memory(): Trust {
    return this.trust;
  }

  fill(content: unknown): void {
    this.fromJSON(content as INotebookContent);
  }

  /** The cells on the screen are replaced by those of the other document. */
  exchange(doc: Y.Doc): void {
    const count = this.cells.length;
    const before = this._metadata.keys();
    this._foreignChange.emit('begin');
    this._exchanging.emit('begin');
    this.exchangeDoc(doc);
    this._changed.emit({
      cellsChange: [{ delete: count }, { insert: [...this.cells] }]
    });
    this._exchanging.emit('end');
    this._foreignChange.emit('end');
    for (const key of new Set([...before, ...this._metadata.keys()])) {
      const newValue = this._metadata.get(key);
      this._metadataChanged.emit({ key, type: 'change', newValue });
    }
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.trust.save();
      super.dispose();
    }
  }

  protected override attach(): void {
    super.attach();
    this._metadata = new NotebookMetadata(this.ymeta);
    this._cells = new CellList(this.ydoc, this, cellsChange => {
      this._changed.emit({ cellsChange });
    });
    this._undoManager = new Y.UndoManager([this._cells.shared], {
      trackedOrigins: new Set([this]),
      doc: this.ydoc
    });
    this.ymeta.observeDeep(this._onMeta);
    this.ydoc.on('beforeObserverCalls', this._onObserve);
  }

  protected override detach(): void {
    this.ymeta.unobserveDeep(this._onMeta);
    this.ydoc.off('beforeObserverCalls', this._onObserve);
    this._cells.dispose();
    this._undoManager.destroy();
    super.detach();
  }

  protected onPermissionChanged(): void {
    for (const cell of this.cells) {
      cell.announcePermissions();
    }
  }

  protected onForeignChange(phase: 'begin' | 'end'): void {
    this._foreignChange.emit(phase);
  }

  protected onLocalChange(transaction: Y.Transaction): void {
    this.dirty = true;
    if (transaction.origin !== HELD_BACK && this._metadata.isHoldingBack) {
      const entries = this._metadata.release();
      if (entries.length > 0) {
        this.transact(
          () => {
            this._metadata.write(entries);
          },
          false,
          HELD_BACK
        );
      }
    }
  }

  /**
   * Insert cells; those that this person brings along as trusted stay so.
   */
  private _insert(
    index: number,
    data: readonly SharedCell.Cell[]
  ): AnodeCell[] {
    const cells = this._cells.insert(index, data);
    cells.forEach((cell, at) => {
      if (data[at]?.metadata?.trusted === true) {
        this.trust.grant(cell.getId());
      }
    });
    return cells;
  }

  private _outputsOf(id: string): IOutput[] | null {
    const cell = this.cells.find(cell => cell.getId() === id);
    return cell instanceof AnodeCodeCell ? cell.getOutputs() : null;
  }

  private readonly _onObserve = (transaction: Y.Transaction): void => {
    this._judge.look(transaction, this._cells);
  };

  private readonly _onMeta = (
    events: Y.YEvent<Y.AbstractType<unknown>>[]
  ): void => {
    const changes = this._metadata.changes(events);
    for (const change of changes) {
      this._metadataChanged.emit(change);
    }
  };

  private readonly _metadataChanged = new Signal<this, IMapChange>(this);
  private readonly _exchanging = new Signal<this, 'begin' | 'end'>(this);
  private readonly _foreignChange = new Signal<this, 'begin' | 'end'>(this);
  private readonly _judge: TrustJudge;
  private readonly _trustChanged = new Signal<this, ITrustChange>(this);
  private _metadata!: NotebookMetadata;
  private _cells!: CellList;
  private _undoManager!: Y.UndoManager;
}
