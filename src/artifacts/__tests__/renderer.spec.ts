// Outputs that lie outside the document, as a person sees them.

import {
  MimeModel,
  RenderMimeRegistry,
  standardRendererFactories
} from '@jupyterlab/rendermime';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { ApiError } from '../../api/errors';
import { REFERENCE_MIME } from '../../documents/reference';
import { ArtifactRenderer } from '../renderer';
import type { IArtifactSource } from '../source';

const ADDRESS = 'ab'.repeat(32);

function reference(form: string): ReadonlyPartialJSONObject {
  return { sha256: ADDRESS, size: 1_500_000, form };
}

class Source implements IArtifactSource {
  asked: string[] = [];

  constructor(public answer: () => Promise<Blob>) {}

  url(sha256: string): string {
    return `/artifacts/${sha256}`;
  }

  load(sha256: string): Promise<Blob> {
    this.asked.push(sha256);
    return this.answer();
  }
}

function blob(text: string): Blob {
  return { text: () => Promise.resolve(text) } as Blob;
}

function bench(source: IArtifactSource | null) {
  const registry = new RenderMimeRegistry({
    initialFactories: standardRendererFactories
  });
  const resolver = {
    path: 'a.ipynb',
    resolveUrl: (url: string) => Promise.resolve(url),
    getDownloadUrl: (url: string) => Promise.resolve(url)
  };
  const renderer = new ArtifactRenderer(
    {
      mimeType: REFERENCE_MIME,
      resolver,
      sanitizer: registry.sanitizer,
      linkHandler: null,
      latexTypesetter: null
    },
    {
      registry,
      trans: nullTranslator.load(''),
      source: path => (path === 'a.ipynb' ? source : null)
    }
  );
  Widget.attach(renderer, document.body);
  return renderer;
}

function model(
  references: ReadonlyPartialJSONObject,
  rest: ReadonlyPartialJSONObject = {},
  trusted = false,
  metadata: ReadonlyPartialJSONObject = {}
): MimeModel {
  return new MimeModel({
    data: { ...rest, [REFERENCE_MIME]: references },
    metadata,
    trusted
  });
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 50; turn++) {
    if (isSo()) {
      return;
    }
    await new Promise(resolve => setTimeout(resolve));
  }
  throw new Error(`only: ${document.body.innerHTML}`);
}

function settled(renderer: Widget, text: string): Promise<void> {
  return until(() => renderer.node.textContent.includes(text));
}

