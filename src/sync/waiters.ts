// People who wait for one thing to come true.

/**
 * Promises that are settled together.
 */
export class Waiters<T> {
  /**
   * Wait for the next `resolve` or `reject`.
   */
  wait(): Promise<T> {
    return new Promise((resolve, reject) => {
      this._waiting.push({ resolve, reject });
    });
  }

  /**
   * It came true for everybody who waits.
   */
  resolve(value: T): void {
    for (const { resolve } of this._waiting.splice(0)) {
      resolve(value);
    }
  }

  /**
   * It will not come true.
   */
  reject(error: Error): void {
    for (const { reject } of this._waiting.splice(0)) {
      reject(error);
    }
  }

  private readonly _waiting: {
    resolve: (value: T) => void;
    reject: (error: Error) => void;
  }[] = [];
}
