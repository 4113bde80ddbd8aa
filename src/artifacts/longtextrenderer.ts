// Between the beginning and the end of a long stream: how much there is, and all of it on request.

import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { PanelLayout, Widget } from '@lumino/widgets';

import type { ILongText } from '../documents/longtext';
import { longTextIn } from '../documents/longtext';
import { LongTextPanel } from './longtextpanel';
import type { OpenedTexts } from './openedtexts';
import { sizeInWords } from './size';
import type { IArtifactOptions, IArtifactSource } from './source';
import { sourceOf } from './source';

/**
 * The renderer of references to long texts.
 */
export class LongTextRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(
    private readonly _mime: IRenderMime.IRendererOptions,
    private readonly _options: IArtifactOptions,
    private readonly _opened: OpenedTexts
  ) {
    super();
    this.layout = new PanelLayout();
    this.addClass('jp-Anode-longText');
  }

  /**
   * Show how much there is, with what can be done.
   */
  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const long = longTextIn(model.data);
    const source = sourceOf(this._mime, this._options);
    const panel = this.layout as PanelLayout;
    for (const old of [...panel.widgets]) {
      old.dispose();
    }
    this._panel = null;
    if (long === null) {
      panel.addWidget(
        lineOf(this._options.trans.__('This output cannot be shown.'))
      );
      return;
    }
    panel.addWidget(this._bar(long, source));
    if (source !== null && this._opened.get(long) !== null) {
      this._open(long, source);
    }
    await Promise.resolve();
  }

  private _bar(long: ILongText, source: IArtifactSource | null): Widget {
    const { trans } = this._options;
    const bar = lineOf(this._words(long));
    if (source === null) {
      const where = trans.__('It lies with another notebook.');
      bar.node.append(' ', where);
      return bar;
    }
    if (long.pieces.length === 0) {
      return bar;
    }
    this._button = buttonOf(trans.__('Show All'), () =>
      this._toggle(long, source)
    );
    this._button.setAttribute('aria-expanded', 'false');
    const download = buttonOf(trans.__('Download'), () => {
      void this._download(long, source, download);
    });
    bar.node.append(this._button, download);
    return bar;
  }

  private _words({ pieces, lost }: ILongText): string {
    const { trans } = this._options;
    const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
    const lines = pieces.reduce((sum, piece) => sum + piece.lines, 0);
    const words =
      pieces.length === 0
        ? trans.__('Long output: only its beginning and its end are here.')
        : trans.__(
            'Long output: %1 lines, %2. Only the beginning and the end are here.',
            lines.toLocaleString(),
            sizeInWords(size)
          );
    return lost === 0
      ? words
      : trans.__(
          '%1 %2 characters could not be kept.',
          words,
          lost.toLocaleString()
        );
  }

  private _toggle(long: ILongText, source: IArtifactSource): void {
    if (this._panel === null) {
      this._open(long, source);
      return;
    }
    this._panel.dispose();
    this._panel = null;
    this._opened.set(long, null);
    this._tellState(false);
  }

  private _open(long: ILongText, source: IArtifactSource): LongTextPanel {
    if (this._panel === null) {
      const { trans } = this._options;
      this._panel = new LongTextPanel(
        long,
        source,
        this._mime,
        trans,
        this._opened
      );
      (this.layout as PanelLayout).addWidget(this._panel);
      this._tellState(true);
    }
    return this._panel;
  }

  private _tellState(isOpen: boolean): void {
    const { trans } = this._options;
    if (this._button !== null) {
      this._button.textContent = isOpen
        ? trans.__('Hide')
        : trans.__('Show All');
      this._button.setAttribute('aria-expanded', String(isOpen));
    }
  }

  private async _download(
    long: ILongText,
    source: IArtifactSource,
    button: HTMLButtonElement
  ): Promise<void> {
    const { name, pieces } = long;
    button.disabled = true;
    try {
      const parts: Blob[] = [];
      for (const piece of pieces) {
        parts.push(await source.load(piece.sha256));
      }
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(parts, { type: 'text/plain' }));
      link.download = `${name}.txt`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch (error) {
      this._open(long, source).tell(error);
    } finally {
      button.disabled = false;
    }
  }

  private _panel: LongTextPanel | null = null;
  private _button: HTMLButtonElement | null = null;
}

function lineOf(text: string): Widget {
  const node = document.createElement('div');
  node.className = 'jp-Anode-longText-bar';
  const words = document.createElement('span');
  words.textContent = text;
  node.append(words);
  return new Widget({ node });
}

function buttonOf(label: string, run: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'jp-Anode-longText-button';
  button.textContent = label;
  button.addEventListener('click', run);
  return button;
}
