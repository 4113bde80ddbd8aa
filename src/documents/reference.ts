// What the document holds instead of a large representation of an output.

import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/**
 * The MIME type under which an output's references stand among its other representations.
 */
export const REFERENCE_MIME = 'application/vnd.anode.artifact.v1+json';

/**
 * The description of a table, with its first rows. It stands beside other representations while the
 * notebook lives on the server, and never in a file.
 */
export const GRID_MIME = 'application/vnd.anode.grid.v1+json';

/**
 * How a notebook writes the bytes: as they are, as JSON, or as base64.
 */
export type Form = 'text' | 'json' | 'base64' | 'base64-line';

/**
 * Where the bytes of a representation lie.
 */
export interface IReference {
  readonly sha256: string;

  /**
   * In bytes.
   */
  readonly size: number;
  readonly form: Form;

  /**
   * Pixels of an image, if known.
   */
  readonly width?: number;
  readonly height?: number;
}

const FORMS: readonly string[] = ['text', 'json', 'base64', 'base64-line'];

const ADDRESS = /^[0-9a-f]{64}$/;

/**
 * The references of an output, by MIME type. What is none is passed over: anybody may write
 * anything into a document.
 */
export function referencesIn(
  data: ReadonlyPartialJSONObject
): Map<string, IReference> {
  const found = new Map<string, IReference>();
  const references = data[REFERENCE_MIME];
  if (typeof references === 'object' && references !== null) {
    for (const [mime, one] of Object.entries(references)) {
      if (isReference(one)) {
        found.set(mime, one);
      }
    }
  }
  return found;
}

/**
 * An output's representations but for one.
 */
export function without<T>(
  data: { readonly [mime: string]: T },
  mime: string
): { [mime: string]: T } {
  return Object.fromEntries(
    Object.entries(data).filter(([name]) => name !== mime)
  );
}

function isReference(value: unknown): value is IReference {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const { sha256, size, form } = value as Record<string, unknown>;
  return (
    typeof sha256 === 'string' &&
    ADDRESS.test(sha256) &&
    typeof size === 'number' &&
    typeof form === 'string' &&
    FORMS.includes(form)
  );
}
