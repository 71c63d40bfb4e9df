import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commit, commitKey } from '../src/reading/commit';
import { Draft, type SaveState } from '../src/reading/draft';
import {
  chosenException,
  choiceForDigit,
  missing,
  REASON,
  toCommit,
  toggleException,
  typeDigit,
  withAnswer,
  type Answers,
  type Exception,
  type Question,
} from '../src/reading/model';
import { IDLE_MS, Presence, type TimingKind } from '../src/reading/timing';
import { answerWith, storage } from './answers';

const question = (id: string, role: string | null, required = true): Question => ({
  id,
  kind: 'single',
  text: id,
  choices: ['a', 'b'],
  min: null,
  max: null,
  required,
  role,
});
const questions = [
  question('bm', 'decision'),
  question('dx', 'decision'),
  question('rating', 'rating'),
  question('note', null, false),
];
const noLesion: Exception = { value: 'no_lesion', text: 'No lesion', needs_reason: false };
const unclear: Exception = { value: 'cannot_assess', text: 'Can’t assess', needs_reason: true };
const exceptions = [noLesion, unclear];

describe('answers', () => {
  it('are missing until every required question has one', () => {
    expect(missing(questions, exceptions, {})).toEqual(['bm', 'dx', 'rating']);
    expect(missing(questions, exceptions, { bm: 'a', dx: 'b', rating: 0 })).toEqual([]);
  });

  it('are taken back by an empty value', () => {
    expect(withAnswer({ bm: 'a', note: 'x' }, 'note', '')).toEqual({ bm: 'a' });
  });

  it('give way to an exception that answers every decision, and come back', () => {
    const before: Answers = { bm: 'a', rating: 40 };
    const on = toggleException(questions, before, noLesion);
    expect(on).toEqual({ bm: 'no_lesion', dx: 'no_lesion', rating: 40 });
    expect(chosenException(questions, exceptions, on)).toBe(noLesion);
    expect(missing(questions, exceptions, on)).toEqual([]);
    expect(toCommit(questions, exceptions, on)).toEqual({ bm: 'no_lesion', dx: 'no_lesion' });
    expect(toggleException(questions, on, noLesion)).toEqual({ rating: 40 });
  });

  it('need a reason where a case can’t be assessed', () => {
    const on = toggleException(questions, {}, unclear);
    expect(missing(questions, exceptions, on)).toEqual([REASON]);
    const given = withAnswer(on, REASON, 'motion');
    expect(missing(questions, exceptions, given)).toEqual([]);
    expect(toCommit(questions, exceptions, given)).toEqual({
      bm: 'cannot_assess',
      dx: 'cannot_assess',
      reason: 'motion',
    });
  });

  it('leave an old reason out when the case is answered after all', () => {
    const answers = { bm: 'a', dx: 'b', rating: 3, reason: 'motion' };
    expect(toCommit(questions, exceptions, answers)).toEqual({ bm: 'a', dx: 'b', rating: 3 });
  });
});

describe('digits', () => {
  it('mean the choice they are, else the one in their place', () => {
    expect(choiceForDigit(['HCC', 'ICC'], '2')).toBe('ICC');
    expect(choiceForDigit(['0', '1', '2'], '2')).toBe('2');
    expect(choiceForDigit(['HCC', 'ICC'], '9')).toBeUndefined();
  });

  it('are put together to a number within the slider’s range', () => {
    const range = { min: 0, max: 100 };
    expect(['7', '5', '3'].reduce((typed, digit) => typeDigit(typed, digit, range), '')).toBe('3');
    expect(['1', '0', '0'].reduce((typed, digit) => typeDigit(typed, digit, range), '')).toBe(
      '100',
    );
    expect(['0', '5'].reduce((typed, digit) => typeDigit(typed, digit, range), '')).toBe('5');
  });
});

