import { describe, expect, it } from 'vitest';
import { affine, cross, invert, transform, transformDirection } from '../src/shared/vectors';

describe('affines', () => {
  // x runs along +y, y along -x, z doubled, origin (7, 8, 9): a turn by 90 degrees about z.
  const turned = affine([0, 1, 0], [-1, 0, 0], [0, 0, 2], [7, 8, 9]);

  it('takes an index to its place', () => {
    expect(transform(turned, [1, 2, 3])).toEqual([7 - 2, 8 + 1, 9 + 6]);
    expect(transformDirection(turned, [1, 0, 0])).toEqual([0, 1, 0]);
  });

  it('is undone by its inverse', () => {
    const back = transform(invert(turned), [5, 9, 15]);
    [1, 2, 3].forEach((value, i) => expect(back[i]).toBeCloseTo(value, 12));
  });

  it('inverts sheared and anisotropic grids', () => {
    const sheared = affine([0.8, 0, 0.3], [0, 1.5, 0.1], [0.2, -0.4, 5], [-100, 30, 12]);
    const back = transform(invert(sheared), transform(sheared, [11, -4, 2.5]));
    [11, -4, 2.5].forEach((value, i) => expect(back[i]).toBeCloseTo(value, 9));
  });

  it('refuses a flat grid', () => {
    expect(() => invert(affine([1, 0, 0], [2, 0, 0], [0, 0, 1], [0, 0, 0]))).toThrow(RangeError);
  });
});

it('has a right-handed cross product', () => {
  expect(cross([1, 0, 0], [0, 1, 0])).toEqual([0, 0, 1]);
});
