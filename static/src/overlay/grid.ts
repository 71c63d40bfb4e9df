/** A heat map as data: a low-resolution grid of values and where it lies in the patient. */
import type { HeatmapInfo } from '../ai/result';
import type { Affine, Vec3 } from '../shared/vectors';

export interface Grid {
  /** int8 in (z, y, x) C order; value = int8 / 127 x vmax. */
  values: Int8Array;
  /** Number of slices, rows, columns. */
  shapeZyx: readonly [number, number, number];
  /** Grid index (x, y, z, 1) -> LPS mm, or (column, row, slice) without geometry. */
  affine: Affine;
}

/** Put bytes and description together; throws when their sizes disagree. */
export function gridOf(info: HeatmapInfo, bytes: ArrayBuffer): Grid {
  const [z, y, x] = info.shape_zyx;
  if (bytes.byteLength !== z * y * x || info.affine.length !== 16)
    throw new Error(`heat map ${info.id} has ${bytes.byteLength} bytes instead of ${z * y * x}`);
  return { values: new Int8Array(bytes), shapeZyx: info.shape_zyx, affine: info.affine };
}

/**
 * Value at a fractional grid index (x, y, z) in [-1, 1], trilinear; 0 outside the grid.
 *
 * A cell reaches half an index step beyond its centre; there the value of the outermost cell holds.
 */
export function sample({ values, shapeZyx }: Grid, index: Vec3): number {
  const [depth, height, width] = shapeZyx;
  const [x, y, z] = index;
  if (x < -0.5 || y < -0.5 || z < -0.5) return 0;
  if (x > width - 0.5 || y > height - 0.5 || z > depth - 0.5) return 0;
  const [x0, x1, fx] = between(x, width);
  const [y0, y1, fy] = between(y, height);
  const [z0, z1, fz] = between(z, depth);
  const row = (zi: number, yi: number): number => {
    const start = (zi * height + yi) * width;
    return mix(values[start + x0]!, values[start + x1]!, fx);
  };
  const slice = (zi: number): number => mix(row(zi, y0), row(zi, y1), fy);
  return mix(slice(z0), slice(z1), fz) / 127;
}

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

/** Neighbouring whole indices, clamped to the grid, and the share of the second. */
function between(position: number, size: number): [low: number, high: number, share: number] {
  const clamped = Math.min(Math.max(position, 0), size - 1);
  const low = Math.min(Math.floor(clamped), size - 1);
  return [low, Math.min(low + 1, size - 1), clamped - low];
}
