import { describe, expect, it } from 'vitest';
import {
  isClip,
  patientToPixel,
  pixelToPatient,
  planeAt,
  planeOfFrame,
  sliceDistance,
  stackOf,
} from '../src/viewer/stack';
import { madeSeries, tilted } from './made';

describe('display order', () => {
  it('shows axial stacks head first', () => {
    const stack = stackOf(madeSeries());
    expect(stack.order).toEqual([2, 1, 0]);
    expect(stack.positions).toEqual([10, 5, 0]);
    expect(stack.imageIds[0]).toBe('rr:s1/2');
  });

  it('shows coronal stacks as they come', () => {
    // Row toward the left, column toward the feet: the normal is (0, 1, 0), toward the back.
    const coronal = madeSeries({
      orientation: [1, 0, 0, 0, 0, -1],
      frames: [0, 4].map((y) => ({ position_mm: [0, y, 0] })),
    });
    expect(stackOf(coronal).positions).toEqual([0, 4]);
  });

  it('counts frames where there is no geometry', () => {
    const bare = madeSeries({
      orientation: null,
      spacing_mm: null,
      frames: [0, 1, 2].map(() => ({ position_mm: null })),
    });
    const stack = stackOf(bare);
    expect(stack.located).toBe(false);
    expect(stack.order).toEqual([0, 1, 2]);
    expect(stack.positions).toEqual([0, 1, 2]);
    expect(planeAt(stack, 2)).toMatchObject({ origin: [0, 0, 2], spacing: [1, 1] });
  });
});

describe('pixels and the patient (PS3.3 C.7.6.2.1.1)', () => {
  it('uses column spacing along a row and row spacing along a column', () => {
    // Spacing is [2 between rows, 0.5 between columns].
    const plane = planeOfFrame(madeSeries(), 1);
    expect(pixelToPatient(plane, 10, 3)).toEqual([-50 + 5, -80 + 6, 5]);
  });

  it('comes back from oblique slices', () => {
    const plane = planeOfFrame(madeSeries({ orientation: tilted(30) }), 0);
    const [column, row] = patientToPixel(plane, pixelToPatient(plane, 17.5, 42.25));
    expect(column).toBeCloseTo(17.5, 10);
    expect(row).toBeCloseTo(42.25, 10);
  });
});

it('takes the median as the distance between slices', () => {
  const frames = [0, 5, 10, 15, 40].map((z) => ({ position_mm: [0, 0, z] as const }));
  expect(sliceDistance(stackOf(madeSeries({ frames })))).toBe(5);
  expect(sliceDistance(stackOf(madeSeries({ frames: frames.slice(0, 1) })))).toBe(1);
});

it('plays what has a frame time or is ultrasound without geometry', () => {
  const bare = { orientation: null, frames: [0, 1].map(() => ({ position_mm: null })) };
  expect(isClip(stackOf(madeSeries()))).toBe(false);
  expect(isClip(stackOf(madeSeries({ ...bare, modality: 'US' })))).toBe(true);
  expect(isClip(stackOf(madeSeries({ ...bare, frame_time_ms: 40 })))).toBe(true);
});
