// What a model says is not trusted: no page, picture or program of elsewhere is loaded by showing it.

import { Sanitizer } from '@jupyterlab/apputils';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

/**
 * Elements of text. What has others is shown without them, but with the text in them.
 */
const TAGS: readonly string[] = [
  ...['a', 'b', 'blockquote', 'br', 'caption', 'code', 'dd', 'del', 'details'],
  ...['div', 'dl', 'dt', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i'],
  ...['input', 'ins', 'kbd', 'li', 'mark', 'ol', 'p', 'pre', 's', 'samp'],
  ...['small', 'span', 'strong', 'sub', 'summary', 'sup', 'table', 'tbody'],
  ...['td', 'tfoot', 'th', 'thead', 'tr', 'tt', 'u', 'ul', 'var']
];

/**
 * Elements whose text is no text for people.
 */
const NO_TEXT = 'script, style, template, noscript, iframe, object, title';

/**
 * Attributes that text needs. None of them loads anything.
 */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  ...['align', 'class', 'colspan', 'rowspan', 'scope', 'start', 'title'],
  ...['checked', 'disabled', 'href', 'type']
]);

/**
 * Where links may lead.
 */
const LINK = /^(https?:|mailto:|#)/i;

/**
 * A sanitizer for what a model says.
 */
export class ModelSanitizer implements IRenderMime.ISanitizer {
  /**
   * @param _imageWord - stands for a picture, with `%1` for what it says it shows.
   */
  constructor(private readonly _imageWord: (alt: string) => string) {}

  readonly allowNamedProperties = false;

  getAutolink(): boolean {
    return false;
  }

  sanitize(dirty: string): string {
    // A document of this kind loads and runs nothing.
    const page = new DOMParser().parseFromString(dirty, 'text/html');
    for (const node of page.querySelectorAll(NO_TEXT)) {
      node.remove();
    }
    for (const image of page.querySelectorAll('img, picture, svg, video')) {
      const alt = image.getAttribute('alt') ?? '';
      image.replaceWith(page.createTextNode(this._imageWord(alt)));
    }
    for (const node of page.body.querySelectorAll('*')) {
      clean(node);
    }
    return this._core.sanitize(page.body.innerHTML, {
      allowedTags: [...TAGS]
    });
  }

  private readonly _core = new Sanitizer();
}

function clean(node: Element): void {
  for (const { name } of [...node.attributes]) {
    if (!ATTRIBUTES.has(name)) {
      node.removeAttribute(name);
    }
  }
  // Nothing may look as if it were ours, or JupyterLab's.
  for (const name of [...node.classList]) {
    if (/^(jp|lm)-/.test(name)) {
      node.classList.remove(name);
    }
  }
  if (node.localName === 'input') {
    if (node.getAttribute('type') === 'checkbox') {
      node.setAttribute('disabled', '');
    } else {
      node.remove();
    }
  }
  const href = node.getAttribute('href');
  if (node.localName !== 'a') {
    node.removeAttribute('href');
    return;
  }
  const text = node.textContent?.trim() ?? '';
  if (href === null || !LINK.test(href) || isAutomatic(href, text)) {
    node.replaceWith(...node.childNodes);
    return;
  }
  // Where it leads is seen before it is followed.
  node.setAttribute('title', href);
}

/**
 * Whether a link was made of a bare address: nobody meant it to be one.
 */
function isAutomatic(href: string, text: string): boolean {
  const plain = (address: string): string =>
    address.replace(/^(mailto:|https?:\/\/)/i, '').replace(/\/$/, '');
  return plain(href) === plain(text);
}
