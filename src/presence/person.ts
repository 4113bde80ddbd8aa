// One person as the others see them, read from what an awareness state says, which may be anything.

/**
 * What sort of being somebody is.
 */
export type PersonKind = 'human' | 'assistant' | 'runtime' | 'api';

/**
 * One person (or assistant, or program).
 */
export interface IPerson {
  readonly username: string;
  readonly name: string;
  readonly initials: string;

  /**
   * A CSS colour.
   */
  readonly color: string;
  readonly avatarUrl: string | null;
  readonly kind: PersonKind;
}

/**
 * A longer name is cut: nobody is called that, and it goes onto a flag.
 */
const LONGEST_NAME = 100;

/**
 * Letters that fit on an avatar.
 */
const MOST_INITIALS = 2;

/**
 * How many colours JupyterLab's themes have for collaborators.
 */
const THEME_COLORS = 7;

const KINDS: readonly string[] = ['human', 'assistant', 'runtime', 'api'];

/**
 * Characters that reorder or hide the text around them.
 */
const INVISIBLE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/g;

/**
 * The person that the `user` of an awareness state is about; null when it names nobody.
 */
export function personOf(user: unknown): IPerson | null {
  if (typeof user !== 'object' || user === null) {
    return null;
  }
  const fields = user as Record<string, unknown>;
  const username = text(fields['username']) || text(fields['name']);
  if (!username) {
    return null;
  }
  const name =
    nameOf(fields['display_name']) ||
    nameOf(fields['name']) ||
    nameOf(username) ||
    '?';
  const initials = Array.from(nameOf(fields['initials']));
  const kind = text(fields['kind']);
  return {
    username,
    name,
    initials:
      initials.length > 1
        ? initials.slice(0, MOST_INITIALS).join('')
        : initialsOf(name),
    color: chosenColor(fields['color']) ?? colorOf(username),
    avatarUrl: imageUrl(fields['avatar_url']),
    kind: KINDS.includes(kind) ? (kind as PersonKind) : 'human'
  };
}

/**
 * A colour for a name that is the same in every browser.
 */
export function colorOf(username: string): string {
  let hash = 0;
  for (const character of username) {
    hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 0x7fffffff;
  }
  return `var(--jp-collaborator-color${1 + (hash % THEME_COLORS)})`;
}

/**
 * The colour that the server says; null for everything that is no plain colour, and for those that
 * JupyterLab makes up at random for oneself, which nobody else sees.
 */
function chosenColor(color: unknown): string | null {
  return /^#[0-9a-f]{6}$/i.test(text(color)) ? text(color) : null;
}

/**
 * The text colour with the higher contrast on a `#rrggbb` colour; undefined for the themes' own
 * collaborator colours, which go with the theme's text colour.
 */
export function inkOn(color: string): 'black' | 'white' | undefined {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (!hex) {
    return undefined;
  }
  // Relative luminance of WCAG 2.2; below 0.18 white text has the higher contrast.
  const [red = 0, green = 0, blue = 0] = hex.slice(1).map(part => {
    const channel = parseInt(part, 16) / 255;
    return channel <= 0.04045
      ? channel / 12.92
      : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.18
    ? 'white'
    : 'black';
}

/**
 * One or two letters for a name.
 */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0] ?? '';
  const last = words.length > 1 ? (words[words.length - 1] ?? '') : '';
  const letters = [first, last].map(w => Array.from(w)[0] ?? '').join('');
  return letters.toLocaleUpperCase() || '?';
}

/**
 * A name as it may be shown: one line, nothing invisible, not longer than a name.
 */
function nameOf(value: unknown): string {
  const cut = text(value).slice(0, 4 * LONGEST_NAME);
  const name = cut.replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim();
  const letters = Array.from(name);
  return letters.length > LONGEST_NAME
    ? `${letters.slice(0, LONGEST_NAME).join('')}…`
    : name;
}

/**
 * The address of a picture, as far as it is one that a page may show.
 */
function imageUrl(value: unknown): string | null {
  const url = text(value);
  const isPicture = /^data:image\/(png|jpeg|gif|webp|avif);/i.test(url);
  const isRelative = !/^[^/?#]*:/.test(url);
  return url && (isPicture || isRelative || /^https?:/i.test(url)) ? url : null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
