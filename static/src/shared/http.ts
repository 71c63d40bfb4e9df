/** Talking to `/api/v1`: JSON, CSRF token, and problem+json (RFC 9457) as one error class. */
import { gettext } from './i18n';

/** What the server refused, in its own plain sentence. `status` 0: the line is lost. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code: string = '',
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  /** Whether the same request may succeed later without anybody changing it. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

/**
 * The CSRF token: of the cookie, because a sign-in in another tab changes it while this page stays
 * open; else the one Django put into the page (form field or meta).
 */
export function csrfToken(): string {
  const cookie = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  const field = document.querySelector<HTMLInputElement>('input[name=csrfmiddlewaretoken]');
  const meta = document.querySelector<HTMLMetaElement>('meta[name=csrf-token]');
  return cookie ?? field?.value ?? meta?.content ?? '';
}

/** Turn an answer that is not 2xx into a `Problem`. */
export function problemOf(status: number, text: string): Problem {
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed && typeof parsed === 'object') body = parsed as Record<string, unknown>;
  } catch {
    body = {};
  }
  const sentence = [body['detail'], body['title']].find((part) => typeof part === 'string');
  const code = typeof body['code'] === 'string' ? body['code'] : '';
  return new Problem(status, (sentence as string | undefined) ?? sentenceFor(status), code, body);
}

function sentenceFor(status: number): string {
  if (status === 0) return gettext('The line to the server is lost. Trying again.');
  if (status === 401 || status === 403)
    return gettext('You are signed out or may not do this. Sign in again in another tab.');
  if (status === 404) return gettext('This does not exist or is not open to you.');
  if (status === 413) return gettext('This is larger than the server takes.');
  if (status === 507) return gettext('The server has no room left. Tell the administrator.');
  return gettext('The server could not do this. Try again, or tell the administrator.');
}

export interface Request {
  method?: string;
  json?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  keepalive?: boolean;
}

/** Send a request; resolves to the parsed JSON (undefined when empty), rejects with `Problem`. */
export async function api<T>(url: string, request: Request = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', ...request.headers };
  const method = request.method ?? 'GET';
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken();
  const options: RequestInit = { method, headers, credentials: 'same-origin' };
  if (request.json !== undefined) {
    headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(request.json);
  }
  if (request.signal) options.signal = request.signal;
  if (request.keepalive) options.keepalive = true;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, options);
    text = await response.text();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw problemOf(0, '');
  }
  if (!response.ok) throw problemOf(response.status, text);
  return (text ? JSON.parse(text) : undefined) as T;
}

/** A pause in ms that ends at once when the signal aborts or the browser is online again. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      globalThis.removeEventListener?.('online', done);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    globalThis.addEventListener?.('online', done);
    signal?.addEventListener('abort', done);
  });
}

/** Waiting time in ms before attempt `n` (0-based): doubling from `first`, at most `longest`. */
export function backOff(n: number, first = 1000, longest = 30_000): number {
  return Math.min(longest, first * 2 ** n);
}
