// One way to ask our routes: typed body in, typed answer or typed error out.

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError, NotReachedError } from './errors';

/**
 * Where our routes live under the server's base URL.
 */
export const API = 'anode/api';

/**
 * Send a request.
 *
 * @param settings - the server.
 * @param method - HTTP method.
 * @param path - path under `anode/api`, already encoded.
 * @param body - sent as JSON when given.
 * @param isLast - whether it shall arrive though the page goes now; browsers then take 64 KiB.
 * @param signal - breaks it off.
 *
 * @returns the decoded answer.
 *
 * @throws ApiError when the server refuses, NotReachedError when it does not answer.
 */
export async function request<T>(
  settings: ServerConnection.ISettings,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
  isLast = false,
  signal: AbortSignal | null = null
): Promise<T> {
  const url = URLExt.join(settings.baseUrl, API, path);
  const init: RequestInit =
    body === undefined
      ? { method, cache: 'no-store', signal }
      : {
          method,
          signal,
          keepalive: isLast,
          body: JSON.stringify(body),
          headers: { 'Content-Type': 'application/json' }
        };
  let response: Response;
  let text: string;
  try {
    response = await ServerConnection.makeRequest(url, init, settings);
    text = await response.text();
  } catch (error) {
    throw new NotReachedError(error instanceof Error ? error.message : '');
  }
  const answer = parse(text);
  if (!response.ok) {
    throw toError(response.status, response.statusText, answer);
  }
  return answer as T;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Also understands what is not ours: a proxy's page, jupyter_server's `{"message", "reason"}`.
 */
export function toError(
  status: number,
  fallback: string,
  answer: unknown
): ApiError {
  const fields: Record<string, unknown> =
    typeof answer === 'object' && answer !== null ? { ...answer } : {};
  const text = (name: string) =>
    typeof fields[name] === 'string' ? fields[name] : '';
  return new ApiError(
    status,
    text('code') || `http_${status}`,
    text('message') || fallback || String(status),
    text('hint')
  );
}
