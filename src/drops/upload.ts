// Takes a file of this computer into a folder of the server, in pieces, and never over another one.

import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';

/**
 * Bytes of one request, as JupyterLab's file browser sends them.
 */
const CHUNK_BYTES = 1024 * 1024;

/**
 * So many arguments a function takes in every browser.
 */
const PART_BYTES = 32_768;

/**
 * What a name ends with, behind its first letter: ".csv", ".csv.gz".
 */
const ENDING = /(?<=.)((\.[^.]+)?\.(gz|bz2|xz|zst)|\.[^.]+)$/i;

/**
 * Watches over an upload.
 */
export interface IWatch {
  /**
   * Ends it.
   */
  readonly signal: AbortSignal;

  /**
   * Is told how much is there, from 0 to 1.
   */
  progress(share: number): void;
}

/**
 * Nobody wants the file any more.
 */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

type Saving = Pick<Contents.IManager, 'get' | 'save' | 'delete'>;

/**
 * Upload a file. Of one that does not come whole, nothing stays.
 *
 * @returns the name that it has there: with a number when its own is taken.
 *
 * @throws what the server answers, CancelledError.
 */
export async function upload(
  contents: Saving,
  folder: string,
  file: File,
  { signal, progress }: IWatch
): Promise<string> {
  const name = await freeName(contents, folder, file.name);
  const path = PathExt.join(folder, name);
  const isOne = file.size <= CHUNK_BYTES;
  for (let start = 0, chunk = 1; ; start += CHUNK_BYTES, chunk += 1) {
    const end = start + CHUNK_BYTES;
    const isLast = end >= file.size;
    try {
      if (signal.aborted) {
        throw new CancelledError();
      }
      const content = await toBase64(file.slice(start, end));
      const model = { type: 'file', format: 'base64', name, content } as const;
      const numbered = { ...model, chunk: isLast ? -1 : chunk };
      await contents.save(path, isOne ? model : numbered);
    } catch (error) {
      if (start > 0) {
        await contents.delete(path).catch((reason: unknown) => {
          console.warn(`${path} is there in part only.`, reason);
        });
      }
      throw error;
    }
    if (isLast) {
      return name;
    }
    progress(end / file.size);
  }
}

async function freeName(
  contents: Saving,
  folder: string,
  name: string
): Promise<string> {
  const ending = ENDING.exec(name)?.[0] ?? '';
  const stem = name.slice(0, name.length - ending.length);
  for (let number = 0; ; number += 1) {
    const tried = number === 0 ? name : `${stem}-${number}${ending}`;
    if (!(await isThere(contents, PathExt.join(folder, tried)))) {
      return tried;
    }
  }
}

async function isThere(contents: Saving, path: string): Promise<boolean> {
  try {
    await contents.get(path, { content: false });
    return true;
  } catch (error) {
    const isMissing =
      error instanceof ServerConnection.ResponseError &&
      error.response.status === 404;
    if (isMissing) {
      return false;
    }
    throw error;
  }
}

async function toBase64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; start += PART_BYTES) {
    const part = bytes.subarray(start, start + PART_BYTES);
    parts.push(String.fromCharCode(...part));
  }
  return btoa(parts.join(''));
}