describe('ArtifactRenderer', () => {
  let opened: Widget[] = [];
  const open = (source: IArtifactSource | null) => {
    const renderer = bench(source);
    opened.push(renderer);
    return renderer;
  };

  beforeAll(() => {
    // The double of JupyterLab's test set-up never tells that anything came into view.
    Reflect.deleteProperty(globalThis, 'IntersectionObserver');
  });

  afterEach(() => {
    opened.forEach(widget => widget.dispose());
    opened = [];
  });

  it('shows an image by its address, with its size and its description', async () => {
    const renderer = open(
      new Source(() => Promise.reject(new Error('unused')))
    );
    await renderer.renderModel(
      model(
        { 'image/png': reference('base64') },
        { 'text/plain': '<Figure size 640x480>' },
        false,
        { 'image/png': { width: 640, height: 480 } }
      )
    );
    const image = renderer.node.querySelector('img')!;
    expect(image.getAttribute('src')).toBe(`/artifacts/${ADDRESS}`);
    expect(image.getAttribute('loading')).toBe('lazy');
    expect(image.alt).toBe('<Figure size 640x480>');
    expect([image.width, image.height]).toEqual([640, 480]);
    expect(image.closest('.jp-RenderedImage')).not.toBeNull();
  });

  it('keeps the room for an image whose size is known', async () => {
    const renderer = open(
      new Source(() => Promise.reject(new Error('unused')))
    );
    const sized = { ...reference('base64'), width: 320, height: 160 };
    await renderer.renderModel(model({ 'image/png': sized }));
    const image = renderer.node.querySelector('img')!;
    expect([image.width, image.height]).toEqual([320, 160]);
    expect(image.style.height).toBe('auto');
  });

  it('shows an image of very many pixels only when somebody wants it', async () => {
    const source = new Source(() => Promise.resolve(blob('not asked for')));
    const renderer = open(source);
    const huge = { ...reference('base64'), width: 30_000, height: 30_000 };
    await renderer.renderModel(model({ 'image/png': huge }));
    expect(renderer.node.querySelector('img')).toBeNull();
    expect(renderer.node.textContent).toContain('30,000 × 30,000 pixels');
    renderer.node.querySelector('button')!.click();
    expect(renderer.node.querySelector('img')).not.toBeNull();
    expect(source.asked).toEqual([]);
  });

  it('says why an image does not come, and tries again', async () => {
    const source = new Source(() =>
      Promise.reject(
        new ApiError(404, 'artifact_not_found', 'It is gone.', 'Run the cell.')
      )
    );
    const renderer = open(source);
    await renderer.renderModel(model({ 'image/png': reference('base64') }));
    renderer.node.querySelector('img')!.dispatchEvent(new Event('error'));
    await settled(renderer, 'It is gone. Run the cell.');
    renderer.node.querySelector('button')!.click();
    expect(renderer.node.querySelector('img')).not.toBeNull();
    expect(source.asked).toEqual([ADDRESS]);
  });

  it('shows HTML as JupyterLab does: cleaned unless it is trusted', async () => {
    const html = '<b onclick="x()">bold</b>';
    const source = new Source(() => Promise.resolve(blob(html)));
    const renderer = open(source);
    await renderer.renderModel(model({ 'text/html': reference('text') }));
    await settled(renderer, 'bold');
    expect(renderer.node.innerHTML).not.toContain('x()');
    expect(renderer.node.querySelector('.jp-RenderedHTML')).not.toBeNull();
  });

  it('prefers what JupyterLab would prefer, wherever it lies', async () => {
    const source = new Source(() => Promise.resolve(blob('loaded')));
    const renderer = open(source);
    const small = { 'text/html': '<i>small</i>' };
    await renderer.renderModel(
      model({ 'text/plain': reference('text') }, small)
    );
    await settled(renderer, 'small');
    expect(source.asked).toEqual([]);
  });

  it('shows the latest model when an earlier one is still loading', async () => {
    let release: (value: Blob) => void = () => undefined;
    const source = new Source(
      () => new Promise(resolve => (release = resolve))
    );
    const renderer = open(source);
    await renderer.renderModel(model({ 'text/plain': reference('text') }));
    await renderer.renderModel(model({}, { 'text/plain': 'newer' }));
    release(blob('older'));
    await settled(renderer, 'newer');
    expect(renderer.node.textContent).not.toContain('older');
  });

  it('says what is wrong where there is no notebook, or nothing to show', async () => {
    const elsewhere = open(null);
    await elsewhere.renderModel(model({ 'text/plain': reference('text') }));
    expect(elsewhere.node.textContent).toContain('another notebook');
    const nothing = open(null);
    await nothing.renderModel(
      model({
        'text/plain': { sha256: '../../etc/passwd', size: 1, form: 'text' },
        'image/png': 'x'
      })
    );
    expect(nothing.node.textContent).toContain('cannot be shown');
  });

  it('runs scripts of those who are not trusted in a frame of no origin', async () => {
    const html = '<p>A plot</p><script>draw()</script>';
    const renderer = open(new Source(() => Promise.resolve(blob(html))));
    await renderer.renderModel(model({ 'text/html': reference('text') }));
    await until(() => renderer.node.querySelector('iframe') !== null);
    const frame = renderer.node.querySelector('iframe')!;
    expect(frame.getAttribute('sandbox')).toBe('allow-scripts');
    expect(frame.srcdoc).toContain(html);
    const tell = (source: unknown, data: unknown) => {
      const event = new MessageEvent('message', { data });
      Object.defineProperty(event, 'source', { value: source });
      window.dispatchEvent(event);
      return frame.height;
    };
    expect(tell(frame.contentWindow, { height: 300.5 })).toBe('301');
    expect(tell(window, { height: 600 })).toBe('301');
    expect(tell(frame.contentWindow, { height: 1e9 })).toBe('5000');
    expect(tell(frame.contentWindow, null)).toBe('5000');
  });

  it('leaves HTML without scripts, and that of those who are trusted, to JupyterLab', async () => {
    for (const [html, isTrusted] of [
      ['<table><tr><td>rows</td></tr></table>', false],
      ['<p>rows</p><script type="none"></script>', true]
    ] as const) {
      const renderer = open(new Source(() => Promise.resolve(blob(html))));
      await renderer.renderModel(
        model({ 'text/html': reference('text') }, {}, isTrusted)
      );
      await settled(renderer, 'rows');
      expect(renderer.node.querySelector('iframe')).toBeNull();
    }
  });
});
