// What this page knows of the assistant: asked for once, and again when somebody set something.

import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IAiState } from '../api/ai';
import { ApiError } from '../api/errors';
import type { AiMode, IAiProvider, IAnodeAi } from '../tokens/ai';

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
  constructor(private readonly _source: IAiSource) {}

  get isSet(): boolean {
    return this._state.enabled && this.providers.some(isUsable);
  }

  get isThere(): boolean {
    return this._isThere;
  }

  get reason(): string {
    return this._state.reason ?? '';
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

  private readonly _changed = new Signal<this, void>(this);
  private _state = NOTHING;
  private _isThere = false;
  private _isKnown = false;
  private _asked = 0;
}
