// What makes a code cell an AI cell, and a cell one that the assistant does not see.

import type {
  ISharedCell,
  ISharedCodeCell,
  ISharedNotebook,
  SharedCell
} from '@jupyter/ydoc';
import type { JSONObject, PartialJSONValue } from '@lumino/coreutils';

import type { IAiChoice } from '../tokens';

/**
 * The key of our metadata in a cell.
 */
const OURS = 'anode_jlab';

/**
 * Programs that run notebooks without us (nbclient, papermill) pass cells with this tag over.
 */
const SKIP_TAG = 'skip-execution';

/**
 * What our metadata of a cell may say.
 */
interface IOurs {
  readonly type?: string;
  readonly ai_context?: boolean;
  readonly provider?: unknown;
  readonly model?: unknown;
}

/**
 * Whether a cell is a question for the assistant.
 */
export function isAiCell(cell: ISharedCell): boolean {
  return cell.cell_type === 'code' && ours(cell).type === 'ai';
}

/**
 * Whether the assistant does not see a cell.
 */
export function isHiddenFromAi(cell: ISharedCell): boolean {
  return ours(cell).ai_context === false;
}

/**
 * A new AI cell.
 */
export function newAiCell(source = ''): SharedCell.Cell {
  return {
    cell_type: 'code',
    source,
    metadata: { [OURS]: { type: 'ai' }, tags: [SKIP_TAG] }
  };
}

/**
 * The model that an AI cell asks; null when it says none.
 */
export function choiceIn(cell: ISharedCell): IAiChoice | null {
  const { provider, model } = ours(cell);
  return typeof provider === 'string' && typeof model === 'string'
    ? { provider, model }
    : null;
}

/**
 * Have an AI cell ask a model.
 */
export function choose(cell: ISharedCell, choice: IAiChoice): void {
  const before = choiceIn(cell);
  if (before?.provider !== choice.provider || before.model !== choice.model) {
    cell.transact(() => {
      write(cell, { ...ours(cell), ...choice });
    });
  }
}

/**
 * Hide cells from the assistant, or show them to it. Nothing is written where nothing changes.
 */
export function hideFromAi(
  notebook: ISharedNotebook,
  cells: readonly ISharedCell[],
  isHidden: boolean
): void {
  notebook.transact(() => {
    for (const cell of cells) {
      if (isHiddenFromAi(cell) !== isHidden) {
        const rest = { ...ours(cell) } as JSONObject;
        delete rest['ai_context'];
        write(cell, isHidden ? { ...rest, ai_context: false } : rest);
      }
    }
  });
}

/**
 * Make code cells AI cells. Outputs of code are no answers, so they go.
 */
export function makeAiCells(
  notebook: ISharedNotebook,
  cells: readonly ISharedCell[]
): void {
  notebook.transact(() => {
    for (const cell of cells) {
      if (cell.cell_type !== 'code' || isAiCell(cell)) {
        continue;
      }
      write(cell, { ...ours(cell), type: 'ai' });
      const tags = tagsOf(cell);
      if (!tags.includes(SKIP_TAG)) {
        cell.setMetadata('tags', [...tags, SKIP_TAG]);
      }
      const code = cell as ISharedCodeCell;
      code.setOutputs([]);
      code.execution_count = null;
    }
  });
}

/**
 * Make AI cells plain code cells again.
 */
export function makeCodeCells(
  notebook: ISharedNotebook,
  cells: readonly ISharedCell[]
): void {
  notebook.transact(() => {
    for (const cell of cells) {
      if (!isAiCell(cell)) {
        continue;
      }
      const rest = { ...ours(cell) } as JSONObject;
      for (const key of ['type', 'provider', 'model']) {
        delete rest[key];
      }
      write(cell, rest);
      const tags = tagsOf(cell).filter(tag => tag !== SKIP_TAG);
      if (tags.length > 0) {
        cell.setMetadata('tags', tags);
      } else {
        cell.deleteMetadata('tags');
      }
    }
  });
}

function ours(cell: ISharedCell): IOurs {
  const value: unknown = cell.getMetadata(OURS);
  return typeof value === 'object' && value !== null ? value : {};
}

/**
 * Empty metadata leave no trace in the file.
 */
function write(cell: ISharedCell, value: object): void {
  if (Object.keys(value).length > 0) {
    cell.setMetadata(OURS, value as PartialJSONValue);
  } else {
    cell.deleteMetadata(OURS);
  }
}

function tagsOf(cell: ISharedCell): string[] {
  const tags: unknown = cell.getMetadata('tags');
  return Array.isArray(tags)
    ? tags.filter((tag): tag is string => typeof tag === 'string')
    : [];
}
