// Shows an output whose bytes lie outside the document: loads them when they come into view.

import { MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type {
  PartialJSONValue,
  ReadonlyPartialJSONValue
} from '@lumino/coreutils';
import { PanelLayout, Widget } from '@lumino/widgets';

import type { IReference } from '../documents/reference';
import {
  GRID_MIME,
  REFERENCE_MIME,
  referencesIn,
  without
} from '../documents/reference';
import { valueOf } from '../documents/wholefile';
import { imageOf, imageView, isHuge, pixelsOf } from './image';
import { reasonOf } from './reason';
import { isActive, SandboxedHtml } from './sandboxedhtml';
import { sizeInWords } from './size';
import type { IArtifactOptions, IArtifactSource } from './source';
import { sourceOf } from './source';

/**
 * How far outside of the window loading begins.
 */
const AHEAD = '600px';

/**
 * Images that a browser shows without running anything in them.
 */
const IMAGES = new Set([
  'image/avif',
  'image/bmp',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/svg+xml',
  'image/webp'
]);

/**
 * The renderer of references.
 */
export class ArtifactRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(
    private readonly _mime: IRenderMime.IRendererOptions,
    private readonly _options: IArtifactOptions
  ) {
    super();
    this.layout = new PanelLayout();
    this.addClass('jp-Anode-artifact');
  }

  /**
   * Show the best representation, wherever it lies.
   */
  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    return this._render(model, referencesIn(model.data));
  }

  private async _render(
    model: IRenderMime.IMimeModel,
    references: ReadonlyMap<string, IReference>
  ): Promise<void> {
    this._forget();
    const trans = this._options.trans;
    const mime = this._best(model, references);
    const reference = mime === undefined ? undefined : references.get(mime);
    if (mime === undefined) {
      this._say(trans.__('This output cannot be shown.'), null);
      return;
    }
    if (reference === undefined) {
      await this._delegate(mime, model.data[mime], model);
      return;
    }
    const source = sourceOf(this._mime, this._options);
    if (source === null && mime === GRID_MIME) {
      await this._renderWithoutGrid(model);
    } else if (source === null) {
      this._say(
        trans.__(
          'This output lies with another notebook; run the cell to have it here.'
        ),
        null
      );
    } else if (IMAGES.has(mime)) {
      const show = () => this._showImage(reference, mime, model, source);
      if (isHuge(reference)) {
        const size = pixelsOf(reference);
        const text = trans.__('This image is very large: %1 pixels.', size);
        this._say(text, show, trans.__('Show Anyway'));
      } else {
        show();
      }
    } else {
      this._await(reference, () => {
        void this._load(reference, mime, model, source);
      });
    }
  }

  override dispose(): void {
    this._forget();
    super.dispose();
  }

  /**
   * JupyterLab's own choice among all representations.
   */
  private _best(
    model: IRenderMime.IMimeModel,
    references: ReadonlyMap<string, IReference>
  ): string | undefined {
    const all: Record<string, PartialJSONValue> = {};
    for (const mime of [...Object.keys(model.data), ...references.keys()]) {
      if (mime !== REFERENCE_MIME) {
        all[mime] = '';
      }
    }
    const { registry } = this._options;
    const best = registry.preferredMimeType(
      all,
      model.trusted ? 'any' : 'ensure'
    );
    // An image of vectors is safe here, for it is shown as an image.
    const vectors = 'image/svg+xml';
    return references.has(vectors) &&
      (best === undefined || best.startsWith('text/'))
      ? vectors
      : best;
  }

  /**
   * An image comes by its address, so that the browser caches it; one that does not is loaded as
   * everything else, which tells what is wrong.
   */
  private _showImage(
    reference: IReference,
    mime: string,
    model: IRenderMime.IMimeModel,
    source: IArtifactSource
  ): void {
    const image = imageOf(source.url(reference.sha256), reference, mime, model);
    const turn = this._turn;
    image.addEventListener('error', () => {
      if (turn === this._turn) {
        void this._load(reference, mime, model, source);
      }
    });
    this._show(imageView(image));
  }

  private async _load(
    reference: IReference,
    mime: string,
    model: IRenderMime.IMimeModel,
    source: IArtifactSource
  ): Promise<void> {
    const turn = this._turn;
    const isCurrent = () => turn === this._turn && !this.isDisposed;
    try {
      const bytes = await source.load(reference.sha256);
      if (!isCurrent()) {
        return;
      }
      if (IMAGES.has(mime)) {
        this._blobUrl = URL.createObjectURL(new Blob([bytes], { type: mime }));
        const image = imageOf(this._blobUrl, reference, mime, model);
        image.addEventListener('error', () => {
          if (isCurrent()) {
            this._say(this._unshowable(reference), null);
          }
        });
        this._show(imageView(image));
        return;
      }
      const value = await valueOf(bytes, reference.form);
      if (isCurrent() && isActive(mime, value) && !model.trusted) {
        const title = this._options.trans.__('Output with scripts');
        this._show(new SandboxedHtml(value, title));
      } else if (isCurrent()) {
        await this._delegate(mime, value, model);
      }
    } catch (error) {
      if (isCurrent() && mime === GRID_MIME) {
        await this._renderWithoutGrid(model);
      } else if (isCurrent()) {
        this._say(
          reasonOf(error, this._options.trans),
          () => void this.renderModel(model)
        );
      }
    }
  }

  /**
   * The description of a table that cannot be had: its other representations say as much.
   */
  private _renderWithoutGrid(model: IRenderMime.IMimeModel): Promise<void> {
    const references = referencesIn(model.data);
    references.delete(GRID_MIME);
    return this._render(model, references);
  }

  private async _delegate(
    mime: string,
    value: ReadonlyPartialJSONValue | undefined,
    model: IRenderMime.IMimeModel
  ): Promise<void> {
    const { resolver, linkHandler } = this._mime;
    const registry = this._options.registry.clone({
      resolver: resolver ?? undefined,
      linkHandler: linkHandler ?? undefined
    });
    const renderer = registry.createRenderer(mime);
    this._show(renderer);
    const others = without(model.data, REFERENCE_MIME);
    await renderer.renderModel(
      new MimeModel({
        trusted: model.trusted,
        data: { ...others, [mime]: value },
        metadata: model.metadata
      })
    );
  }

  /**
   * Load once it comes into view; until then there is a line with its size.
   */
  private _await(reference: IReference, load: () => void): void {
    const trans = this._options.trans;
    const size = sizeInWords(reference.size);
    this._say(trans.__('Loading %1 of output …', size), null);
    if (typeof IntersectionObserver === 'undefined') {
      load();
      return;
    }
    this._watcher = new IntersectionObserver(
      entries => {
        if (entries.some(entry => entry.isIntersecting)) {
          this._watcher?.disconnect();
          load();
        }
      },
      { rootMargin: AHEAD }
    );
    this._watcher.observe(this.node);
  }

  private _unshowable(reference: IReference): string {
    const { trans } = this._options;
    const size = pixelsOf(reference);
    return size === ''
      ? trans.__('The browser cannot show this image. It is in the file.')
      : trans.__(
          'The browser cannot show this image of %1 pixels. It is in the file.',
          size
        );
  }

  private _say(
    text: string,
    retry: (() => void) | null,
    label = this._options.trans.__('Try Again')
  ): void {
    const line = document.createElement('div');
    line.className = 'jp-Anode-artifact-line';
    line.textContent = text;
    if (retry !== null) {
      const button = document.createElement('button');
      button.className = 'jp-mod-styled jp-mod-minimal';
      button.textContent = label;
      button.addEventListener('click', retry);
      line.append(' ', button);
    }
    this._show(new Widget({ node: line }));
  }

  private _show(view: Widget): void {
    const layout = this.layout as PanelLayout;
    for (const old of [...layout.widgets]) {
      old.dispose();
    }
    layout.addWidget(view);
  }

  private _forget(): void {
    this._turn += 1;
    this._watcher?.disconnect();
    this._watcher = null;
    if (this._blobUrl !== null) {
      URL.revokeObjectURL(this._blobUrl);
      this._blobUrl = null;
    }
  }

  private _turn = 0;
  private _watcher: IntersectionObserver | null = null;
  private _blobUrl: string | null = null;
}
