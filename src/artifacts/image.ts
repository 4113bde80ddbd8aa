// Images as JupyterLab's own renderer shows them, by their address.

import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';

import type { IReference } from '../documents/reference';

/**
 * Pixels of an image that is not shown unless somebody wants it: a browser takes four bytes of
 * memory for each, or does not show it at all.
 */
const MOST_PIXELS = 100_000_000;

/**
 * Whether an image has that many.
 */
export function isHuge({ width = 0, height = 0 }: IReference): boolean {
  return width * height > MOST_PIXELS;
}

/**
 * The image as a widget.
 */
export function imageView(image: HTMLImageElement): Widget {
  const view = new Widget();
  view.addClass('jp-RenderedImage');
  view.node.append(image);
  return view;
}

/**
 * As JupyterLab's own renderer of images shows one.
 */
export function imageOf(
  url: string,
  reference: IReference,
  mime: string,
  model: IRenderMime.IMimeModel
): HTMLImageElement {
  const image = document.createElement('img');
  const metadata = (model.metadata[mime] ?? {}) as ReadonlyPartialJSONObject;
  const { width, height, unconfined } = metadata;
  const background =
    metadata['needs_background'] ?? model.metadata['needs_background'];
  if (typeof width === 'number') {
    image.width = width;
  }
  if (typeof height === 'number') {
    image.height = height;
  }
  if (typeof width !== 'number' && typeof height !== 'number') {
    keepRoom(image, reference);
  }
  if (background === 'light' || background === 'dark') {
    image.classList.add(`jp-needs-${background}-background`);
  }
  if (unconfined === true) {
    image.classList.add('jp-mod-unconfined');
  }
  const text = model.data['text/plain'];
  image.alt = typeof text === 'string' ? text : '';
  image.decoding = 'async';
  image.setAttribute('loading', 'lazy');
  image.src = url;
  return image;
}

/**
 * Nothing moves when the image comes.
 */
function keepRoom(
  image: HTMLImageElement,
  { width, height }: IReference
): void {
  if (typeof width === 'number' && typeof height === 'number') {
    image.width = width;
    image.height = height;
    image.style.height = 'auto';
  }
}

/**
 * The size of an image, as people write it; empty when it is not known.
 */
export function pixelsOf({ width, height }: IReference): string {
  return width === undefined || height === undefined
    ? ''
    : `${width.toLocaleString()} × ${height.toLocaleString()}`;
}
