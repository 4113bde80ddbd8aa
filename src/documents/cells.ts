// Cells of our notebook: @jupyter/ydoc's, with trust kept out of the document and writes guarded.

import type { ISharedNotebook, YBaseCell } from '@jupyter/ydoc';
import { YCodeCell, YMarkdownCell, YRawCell } from '@jupyter/ydoc';
import type {
  IBaseCell,
  IBaseCellMetadata,
  IOutput
} from '@jupyterlab/nbformat';
import type { PartialJSONValue } from '@lumino/coreutils';
import * as Y from 'yjs';

import type { CellMap } from './celldata';
import { partsOf, toCellMap } from './celldata';
import type { CellMetadata, ICellHome } from './guard';
import { CellGuard } from './guard';
import { takePicture } from './picture';
import { textEdit } from './textdiff';

/**
 * The notebook that a cell belongs to.
 */
export type CellNotebook = ISharedNotebook & ICellHome;

/**
 * A cell of our notebook.
 */
export type AnodeCell = AnodeCodeCell | AnodeMarkdownCell | AnodeRawCell;

/**
 * The face of a cell in the document. What is no cell, or of no known type, shows as a raw one.
 */
export function wrapCell(entry: unknown, notebook: CellNotebook): AnodeCell {
  const map = entry instanceof Y.Map ? (entry as CellMap) : strayCell();
  switch (map.get('cell_type')) {
    case 'code':
      return new AnodeCodeCell(map, notebook);
    case 'markdown':
      return new AnodeMarkdownCell(map, notebook);
    default:
      return new AnodeRawCell(map, notebook);
  }
}

/**
 * Something that keeps the place of an entry of the cell list that is no cell.
 */
function strayCell(): CellMap {
  const map = toCellMap({ cell_type: 'raw' });
  new Y.Doc().getArray('').push([map]);
  return map;
}

/**
 * Change only what differs, so that a formatter does not wipe out what others type meanwhile.
 */
function replaceText(cell: YBaseCell<IBaseCellMetadata>, value: string): void {
  const edit = textEdit(cell.getSource(), value);
  if (edit) {
    cell.updateSource(edit.start, edit.start + edit.remove, edit.insert);
  }
}

/**
 * The class of a cell that is made from its shared type.
 */
type CellClass<C> = new (map: CellMap, notebook: CellNotebook) => C;

/**
 * What a cell of ours has beyond @jupyter/ydoc's.
 */
interface IGuarded {
  /**
   * Tell JupyterLab that the leave to write was given or taken.
   */
  announcePermissions(): void;
}

/**
 * A class of cells with trust kept out of the document and writes guarded.
 *
 * The type parameter stands for what the kinds of cells have besides; all of them are a
 * `YBaseCell`, and only that part is overridden.
 */
function guarded<C extends YBaseCell<IBaseCellMetadata>>(
  Kind: CellClass<C>
): CellClass<C & IGuarded> {
  const Base = Kind as CellClass<unknown> as CellClass<
    YBaseCell<IBaseCellMetadata>
  >;
  class Guarded extends Base implements IGuarded {
    constructor(map: CellMap, notebook: CellNotebook) {
      super(map, notebook);
      this._guard = new CellGuard(this, notebook);
    }

    override setSource(value: string): void {
      replaceText(this, value);
    }

    override transact(f: () => void, undoable = true, origin?: unknown): void {
      if (this._guard.isWritable) {
        super.transact(f, undoable, origin ?? null);
      }
    }

    override getMetadata(): CellMetadata;
    override getMetadata(key: string): PartialJSONValue | undefined;
    override getMetadata(
      key?: string
    ): CellMetadata | PartialJSONValue | undefined {
      if (key === undefined) {
        return this._guard.strip(super.getMetadata() ?? {});
      }
      const answer = this._guard.answer(key);
      return answer ? answer.value : super.getMetadata(key);
    }

    override setMetadata(metadata: CellMetadata): void;
    override setMetadata(key: string, value: PartialJSONValue): void;
    override setMetadata(
      metadata: CellMetadata | string,
      value?: PartialJSONValue
    ): void {
      if (typeof metadata !== 'string') {
        super.setMetadata(this._guard.accept(metadata));
      } else if (metadata === 'trusted') {
        this._guard.trust(value === true);
      } else {
        super.setMetadata(metadata, value ?? null);
      }
    }

    override toJSON(): IBaseCell {
      const json = super.toJSON();
      return { ...json, metadata: this._guard.dress(json.metadata) };
    }

    announcePermissions(): void {
      for (const change of this._guard.permissionChanges()) {
        this._metadataChanged.emit(change);
      }
    }

    private readonly _guard: CellGuard;
  }
  return Guarded as CellClass<unknown> as CellClass<C & IGuarded>;
}

class CodeCell extends YCodeCell {
  constructor(map: CellMap, notebook: ISharedNotebook) {
    const { source, outputs, metadata } = partsOf(map);
    super(map, source, outputs, { notebook }, metadata);
  }
}

class MarkdownCell extends YMarkdownCell {
  constructor(map: CellMap, notebook: ISharedNotebook) {
    const { source, metadata } = partsOf(map);
    super(map, source, { notebook }, metadata);
  }
}

class RawCell extends YRawCell {
  constructor(map: CellMap, notebook: ISharedNotebook) {
    const { source, metadata } = partsOf(map);
    super(map, source, { notebook }, metadata);
  }
}

/**
 * A code cell.
 */
export class AnodeCodeCell extends guarded(CodeCell) {
  constructor(map: CellMap, home: CellNotebook) {
    super(map, home);
    this._home = home;
  }

  /**
   * JupyterLab puts an output in its own place when a renderer or its trust changed: what is the
   * same is not written again, where others see it as another one.
   */
  override updateOutputs(
    start: number,
    end: number,
    outputs: IOutput[] = [],
    origin: unknown = null
  ): void {
    const there: unknown =
      this.youtputs.length > start && this.youtputs.get(start);
    const [made] = outputs;
    if (
      end !== start + 1 ||
      outputs.length !== 1 ||
      !(there instanceof Y.Map)
    ) {
      super.updateOutputs(start, end, outputs, origin);
      return;
    }
    let isDone = false;
    this.transact(
      () => {
        isDone = takePicture(there, made!, id => this._home.trust.isAsked(id));
      },
      false,
      origin
    );
    if (!isDone) {
      super.updateOutputs(start, end, outputs, origin);
    }
  }

  private readonly _home: CellNotebook;
}

/**
 * A markdown cell.
 */
export class AnodeMarkdownCell extends guarded(MarkdownCell) {}

/**
 * A raw cell.
 */
export class AnodeRawCell extends guarded(RawCell) {}
