// Questions that are kept under a name: a person's own in their settings, others in the notebook.

import type { ISharedNotebook } from '@jupyter/ydoc';
import type { JSONObject, PartialJSONObject } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

/**
 * Where a prompt is kept.
 */
export type PromptPlace = 'person' | 'notebook';

/**
 * A question with a name.
 */
export interface IPrompt {
  readonly name: string;
  readonly text: string;
  readonly place: PromptPlace;
}

/**
 * What of a plugin's settings is needed.
 */
export interface IPromptSettings {
  readonly composite: { readonly [key: string]: unknown };
  readonly changed: ISignal<unknown, unknown>;
  set(key: string, value: JSONObject[]): Promise<void>;
}

/**
 * The part of a notebook's model that is needed.
 */
export type IPromptNotebook = Pick<
  ISharedNotebook,
  'getMetadata' | 'setMetadata' | 'deleteMetadata'
>;

/**
 * Our key in a notebook's metadata.
 */
const OURS = 'anode_jlab';

/**
 * The key below it, and that of the settings.
 */
const PROMPTS = 'prompts';

const NAME_CHARACTERS = 40;

/**
 * So many of a place are listed: who wrote the file may be anybody.
 */
const MOST = 100;

/**
 * The prompts of a person, and those of notebooks.
 */
export class SavedPrompts {
  /**
   * Told when those of the person are others.
   */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /**
   * Whether a person's own can be kept.
   */
  get hasSettings(): boolean {
    return this._settings !== null;
  }

  /**
   * The person's settings are known.
   */
  setSettings(settings: IPromptSettings): void {
    this._settings = settings;
    const tell = (): void => this._changed.emit();
    settings.changed.connect(tell);
    tell();
  }

  /**
   * The person's own first, then those of the notebook.
   */
  all(notebook: IPromptNotebook | null): readonly IPrompt[] {
    return [
      ...read(this._settings?.composite[PROMPTS], 'person'),
      ...(notebook ? read(ours(notebook)[PROMPTS], 'notebook') : [])
    ];
  }

  /**
   * Keep a prompt instead of the one of its name at its place.
   */
  async save(prompt: IPrompt, notebook: IPromptNotebook | null): Promise<void> {
    const others = this._others(prompt, notebook);
    await this._write(prompt.place, [...others, prompt], notebook);
  }

  /**
   * Keep a prompt no longer.
   */
  async remove(
    prompt: IPrompt,
    notebook: IPromptNotebook | null
  ): Promise<void> {
    const others = this._others(prompt, notebook);
    await this._write(prompt.place, others, notebook);
  }

  private _others(
    { name, place }: IPrompt,
    notebook: IPromptNotebook | null
  ): readonly IPrompt[] {
    const there = this.all(notebook).filter(one => one.place === place);
    return there.filter(one => one.name !== name);
  }

  private async _write(
    place: PromptPlace,
    prompts: readonly IPrompt[],
    notebook: IPromptNotebook | null
  ): Promise<void> {
    const plain = prompts.map(({ name, text }) => ({ name, text }));
    if (place === 'person') {
      await this._settings?.set(PROMPTS, plain);
    } else if (notebook) {
      const rest = Object.entries(ours(notebook)).filter(
        ([key]) => key !== PROMPTS
      );
      const value = Object.fromEntries(
        plain.length > 0 ? [...rest, [PROMPTS, plain]] : rest
      );
      if (Object.keys(value).length > 0) {
        notebook.setMetadata(OURS, value);
      } else {
        notebook.deleteMetadata(OURS);
      }
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _settings: IPromptSettings | null = null;
}

/**
 * What is in front, and whether the person may change it.
 */
export interface IPromptsPlace {
  readonly notebook: IPromptNotebook | null;
  readonly mayWrite: boolean;
}

/**
 * The prompts where the person is now.
 */
export class PlacedPrompts {
  constructor(
    private readonly _saved: SavedPrompts,
    private readonly _place: () => IPromptsPlace
  ) {}

  get all(): readonly IPrompt[] {
    return this._saved.all(this._place().notebook);
  }

  /**
   * Where this person may keep one.
   */
  get places(): readonly PromptPlace[] {
    const { notebook, mayWrite } = this._place();
    return [
      ...(this._saved.hasSettings ? (['person'] as const) : []),
      ...(notebook && mayWrite ? (['notebook'] as const) : [])
    ];
  }

  save(prompt: IPrompt): Promise<void> {
    return this._saved.save(prompt, this._place().notebook);
  }

  remove(prompt: IPrompt): Promise<void> {
    return this._saved.remove(prompt, this._place().notebook);
  }
}

/**
 * A name as it can be written behind a slash; empty when nothing is left of it.
 */
export function promptName(text: string): string {
  return text
    .trim()
    .replace(/[\s@/]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, NAME_CHARACTERS)
    .replace(/-+$/, '')
    .toLowerCase();
}

function ours(notebook: IPromptNotebook): PartialJSONObject {
  const value: unknown = notebook.getMetadata(OURS);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as PartialJSONObject)
    : {};
}

/**
 * What is no prompt is passed over: people edit settings and files by hand.
 */
function read(value: unknown, place: PromptPlace): IPrompt[] {
  const rows: unknown[] = Array.isArray(value) ? value : [];
  return rows
    .flatMap(row => {
      const { name, text } = (row ?? {}) as { name?: unknown; text?: unknown };
      const isOne = typeof name === 'string' && typeof text === 'string';
      const word = isOne ? promptName(name) : '';
      return isOne && word !== '' ? [{ name: word, text, place }] : [];
    })
    .slice(0, MOST);
}
