// HTML with scripts of somebody who is not trusted, in a frame of no origin.

import { Widget } from '@lumino/widgets';

/**
 * A page with these does nothing, or shows nothing, once they are taken out of it.
 */
const ACTIVE = /<(script|iframe|object|embed)\b/i;

/**
 * Pixels between which a frame has the height of what is in it.
 */
const LEAST_PIXELS = 24;
const MOST_PIXELS = 5_000;

/**
 * Tells its height to the page around it, whose origin it cannot know.
 */
const TELLING = `<script>
new ResizeObserver(() => {
  parent.postMessage({ height: document.documentElement.offsetHeight }, '*');
}).observe(document.documentElement);
</script>`;

/**
 * Whether it is HTML of which JupyterLab shows a part only to those who do not trust it.
 */
export function isActive(mime: string, value: unknown): value is string {
  return (
    mime === 'text/html' && typeof value === 'string' && ACTIVE.test(value)
  );
}

/**
 * The frame. Its scripts run, without cookies, without storage, and without reach to the page or the
 * server: to a browser it is a site of its own.
 */
export class SandboxedHtml extends Widget {
  constructor(html: string, title: string) {
    super();
    this.addClass('jp-Anode-sandbox');
    const { _frame: frame } = this;
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.title = title;
    frame.height = `${LEAST_PIXELS}`;
    this._html = html;
    this.node.append(frame);
  }

  handleEvent(event: MessageEvent<unknown>): void {
    const { data, source } = event;
    if (
      source === null ||
      source !== this._frame.contentWindow ||
      typeof data !== 'object' ||
      data === null ||
      !('height' in data) ||
      typeof data.height !== 'number'
    ) {
      return;
    }
    const height = Math.ceil(data.height);
    this._frame.height = `${Math.min(Math.max(height, LEAST_PIXELS), MOST_PIXELS)}`;
  }

  protected override onAfterAttach(): void {
    window.addEventListener('message', this);
    this._frame.srcdoc = TELLING + this._style() + this._html;
  }

  protected override onBeforeDetach(): void {
    window.removeEventListener('message', this);
  }

  /**
   * The colours and the font that HTML has around it in a notebook.
   */
  private _style(): string {
    const { color, fontFamily, fontSize } = getComputedStyle(this.node);
    const isDark = document.body.dataset.jpThemeLight === 'false';
    const scheme = isDark ? 'dark' : 'light';
    return `<style>:root { color-scheme: ${scheme}; overflow: auto; } body { margin: 0; color: ${color}; font: ${fontSize} ${fontFamily}; }</style>`;
  }

  private readonly _frame = document.createElement('iframe');
  private readonly _html: string;
}
