import { afterEach, describe, expect, it, vi } from 'vitest';
import { api, backOff, Problem, problemOf } from '../src/shared/http';
import { answerWith } from './answers';

afterEach(() => vi.unstubAllGlobals());

describe('talking to the API', () => {
  it('sends JSON with the CSRF token on writes only', async () => {
    const asked = answerWith({ json: { ok: 1 } });
    expect(await api('/a/')).toEqual({ ok: 1 });
    await api('/b/', { method: 'POST', json: { x: 2 } });
    expect(asked[0]?.headers['X-CSRFToken']).toBeUndefined();
    expect(asked[1]).toMatchObject({ method: 'POST', body: { x: 2 } });
    expect(asked[1]?.headers['X-CSRFToken']).toBe('abc');
  });

  it('gives the server’s sentence and code', async () => {
    answerWith({ status: 409, json: { detail: 'Another window.', code: 'draft_changed' } });
    const problem = await api('/a/').catch((error: unknown) => error as Problem);
    expect(problem).toMatchObject({
      status: 409,
      message: 'Another window.',
      code: 'draft_changed',
    });
    expect((problem as Problem).temporary).toBe(false);
  });

  it('calls a lost line temporary', async () => {
    answerWith('lost');
    const problem = await api('/a/').catch((error: unknown) => error as Problem);
    expect(problem).toMatchObject({ status: 0, temporary: true });
  });

  it('accepts an empty answer', async () => {
    answerWith({ status: 204 });
    expect(await api('/a/', { method: 'POST' })).toBeUndefined();
  });
});

it('has a sentence of its own for answers that are no problem+json', () => {
  expect(problemOf(413, '<html>').message).toMatch(/larger/);
  expect(problemOf(502, '').temporary).toBe(true);
  expect(problemOf(500, '').temporary).toBe(false);
});

it('waits longer each time, up to a limit', () => {
  expect([0, 1, 2, 10].map((n) => backOff(n))).toEqual([1000, 2000, 4000, 30_000]);
});
