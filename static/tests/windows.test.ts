import { describe, expect, it } from 'vitest';
import { ctPresets, fromRange, percentileWindow, toRange } from '../src/viewer/windows';

it('offers the six CT presets in the order of their keys', () => {
  const values = ctPresets().map(({ window }) => window);
  expect(values).toEqual([
    { center: 40, width: 400 },
    { center: 90, width: 150 },
    { center: 30, width: 150 },
    { center: 40, width: 350 },
    { center: -600, width: 1500 },
    { center: 480, width: 2500 },
  ]);
});

describe('windows and ranges (PS3.3 C.11.2.1.2.1)', () => {
  it('shows -160 to 239 for W 400 L 40', () => {
    expect(toRange({ center: 40, width: 400 })).toEqual({ lower: -160, upper: 239 });
  });

  it('comes back', () => {
    expect(fromRange(toRange({ center: -33, width: 151 }))).toEqual({ center: -33, width: 151 });
  });
});

describe('percentiles', () => {
  const values = Float32Array.from({ length: 101 }, (_, i) => (i * 37) % 101);

  it('spans between the two shares of the values', () => {
    expect(percentileWindow(values, 0.01, 0.99)).toEqual({ center: 50, width: 98 });
    expect(percentileWindow(values, 0, 1)).toEqual({ center: 50, width: 100 });
  });

  it('is never narrower than 1', () => {
    expect(percentileWindow(new Int16Array(50).fill(7), 0.01, 0.99)).toEqual({
      center: 7,
      width: 1,
    });
  });

  it('looks at a sample of large images only, to the same end', () => {
    const large = Float32Array.from({ length: 250_000 }, (_, i) => i % 1000);
    const { center, width } = percentileWindow(large, 0.1, 0.9);
    expect(center).toBeCloseTo(500, -1);
    expect(width).toBeCloseTo(800, -1);
  });
});
