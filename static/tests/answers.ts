/** Answering `fetch` from a list, in place of a server. */
import { vi } from 'vitest';

export interface Asked {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: unknown;
}

type Answer = { status?: number; json?: unknown; bytes?: Uint8Array; type?: string } | 'lost';

/** Replace `fetch`: each request takes the next answer; the last one repeats. Returns what came. */
export function answerWith(...answers: Answer[]): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal('document', { querySelector: () => null, cookie: 'csrftoken=abc' });
  vi.stubGlobal('fetch', (url: string, options: RequestInit = {}) => {
    const text = typeof options.body === 'string' ? options.body : 'null';
    asked.push({
      url,
      method: options.method ?? 'GET',
      headers: (options.headers ?? {}) as Record<string, string>,
      body: JSON.parse(text),
    });
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
    if (answer === 'lost') return Promise.reject(new TypeError('network'));
    const body = answer.bytes ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
    const empty = answer.status === 204;
    const headers: HeadersInit = answer.type ? { 'Content-Type': answer.type } : {};
    return Promise.resolve(
      new Response(empty ? null : (body as BodyInit), { status: answer.status ?? 200, headers }),
    );
  });
  return asked;
}

/** Storage in memory. */
export function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    clear: () => kept.clear(),
    key: (i: number) => [...kept.keys()][i] ?? null,
    get length() {
      return kept.size;
    },
  };
}
