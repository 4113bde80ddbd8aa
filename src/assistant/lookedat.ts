// Something of the server that is asked for once somebody looks at it, and again when it may be another.

/**
 * The last answer of the server; the newest question wins.
 */
export class LookedAt<T> {
  constructor(
    private readonly _ask: () => Promise<T>,
    private _value: T,
    private readonly _changed: () => void
  ) {}

  /**
   * The value as it is known; the first look asks for it.
   */
  get value(): T {
    if (!this._isWanted) {
      this._isWanted = true;
      this.refresh();
    }
    return this._value;
  }

  /**
   * Why the last question had no answer; null when it had.
   */
  get error(): Error | null {
    return this._error;
  }

  /**
   * Ask again, if anybody ever looked.
   */
  refresh(): void {
    if (this._isWanted) {
      void this._load();
    }
  }

  private async _load(): Promise<void> {
    const asked = ++this._asked;
    try {
      const value = await this._ask();
      if (asked === this._asked) {
        this._value = value;
        this._error = null;
      }
    } catch (error) {
      if (asked === this._asked) {
        this._error = error as Error;
      }
    }
    this._changed();
  }

  private _isWanted = false;
  private _asked = 0;
  private _error: Error | null = null;
}
