import { describe, expect, it } from 'vitest';
import { boundingBox, boxOf, boxOfRectangle, cutByPlane, firstRange } from '../src/viewer/boxes';
import { planeAt, planeOfFrame, stackOf } from '../src/viewer/stack';
import { dot, length, subtract, type Vec3 } from '../src/shared/vectors';
import { madeSeries, tilted } from './made';

const box = boxOf([-40, -70, 5, 10, 20, 6]);

describe('a box cut by a slice', () => {
  it('is its rectangle on a slice through it', () => {
    const points = cutByPlane(box, planeOfFrame(madeSeries(), 1));
    expect(points).toHaveLength(4);
    const cut = boundingBox(points);
    expect(cut.centre).toEqual([-40, -70, 5]);
    expect(cut.size).toEqual([10, 20, 0]);
  });

  it('is nothing on a slice beside it', () => {
    expect(cutByPlane(box, planeOfFrame(madeSeries(), 0))).toEqual([]);
  });

  it('shows a face between two slices on one of them only', () => {
    const slices = [2, 8].map((z) => ({ position_mm: [-50, -80, z] as Vec3 }));
    const series = madeSeries({ frames: slices });
    const shown = [0, 1].map((n) => cutByPlane(box, planeOfFrame(series, n)).length > 0);
    expect(shown.filter(Boolean)).toHaveLength(1);
  });

  it('is a convex polygon on the plane when the slice is oblique', () => {
    const cube = boxOf([0, 0, 0, 10, 10, 10]);
    const series = madeSeries({ orientation: tilted(40), frames: [{ position_mm: [0, 0, 0] }] });
    const plane = planeOfFrame(series, 0);
    const points = cutByPlane(cube, plane);
    expect(points).toHaveLength(4);
    const normal = stackOf(series).normal;
    for (const point of points) expect(dot(point, normal)).toBeCloseTo(0, 10);
    // Cut at 40 degrees the 10 mm side is 10 / cos 40 long; neighbours in order give the sides.
    const sides = points.map((p, i) => length(subtract(points[(i + 1) % 4]!, p)));
    expect(Math.max(...sides)).toBeCloseTo(10 / Math.cos((40 * Math.PI) / 180), 6);
    expect(Math.min(...sides)).toBeCloseTo(10, 6);
  });
});

describe('a drawn rectangle', () => {
  it('becomes a box in the patient, half a slice beyond its last slices', () => {
    const stack = stackOf(madeSeries());
    const drawn = { columns: [10, 30], rows: [5, 15], slices: [0, 1] } as const;
    const made = boxOfRectangle(stack, planeAt(stack, 1), drawn, 5);
    // Columns 10..30 at 0.5 mm from -50, rows 5..15 at 2 mm from -80, slices at 10 and 5 mm.
    expect(made.centre).toEqual([-40, -60, 7.5]);
    expect(made.size).toEqual([10, 20, 10]);
  });

  it('is counted in pixels and frames where there is no geometry', () => {
    const frames = Array.from({ length: 6 }, () => ({ position_mm: null }));
    const stack = stackOf(madeSeries({ orientation: null, spacing_mm: null, frames }));
    const drawn = { columns: [10, 20], rows: [30, 50], slices: [3, 3] } as const;
    const made = boxOfRectangle(stack, planeAt(stack, 3), drawn, 1);
    expect(made).toEqual({ centre: [15, 40, 3], size: [10, 20, 1] });
  });

  it('first reaches over as many slices as it is wide', () => {
    const frames = Array.from({ length: 30 }, (_, i) => ({ position_mm: [0, 0, 5 * i] as Vec3 }));
    const stack = stackOf(madeSeries({ frames }));
    expect(firstRange(stack, 10, 24, 5)).toEqual([8, 12]);
    expect(firstRange(stack, 1, 24, 5)).toEqual([0, 3]);
  });
});
