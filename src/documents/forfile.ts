// A cell as files hold it: what only the live document knows stays there.

import type * as nbformat from '@jupyterlab/nbformat';

import { PICTURE, withPicture } from './picture';

/**
 * Keys of outputs that tell which run wrote them.
 */
const RUN_KEYS: readonly string[] = [
  'anode_execution_id',
  'anode_output',
  PICTURE
];

/**
 * The cell without what nbformat does not know; the same object where there is nothing of that.
 */
export function forFile<T extends nbformat.IBaseCell>(cell: T): T {
  const outputs: unknown = cell.outputs;
  if (!Array.isArray(outputs) || !outputs.some(isOfRun)) {
    return cell;
  }
  return { ...cell, outputs: outputs.map(withoutRunKeys) };
}

function isOfRun(output: object): boolean {
  return RUN_KEYS.some(key => key in output);
}

function withoutRunKeys(output: object): object {
  return Object.fromEntries(
    Object.entries(withPicture(output as nbformat.IOutput)).filter(
      ([key]) => !RUN_KEYS.includes(key)
    )
  );
}
