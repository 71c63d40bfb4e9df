import { describe, expect, it } from 'vitest';
import { colourOf, colourOfMask } from '../src/overlay/colormap';
import { gridOf, sample, type Grid } from '../src/overlay/grid';
import {
  nearestGridSlice,
  pixelToGrid,
  rasterSize,
  regionOnPlane,
  sliceCorners,
} from '../src/overlay/placement';
import { rasterise } from '../src/overlay/raster';
import { add, affine, cross, scale, transform, type Vec3 } from '../src/shared/vectors';
import { patientToPixel, planeOfFrame } from '../src/viewer/stack';
import { madeSeries, tilted } from './made';

/** A grid whose only high cell is `peak` (x, y, z). */
function peaked(matrix: Grid['affine'], shapeZyx: Grid['shapeZyx'], peak: Vec3): Grid {
  const [depth, height, width] = shapeZyx;
  const values = new Int8Array(depth * height * width);
  values[(peak[2] * height + peak[1]) * width + peak[0]] = 127;
  return { values, shapeZyx, affine: matrix };
}

/** Fractional pixel of the strongest colour of a raster. */
function strongest(grid: Grid, plane: ReturnType<typeof planeOfFrame>): [number, number] {
  const raster = rasterise(grid, plane, (value) => colourOf(value, false))!;
  const { width, height, rgba, region } = raster;
  let [weight, column, row] = [0, 0, 0];
  for (let i = 0; i < width * height; i += 1) {
    const alpha = rgba[4 * i + 3]! ** 2;
    weight += alpha;
    column += alpha * (region.left + ((i % width) + 0.5) * ((region.right - region.left) / width));
    row +=
      alpha *
      (region.top + (Math.floor(i / width) + 0.5) * ((region.bottom - region.top) / height));
  }
  return [column / weight, row / weight];
}

const axial = affine([4, 0, 0], [0, 5, 0], [0, 0, 6], [-30, -60, 0]);

describe('values of a grid', () => {
  const grid: Grid = {
    values: Int8Array.from([0, 127, 0, 127, 0, 127, 0, 127]),
    shapeZyx: [2, 2, 2],
    affine: axial,
  };

  it('are interpolated between cells and held to the outer edge of the last one', () => {
    expect(sample(grid, [1, 0, 0])).toBe(1);
    expect(sample(grid, [0.25, 1, 0.5])).toBeCloseTo(0.25, 12);
    expect(sample(grid, [1.49, 0, 0])).toBe(1);
  });

  it('are nothing outside', () => {
    expect(sample(grid, [1.51, 0, 0])).toBe(0);
    expect(sample(grid, [1, 0, -0.6])).toBe(0);
  });

  it('must be as many as the shape says', () => {
    const info = { id: 'h', shape_zyx: [2, 2, 2], affine: axial } as never;
    expect(() => gridOf(info, new ArrayBuffer(7))).toThrow(/7 bytes instead of 8/);
  });
});

describe('a slice of a grid in the patient', () => {
  it('reaches from the outer edges of its first cells to those of its last', () => {
    const grid = peaked(axial, [3, 8, 10], [0, 0, 0]);
    expect(sliceCorners(grid, 1)).toEqual([
      [-32, -62.5, 6],
      [8, -62.5, 6],
      [8, -22.5, 6],
      [-32, -22.5, 6],
    ]);
  });

  it('is found for the plane nearest to it, and for none beyond half a step', () => {
    const grid = peaked(affine([4, 0, 0], [0, 5, 0], [0, 0, 6], [0, 0, -2]), [3, 8, 10], [0, 0, 0]);
    const at = (z: number): number | null =>
      nearestGridSlice(grid, planeOfFrame(madeSeries({ frames: [{ position_mm: [0, 0, z] }] }), 0));
    expect([at(0), at(2), at(12), at(12.9)]).toEqual([0, 1, 2, 2]);
    expect([at(-5.1), at(13.1)]).toEqual([null, null]);
  });
});

