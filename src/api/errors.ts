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
 * What went wrong in one paragraph, with the server's advice if there is some.
 */
export function advised(error: unknown): string {
  const { message, hint = '' } = error as Error & { hint?: string };
  return `${message} ${hint}`.trim();
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

/**
 * Answers of a proxy, as JupyterHub's, while the server behind it is away.
 */
const OUTAGES: readonly number[] = [424, 502, 503, 504];

/**
 * Whether a status is a proxy's, for a server that is away.
 */
export function isOutageStatus(status: number): boolean {
  return OUTAGES.includes(status);
}

/**
 * Whether the server is away, as far as an error tells: it did not answer, or a proxy did.
 */
export function isOutage(error: unknown): boolean {
  return (
    error instanceof NotReachedError ||
    (error instanceof ApiError &&
      isOutageStatus(error.status) &&
      error.code === `http_${error.status}`)
  );
}
