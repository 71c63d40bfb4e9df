import { describe, expect, it } from 'vitest';
import { chordOf, chordText } from '../src/shared/keymap';
import { clock, Cine, frameAt, timesOf } from '../src/viewer/cine';
import { between } from '../src/viewer/cover';
import { interleave, outward, runAhead } from '../src/viewer/prefetch';
import { WheelSteps } from '../src/viewer/wheel';
import { madeSeries } from './made';

describe('loading ahead', () => {
  it('goes outward from the shown slice and misses none', () => {
    expect(outward(6, 2)).toEqual([2, 3, 1, 4, 0, 5]);
    expect(outward(4, 0)).toEqual([0, 1, 2, 3]);
    expect(outward(3, 99)).toEqual([2, 1, 0]);
    expect(outward(0, 0)).toEqual([]);
  });

  it('takes from each series in turn', () => {
    expect(interleave([['a1', 'a2', 'a3'], ['b1'], ['c1', 'c2']])).toEqual([
      'a1',
      'b1',
      'c1',
      'a2',
      'c2',
      'a3',
    ]);
  });

  it('keeps to the limit, goes on after a failure and stops when it is not wanted', async () => {
    let [running, most] = [0, 0];
    const done: number[] = [];
    const load = async (n: number): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      if (n === 3) throw new Error('gone');
      done.push(n);
    };
    await runAhead([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], load, () => done.length < 7, 3);
    expect(most).toBe(3);
    expect(done).not.toContain(3);
    expect(done.length).toBeGreaterThanOrEqual(7);
    expect(done).not.toContain(9);
  });
});

describe('the wheel', () => {
  const event = (deltaY: number, deltaMode = 0): { deltaY: number; deltaMode: number } => ({
    deltaY,
    deltaMode,
  });

  it('moves one slice per notch, in pixels or lines', () => {
    const steps = new WheelSteps();
    expect([120, -100, 53].map((d) => steps.take(event(d)))).toEqual([1, -1, 1]);
    expect(steps.take(event(-4, 1))).toBe(-1);
  });

  it('collects the small steps of a touchpad', () => {
    const steps = new WheelSteps();
    expect([20, 20, 20, 20, 20].map((d) => steps.take(event(d)))).toEqual([0, 0, 1, 0, 0]);
    expect(steps.take(event(-20))).toBe(0);
  });
});

describe('a clip', () => {
  const frame = { position_mm: null };
  const steady = timesOf(madeSeries({ frames: Array(10).fill(frame), frame_time_ms: 50 }));
  const uneven = timesOf(
    madeSeries({ frames: Array(3).fill(frame), frame_time_ms: 60, frame_times_ms: [0, 20, 120] }),
  );

  it('plays in real time, skipping frames that are late, and loops', () => {
    expect([0, 149, 570].map((at) => frameAt(steady, at))).toEqual([0, 2, 1]);
    expect([19, 20, 119, 120, 179, 180].map((at) => frameAt(uneven, at))).toEqual([
      0, 1, 1, 2, 2, 0,
    ]);
  });

  it('tells its time, and that it knows none', () => {
    expect(clock(steady, 3)).toBe('0.15 of 0.50 s');
    expect(clock(uneven, 2)).toBe('0.12 of 0.18 s');
    const unknown = timesOf(madeSeries({ frames: [frame, frame], frame_time_ms: null }));
    expect(clock(unknown, 1)).toBe('times unknown');
    expect(frameAt(unknown, 70)).toBe(1);
  });

  it('is played at one of five speeds', () => {
    const cine = new Cine(() => undefined);
    const tried = [1, 1, 1, -1, -1, -1, -1, -1].map((steps) => {
      cine.changeSpeed(steps);
      return cine.speed;
    });
    expect(tried).toEqual([2, 4, 4, 2, 1, 0.5, 0.25, 0.25]);
  });
});

describe('chords', () => {
  const key = (text: string, change: object = {}): string =>
    chordOf({ key: text, ctrlKey: false, metaKey: false, altKey: false, ...change });

  it('name keys the same with Caps Lock and on a Mac', () => {
    expect(key('W')).toBe('w');
    expect(key('?')).toBe('?');
    expect(key(' ')).toBe('Space');
    expect(key('z', { ctrlKey: true })).toBe('Ctrl+Z');
    expect(key('z', { metaKey: true })).toBe('Ctrl+Z');
    expect(key('F3')).toBe('F3');
  });

  it('are written with arrows', () => {
    expect(chordText(['ArrowDown', 'PageUp', 'w'])).toBe('↓  PgUp  w');
  });
});

it('covers whole pixels between two corners, whichever comes first', () => {
  expect(between([9.7, 3.2], [4.4, 12.6])).toEqual([4, 3, 11, 14]);
  expect(between([-0.5, -0.5], [0.2, 0.2])).toEqual([0, 0, 1, 1]);
});
