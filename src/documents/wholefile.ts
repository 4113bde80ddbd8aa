// A notebook as a file holds it: with the large outputs that the document only refers to.

import type * as nbformat from '@jupyterlab/nbformat';
import type { PartialJSONObject, PartialJSONValue } from '@lumino/coreutils';

import type { ArtifactsApi } from '../api/artifacts';
import { ApiError } from '../api/errors';
import type { Form } from './reference';
import type { ILongText } from './longtext';
import { LONG_TEXT_MIME, oneStream } from './longtext';
import { GRID_MIME, REFERENCE_MIME, referencesIn } from './reference';

/**
 * Gives the bytes of a large output; null when they cannot be had.
 */
export type LoadArtifact = (sha256: string) => Promise<Blob | null>;

/**
 * Finds artifacts with the notebooks that are open in this page.
 */
export function fromOpenNotebooks(
  api: ArtifactsApi,
  open: { readonly notebookIds: readonly string[] }
): LoadArtifact {
  return async sha256 => {
    for (const id of open.notebookIds) {
      try {
        return await api.load(id, sha256);
      } catch (error) {
        if (!(error instanceof ApiError)) {
          throw error;
        }
      }
    }
    return null;
  };
}

/**
 * The notebook with everything that its outputs refer to; the same object when that is nothing.
 * What cannot be loaded stays a reference, for the server to find.
 */
export async function wholeFile(
  content: nbformat.INotebookContent,
  load: LoadArtifact
): Promise<nbformat.INotebookContent> {
  if (!content.cells.some(hasReferences)) {
    return content;
  }
  const cells: nbformat.ICell[] = [];
  for (const cell of content.cells) {
    cells.push(hasReferences(cell) ? await wholeCell(cell, load) : cell);
  }
  return { ...content, cells };
}

/**
 * A representation as a notebook writes it.
 */
export async function valueOf(
  bytes: Blob,
  form: Form
): Promise<PartialJSONValue> {
  switch (form) {
    case 'text':
      return bytes.text();
    case 'json':
      return JSON.parse(await bytes.text()) as PartialJSONValue;
    case 'base64':
      return toBase64(bytes);
    case 'base64-line':
      return `${await toBase64(bytes)}\n`;
  }
}

function outputsOf(cell: nbformat.ICell): PartialJSONObject[] {
  return Array.isArray(cell.outputs)
    ? (cell.outputs as PartialJSONObject[])
    : [];
}

function dataOf(output: PartialJSONObject): PartialJSONObject {
  const { data } = output;
  return typeof data === 'object' && data !== null && !Array.isArray(data)
    ? data
    : {};
}

function hasReferences(cell: nbformat.ICell): boolean {
  return outputsOf(cell).some(output => {
    const data = dataOf(output);
    return REFERENCE_MIME in data || LONG_TEXT_MIME in data;
  });
}

async function wholeCell(
  cell: nbformat.ICell,
  load: LoadArtifact
): Promise<nbformat.ICell> {
  const outputs: PartialJSONObject[] = [];
  for (const output of outputsOf(cell)) {
    const data = dataOf(output);
    outputs.push(
      REFERENCE_MIME in data
        ? { ...output, data: await wholeData(data, load) }
        : output
    );
  }
  const whole = await oneStream(outputs, long => wholeText(long, load));
  return { ...cell, outputs: whole };
}

async function wholeText(
  { pieces }: ILongText,
  load: LoadArtifact
): Promise<string | null> {
  const texts: string[] = [];
  for (const { sha256 } of pieces) {
    const bytes = await load(sha256);
    if (bytes === null) {
      return null;
    }
    texts.push(await bytes.text());
  }
  return texts.join('');
}

async function wholeData(
  data: PartialJSONObject,
  load: LoadArtifact
): Promise<PartialJSONObject> {
  const { [REFERENCE_MIME]: references, ...whole } = data;
  let isWhole = true;
  for (const [mime, { sha256, form }] of referencesIn(data)) {
    if (mime === GRID_MIME) {
      continue;
    }
    const bytes = await load(sha256);
    if (bytes === null) {
      isWhole = false;
    } else {
      whole[mime] = await valueOf(bytes, form);
    }
  }
  return isWhole ? whole : { ...whole, [REFERENCE_MIME]: references };
}

function toBase64(bytes: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = reader.result as string;
      resolve(url.slice(url.indexOf(',') + 1));
    };
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(bytes);
  });
}
