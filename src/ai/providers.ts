// What this page knows of the assistant: asked for once, and again when somebody set something.

import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IAiState } from '../api/ai';
import { ApiError } from '../api/errors';
import type { AiMode, IAiChoice, IAiProvider, IAnodeAi } from '../tokens/ai';
import type { Choices } from './choices';

/**
 * The part of the server's routes that is needed.
 */
export interface IAiSource {
  state(discover?: boolean): Promise<IAiState>;
}

/**
 * What is known while the server said nothing, or has no assistant.
 */
const NOTHING: IAiState = { enabled: false, max_mode: 'ask', providers: [] };

/**
 * Whether a provider can be asked, or could be but for what it says itself.
 */
export function isUsable({ key, models }: IAiProvider): boolean {
  return key.set || models.some(({ available }) => available);
}

/**
 * The providers of the assistant.
 */
export class AiProviders implements IAnodeAi {
  constructor(
    private readonly _source: IAiSource,
    private readonly _choices: Choices
  ) {}

  get isSet(): boolean {
    return this._state.enabled && this.providers.some(isUsable);
  }

  get isThere(): boolean {
    return this._isThere;
  }

  get reason(): string {
    const { message, hint } = this._state.reason ?? { message: '', hint: '' };
    return `${message} ${hint}`.trim();
  }

  get maxMode(): AiMode {
    return this._state.max_mode;
  }

  get providers(): readonly IAiProvider[] {
    return this._state.providers;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /**
   * Whether the server answered, were it that it has no assistant.
   */
  get isKnown(): boolean {
    return this._isKnown;
  }

  choiceOf(notebookId: string): IAiChoice | null {
    const known = this._choices.of(notebookId);
    return known.find(choice => this._can(choice)) ?? this._first;
  }

  choose(notebookId: string, choice: IAiChoice): void {
    this._choices.set(notebookId, choice);
    this._changed.emit();
  }

  async refresh(discover = false): Promise<void> {
    const asked = ++this._asked;
    let state = NOTHING;
    let isThere = false;
    try {
      state = await this._source.state(discover);
      isThere = true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) {
        // It cannot be told now; what was known stays.
        return;
      }
    }
    if (asked !== this._asked) {
      return;
    }
    this._isKnown = true;
    this._isThere = isThere;
    this._state = state;
    this._changed.emit();
  }

  private _can({ provider, model }: IAiChoice): boolean {
    return this.providers.some(
      ({ id, models }) =>
        id === provider &&
        models.some(({ id, available }) => id === model && available)
    );
  }

  private get _first(): IAiChoice | null {
    for (const { id, models } of this.providers) {
      const model = models.find(({ available }) => available);
      if (model) {
        return { provider: id, model: model.id };
      }
    }
    return null;
  }

  private readonly _changed = new Signal<this, void>(this);
  private _state = NOTHING;
  private _isThere = false;
  private _isKnown = false;
  private _asked = 0;
}
