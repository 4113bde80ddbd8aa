// Cells between nbformat JSON and shared types, and what stands in for parts that are malformed.

import type { SharedCell } from '@jupyter/ydoc';
import type {
  IAttachments,
  IBaseCellMetadata,
  IOutput
} from '@jupyterlab/nbformat';
import { UUID } from '@lumino/coreutils';
import * as Y from 'yjs';

/**
 * Key of an output that the server wrote for a run: the run's id. Anybody may write the key; that
 * the server wrote the output is told by the Yjs client id, which it lets nobody else use.
 */
export const EXECUTION_ID = 'anode_execution_id';

/**
 * The shared type of a cell.
 */
export type CellMap = Y.Map<unknown>;

/**
 * The parts of a cell that have shared types of their own.
 */
export interface ICellParts {
  readonly source: Y.Text;
  readonly metadata: Y.Map<unknown>;
  readonly outputs: Y.Array<unknown>;
}

interface ICellJSON {
  cell_type: string;
  id?: string;
  source?: string | string[];
  metadata?: Partial<IBaseCellMetadata>;
  outputs?: IOutput[];
  execution_count?: number | null;
  attachments?: IAttachments;
}

/**
 * The parts of a cell in the document. Another client may have left one out or put something else
 * there: a loose part stands in for it, so that the rest of the notebook can be shown and edited.
 */
export function partsOf(cell: CellMap): ICellParts {
  const source = cell.get('source');
  const metadata = cell.get('metadata');
  const outputs = cell.get('outputs');
  return {
    source: source instanceof Y.Text ? source : new Y.Doc().getText(''),
    metadata: metadata instanceof Y.Map ? metadata : new Y.Doc().getMap(''),
    outputs: outputs instanceof Y.Array ? outputs : new Y.Doc().getArray('')
  };
}

/**
 * Make the shared type of a new cell; it still has to be put into a document.
 */
export function toCellMap(data: SharedCell.Cell): CellMap {
  const json = data as ICellJSON;
  const metadata = { ...json.metadata };
  delete metadata.trusted;
  const cell: CellMap = new Y.Map<unknown>();
  cell.set('id', json.id ?? UUID.uuid4());
  cell.set('cell_type', json.cell_type);
  cell.set('source', new Y.Text(joined(json.source)));
  cell.set('metadata', new Y.Map<unknown>(Object.entries(metadata)));
  if (json.cell_type === 'code') {
    cell.set('execution_count', json.execution_count ?? null);
    cell.set('outputs', Y.Array.from((json.outputs ?? []).map(toOutputMap)));
  } else if (json.attachments) {
    cell.set('attachments', json.attachments);
  }
  return cell;
}

function toOutputMap(output: IOutput): Y.Map<unknown> {
  const entries = Object.entries(output).map(([key, value]) => {
    const isStream = output.output_type === 'stream' && key === 'text';
    return [
      key,
      isStream ? new Y.Text(joined(value as string | string[])) : value
    ] as [string, unknown];
  });
  return new Y.Map<unknown>(entries);
}

/**
 * nbformat allows a text to be a list of lines.
 */
function joined(text: string | string[] | undefined): string {
  return Array.isArray(text) ? text.join('') : (text ?? '');
}