describe('the draft', () => {
  const opened = {
    reading: { id: 'r1', code: 'K', n: 1, total: 2, period: 1, ai: false },
    draft: { answers: {} as Answers, revision: 4 },
    draft_url: '/draft/',
  };
  let states: SaveState[];
  const start = (kept: Storage = storage(), draft = opened.draft): Draft =>
    new Draft({
      opened: { ...opened, draft },
      onState: (state) => states.push(state),
      storage: kept,
    });

  beforeEach(() => {
    states = [];
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('is saved once after a quiet, with its revision', async () => {
    const asked = answerWith({ json: { revision: 5 } });
    const draft = start();
    draft.change({ bm: 'a' });
    await vi.advanceTimersByTimeAsync(500);
    draft.change({ bm: 'b' });
    expect(asked).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(800);
    expect(asked.map(({ method, body }) => [method, body])).toEqual([
      ['PUT', { answers: { bm: 'b' }, revision: 4 }],
    ]);
    expect(states.at(-1)).toBe('saved');
    draft.change({ bm: 'a' });
    await vi.advanceTimersByTimeAsync(800);
    expect(asked[1]?.body).toEqual({ answers: { bm: 'a' }, revision: 5 });
  });

  it('waits out a lost line and keeps the answers in the browser meanwhile', async () => {
    const kept = storage();
    answerWith('lost', 'lost', { json: { revision: 5 } });
    const draft = start(kept);
    draft.change({ bm: 'a' });
    await vi.advanceTimersByTimeAsync(800);
    expect(states.at(-1)).toBe('offline');
    expect(start(kept).answers).toEqual({ bm: 'a' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states.at(-1)).toBe('saved');
    expect(kept.length).toBe(0);
  });

  it('prefers the server’s answers when another window has saved', () => {
    const kept = storage();
    answerWith({ json: { revision: 6 } });
    start(kept).change({ bm: 'a' });
    const server = { answers: { bm: 'b' }, revision: 5 };
    expect(start(kept, server).answers).toEqual({ bm: 'b' });
  });

  it('sends again what was not answered before anything newer', async () => {
    const asked = answerWith('lost', { json: { revision: 5 } }, { json: { revision: 6 } });
    const draft = start();
    draft.change({ bm: 'a' });
    await vi.advanceTimersByTimeAsync(900);
    draft.change({ bm: 'b' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.map(({ body }) => body)).toEqual([
      { answers: { bm: 'a' }, revision: 4 },
      { answers: { bm: 'a' }, revision: 4 },
      { answers: { bm: 'b' }, revision: 5 },
    ]);
    expect(states.at(-1)).toBe('saved');
  });

  it('offers after a reload what another window kept from being saved', async () => {
    const kept = storage();
    answerWith({ status: 409, json: { detail: 'Another window has changed it.' } });
    const draft = start(kept);
    draft.change({ bm: 'a' });
    await vi.advanceTimersByTimeAsync(800);
    draft.change({ bm: 'a', dx: 'b' });
    const asked = answerWith({ json: { revision: 6 } });
    const again = start(kept, { answers: { bm: 'b' }, revision: 5 });
    expect(again.answers).toEqual({ bm: 'b' });
    expect(again.aside).toEqual({ bm: 'a', dx: 'b' });
    expect(again.takeAside()).toEqual({ bm: 'a', dx: 'b' });
    await vi.advanceTimersByTimeAsync(800);
    expect(asked[0]?.body).toEqual({ answers: { bm: 'a', dx: 'b' }, revision: 5 });
    expect(again.aside).toBeNull();
    expect(kept.length).toBe(0);
  });

  it('stops at a conflict instead of overwriting', async () => {
    const asked = answerWith({ status: 409, json: { detail: 'Another window has changed it.' } });
    const draft = start();
    draft.change({ bm: 'a' });
    await vi.advanceTimersByTimeAsync(800);
    expect(states.at(-1)).toBe('conflict');
    draft.change({ bm: 'b' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
  });

  it('forgets everything when the reading is committed', async () => {
    const kept = storage();
    const asked = answerWith({ json: { revision: 5 } });
    const draft = start(kept);
    draft.change({ bm: 'a' });
    draft.finish();
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toHaveLength(0);
    expect(kept.length).toBe(0);
  });
});

describe('committing', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('sends the same key until it hears back', async () => {
    const asked = answerWith(
      'lost',
      { status: 503, json: {} },
      { json: { committed: true, next: null } },
    );
    let lost = 0;
    const key = commitKey('r1', storage());
    await commit(
      '/commit/',
      { bm: 'a' },
      key,
      () => (lost += 1),
      () => Promise.resolve(),
    );
    expect(lost).toBe(2);
    expect(asked.map(({ headers }) => headers['Idempotency-Key'])).toEqual([key, key, key]);
    expect(asked[2]?.body).toEqual({ answers: { bm: 'a' } });
  });

  it('keeps the key of a reading over a reload', () => {
    const kept = storage();
    expect(commitKey('r1', kept)).toBe(commitKey('r1', kept));
    expect(commitKey('r1', kept)).not.toBe(commitKey('r2', kept));
    expect(commitKey('r1', kept)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('does not try again what was refused', async () => {
    const asked = answerWith({ status: 400, json: { detail: 'Answer this question.' } });
    const attempt = commit(
      '/commit/',
      {},
      'k',
      () => undefined,
      () => Promise.resolve(),
    );
    await expect(attempt).rejects.toThrow('Answer this question.');
    expect(asked).toHaveLength(1);
  });
});

describe('presence', () => {
  it('reports each change once', () => {
    let now = 0;
    const kinds: TimingKind[] = [];
    const presence = new Presence(
      (kind) => kinds.push(kind),
      () => now,
    );
    presence.focus(true);
    now = IDLE_MS - 1;
    presence.tick();
    now = IDLE_MS;
    presence.tick();
    presence.tick();
    presence.input();
    presence.input();
    presence.focus(false);
    presence.focus(false);
    presence.focus(true);
    expect(kinds).toEqual(['idle', 'active', 'blur', 'focus']);
  });
});
