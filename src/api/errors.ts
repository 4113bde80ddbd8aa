// What the server answered when it refused: its stable code, its sentence, its advice.

/**
 * An answer `{"code", "message", "hint"}` of the server with its HTTP status.
 */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/**
 * The server did not answer at all.
 */
export class NotReachedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotReachedError';
  }
}
