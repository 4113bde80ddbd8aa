// Pictures that a page makes of a chart, for the file: they stand beside the output in the document.

import type { IMimeBundle, IOutput } from '@jupyterlab/nbformat';
import type { PartialJSONObject } from '@lumino/coreutils';
import { JSONExt } from '@lumino/coreutils';
import type * as Y from 'yjs';

import { EXECUTION_ID } from './celldata';

/**
 * Key of an output: a picture of it in base64. Files have it among the output's representations.
 */
export const PICTURE = 'anode_picture';

const PNG = 'image/png';

/**
 * Larger ones are not kept: every page would load them.
 */
const MOST_CHARACTERS = 500_000;

/**
 * Take in what a renderer made of an output. Those of Vega and Plotly add a picture of the chart, in
 * each page that shows it, and JupyterLab then puts a copy of the output in its place: with two
 * pages there would be two.
 *
 * @param isAsked - whether a run was asked for in this page, which then keeps the picture.
 * @returns whether there is nothing else that has to be written.
 */
export function takePicture(
  shared: unknown,
  made: IOutput,
  isAsked: (executionId: string) => boolean
): boolean {
  const output = shared as Y.Map<unknown>;
  const there = output.toJSON() as IOutput;
  const { data: before, ...fields } = there;
  const { data: after, ...madeFields } = made;
  if (
    !JSONExt.deepEqual(
      without(PICTURE, fields),
      without(PICTURE, madeFields)
    ) ||
    !JSONExt.deepEqual(without(PNG, before), without(PNG, after))
  ) {
    return false;
  }
  const picture = (after as IMimeBundle | undefined)?.[PNG];
  const executionId = there[EXECUTION_ID];
  if (
    typeof picture === 'string' &&
    (before as IMimeBundle)[PNG] === undefined &&
    !output.has(PICTURE) &&
    picture.length <= MOST_CHARACTERS &&
    typeof executionId === 'string' &&
    isAsked(executionId)
  ) {
    output.set(PICTURE, picture);
  }
  return true;
}

/**
 * An output as files hold it, with its picture.
 */
export function withPicture(output: IOutput): IOutput {
  const { [PICTURE]: picture, ...rest } = output;
  const data = rest['data'] as IMimeBundle | undefined;
  if (typeof picture !== 'string' || !data || data[PNG] !== undefined) {
    return rest;
  }
  return { ...rest, data: { ...data, [PNG]: picture } };
}

/**
 * Whether a change is one of outputs, as far as trust goes: a picture alone is none.
 *
 * @param part - which part of a cell it is in.
 */
export function isOfOutputs(
  part: string,
  keys: ReadonlySet<string | null>
): boolean {
  return part === 'outputs'
    ? keys.size !== 1 || !keys.has(PICTURE)
    : part === '' && keys.has('outputs');
}

function without(key: string, value: unknown): PartialJSONObject {
  const entries = Object.entries((value ?? {}) as PartialJSONObject);
  return Object.fromEntries(entries.filter(([name]) => name !== key));
}
