import { describe, expect, it } from 'vitest';
import {
  firstOffset,
  follow,
  linkable,
  nearest,
  offsetsFromShown,
  type Linkable,
} from '../src/viewer/linking';

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);

function stack(positions: number[], change: Partial<Linkable> = {}): Linkable {
  return { located: true, normal: [0, 0, 1], positions, frameOfReference: 'f', ...change };
}

describe('the nearest slice', () => {
  it('takes the first of two equally near ones and says by how much it misses', () => {
    expect(nearest([0, 5, 10], 7.5)).toEqual({ index: 1, miss: 2.5 });
    expect(nearest([10, 5, 0], 40)).toEqual({ index: 0, miss: 30 });
  });
});

describe('what can be linked', () => {
  it('needs parallel slices', () => {
    const tilted = stack([0], { normal: [0, Math.sin(0.3), Math.cos(0.3)] });
    expect(linkable(stack([0]), stack([9], { frameOfReference: 'other' }))).toBe(true);
    expect(linkable(stack([0]), tilted)).toBe(false);
  });

  it('links frame by frame without geometry only when there are as many', () => {
    const bare = (n: number): Linkable => stack(range(0, n - 1, 1), { located: false });
    expect(linkable(bare(5), bare(5))).toBe(true);
    expect(linkable(bare(5), bare(6))).toBe(false);
    expect(linkable(bare(5), stack([1, 2, 3, 4, 5]))).toBe(false);
  });
});

describe('the first offset', () => {
  it('is nothing in one frame of reference, even where ranges do not meet', () => {
    expect(firstOffset(stack(range(0, 100, 5)), stack(range(300, 400, 5)))).toBe(0);
  });

  it('is nothing for other frames of reference that cover the same place', () => {
    const other = stack(range(10, 110, 5), { frameOfReference: 'g' });
    expect(firstOffset(stack(range(0, 100, 5)), other)).toBe(0);
  });

  it('puts middle to middle where the origins mean nothing', () => {
    const other = stack(range(500, 620, 3), { frameOfReference: 'g' });
    expect(firstOffset(stack(range(0, 100, 5)), other)).toBe(560 - 50);
  });
});

describe('following', () => {
  it('goes to the same place in another spacing', () => {
    const target = stack(range(0, 100, 2.5));
    expect(follow(target, 60, 0, 0)).toEqual({ index: 24, miss: 0 });
  });

  it('keeps the shift that was shown when the link was switched on', () => {
    // The user brought 40 and 52.5 together: a breath-hold 12.5 mm higher.
    const [a, b] = offsetsFromShown([40, 52.5], 0) as [number, number];
    expect([a, b]).toEqual([0, 12.5]);
    const target = stack(range(0, 100, 2.5));
    expect(target.positions[follow(target, 60, a, b).index]).toBe(72.5);
  });

  it('keeps the first viewport’s own offset', () => {
    expect(offsetsFromShown([30, 10], 5)).toEqual([5, -15]);
  });
});