describe('a planted cell lands on its place', () => {
  const shape = [5, 16, 14] as const;
  const peak: Vec3 = [9, 6, 2];

  /** Put the slice through the peak, at whatever angle, and compare with the patient's position. */
  function check(matrix: Grid['affine'], orientation: number[]): void {
    const target = transform(matrix, peak);
    const row = orientation.slice(0, 3) as unknown as Vec3;
    const column = orientation.slice(3) as unknown as Vec3;
    const origin = add(target, add(scale(row, -60 * 0.5), scale(column, -30 * 2)));
    const series = madeSeries({ orientation, frames: [{ position_mm: origin }] });
    const plane = planeOfFrame(series, 0);
    const [column0, row0] = patientToPixel(plane, target);
    expect([column0, row0].map((v) => Math.round(v))).toEqual([60, 30]);
    const [c, r] = strongest(peaked(matrix, shape, peak), plane);
    // Within half a millimetre: cells are 4 mm and more, pixels 0.5 x 2 mm.
    expect(Math.abs(c - column0) * 0.5).toBeLessThan(0.5);
    expect(Math.abs(r - row0) * 2).toBeLessThan(0.5);
  }

  it('on parallel anisotropic slices', () => check(axial, [1, 0, 0, 0, 1, 0]));

  it('when the grid runs the other way', () => {
    check(affine([-4, 0, 0], [0, -5, 0], [0, 0, -6], [40, 60, 20]), [1, 0, 0, 0, 1, 0]);
  });

  it('when the image is flipped', () => check(axial, [-1, 0, 0, 0, 1, 0]));

  it('on oblique slices of an axial grid', () => check(axial, tilted(35)));

  it('on axial slices of an oblique grid', () => {
    const [x, y]: [Vec3, Vec3] = [tilted(20).slice(0, 3) as never, [0, 1, 0]];
    check(affine(scale(x, 4), scale(y, 5), scale(cross(x, y), 6), [3, 4, 5]), [1, 0, 0, 0, 1, 0]);
  });

  it('on coronal slices of an axial grid', () => check(axial, [1, 0, 0, 0, 0, -1]));
});

describe('the part of a slice that is coloured', () => {
  const grid = peaked(axial, [3, 8, 10], [4, 4, 1]);
  const at = (z: number): ReturnType<typeof planeOfFrame> =>
    planeOfFrame(madeSeries({ frames: [{ position_mm: [-50, -80, z] }] }), 0);

  it('is where the grid is, cut to the image', () => {
    // The grid covers x -32..8 and y -62.5..-22.5; the image begins at (-50, -80).
    expect(regionOnPlane(grid, at(6))).toEqual({ left: 36, top: 8.75, right: 116, bottom: 28.75 });
  });

  it('is nothing where the slice passes the grid', () => {
    expect(regionOnPlane(grid, at(30))).toBeNull();
    expect(rasterise(grid, at(30), (value) => colourOf(value, false))).toBeNull();
  });

  it('has a raster four times as fine as the grid, at most 256', () => {
    const region = regionOnPlane(grid, at(6))!;
    expect(rasterSize(grid, at(6), region)).toEqual([40, 40]);
    const fine = peaked(
      affine([0.1, 0, 0], [0, 0.1, 0], [0, 0, 6], [-30, -60, 0]),
      [3, 400, 400],
      [0, 0, 0],
    );
    expect(Math.max(...rasterSize(fine, at(6), regionOnPlane(fine, at(6))!))).toBe(256);
  });

  it('maps pixels to grid indices by one origin and two steps', () => {
    const { origin, perColumn, perRow } = pixelToGrid(grid, at(6));
    expect(origin.map((v) => Number(v.toFixed(6)))).toEqual([-5, -4, 1]);
    expect(perColumn[0]).toBeCloseTo(0.125, 12);
    expect(perRow[1]).toBeCloseTo(0.4, 12);
  });
});

describe('colours', () => {
  const light = ([r, g, b]: readonly number[]): number => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;

  it('leave weak values out and grow in opacity', () => {
    expect(colourOf(0.03, false)).toEqual([0, 0, 0, 0]);
    expect(colourOf(0.2, false)[3]).toBeLessThan(colourOf(0.4, false)[3]);
    expect(colourOf(0.9, false)[3]).toBe(255);
  });

  it('grow lighter with the value, so they read without colour vision', () => {
    const lights = [0.1, 0.3, 0.5, 0.7, 0.9, 1].map((v) => light(colourOf(v, false)));
    expect([...lights].sort((a, b) => a - b)).toEqual(lights);
  });

  it('tell for from against by red and blue, and ignore against in unsigned maps', () => {
    const [r1, , b1] = colourOf(0.8, true);
    const [r2, , b2] = colourOf(-0.8, true);
    expect(r1).toBeGreaterThan(b1);
    expect(b2).toBeGreaterThan(r2);
    expect(colourOf(-0.8, false)[3]).toBe(0);
  });
});

it('draws masks as a line around a breath of colour', () => {
  expect([0, 0.2].map((value) => colourOfMask(value)[3])).toEqual([0, 0]);
  expect(colourOfMask(0.5)[3]).toBe(255);
  expect(colourOfMask(1)[3]).toBeLessThan(100);
});
