/** Lesion boxes: axis-parallel in LPS mm (pixels and slice numbers without geometry). */
import { add, cross, dot, scale, subtract, type Vec3 } from '../shared/vectors';
import type { BoxMm } from './manifest';
import { pixelToPatient, type Plane, type Stack } from './stack';

export interface Box {
  centre: Vec3;
  size: Vec3;
}

export const boxOf = (b: BoxMm): Box => ({ centre: [b[0], b[1], b[2]], size: [b[3], b[4], b[5]] });

/** The eight corners; bit i of the index says whether the corner is on the high side of axis i. */
function corners({ centre, size }: Box): Vec3[] {
  return Array.from({ length: 8 }, (_, bits) => {
    const side = (i: 0 | 1 | 2): number => centre[i] + (bits & (1 << i) ? size[i] : -size[i]) / 2;
    return [side(0), side(1), side(2)] as const;
  });
}

/** The twelve edges as pairs of corner indices that differ in one bit. */
const EDGES: readonly (readonly [number, number])[] = Array.from({ length: 8 }, (_, a) => a)
  .flatMap((a) => [1, 2, 4].map((bit) => [a, a | bit] as const))
  .filter(([a, b]) => a !== b);

/**
 * Where a plane cuts a box: corners of the convex polygon in order, LPS mm; empty when it misses.
 *
 * A plane through a face counts as cutting on one side only, so neighbouring slices never both
 * show a face that lies exactly between them.
 */
export function cutByPlane(box: Box, plane: Plane): Vec3[] {
  const normal = cross(plane.row, plane.column);
  const all = corners(box);
  const heights = all.map((corner) => dot(subtract(corner, plane.origin), normal));
  const points: Vec3[] = [];
  for (const [a, b] of EDGES) {
    const [ha, hb] = [heights[a]!, heights[b]!];
    if (ha < 0 === hb < 0) continue;
    points.push(add(all[a]!, scale(subtract(all[b]!, all[a]!), ha / (ha - hb))));
  }
  return aroundCentre(points, plane);
}

/** Sort the corners of a convex polygon by their angle around its middle. */
function aroundCentre(points: Vec3[], plane: Plane): Vec3[] {
  if (points.length < 3) return [];
  const middle = scale(points.reduce(add), 1 / points.length);
  const angle = (p: Vec3): number => {
    const d = subtract(p, middle);
    return Math.atan2(dot(d, plane.column), dot(d, plane.row));
  };
  return [...points].sort((a, b) => angle(a) - angle(b));
}

/** The smallest box around points. */
export function boundingBox(points: readonly Vec3[]): Box {
  const along = (i: 0 | 1 | 2): number[] => points.map((p) => p[i]);
  const low = ([0, 1, 2] as const).map((i) => Math.min(...along(i))) as unknown as Vec3;
  const high = ([0, 1, 2] as const).map((i) => Math.max(...along(i))) as unknown as Vec3;
  return { centre: scale(add(low, high), 0.5), size: subtract(high, low) };
}

/** A rectangle in fractional pixels of a slice, and the display indices it reaches over. */
export interface DrawnRectangle {
  columns: readonly [number, number];
  rows: readonly [number, number];
  slices: readonly [number, number];
}

/**
 * The box of a drawn rectangle: half a slice beyond the first and the last slice of its range.
 *
 * On oblique slices the box is the smallest axis-parallel one around the drawn slab.
 */
export function boxOfRectangle(
  stack: Stack,
  plane: Plane,
  drawn: DrawnRectangle,
  sliceDistance: number,
): Box {
  const here = dot(plane.origin, stack.normal);
  const heights = drawn.slices.map((index) => stack.positions[index] ?? here);
  const low = Math.min(...heights) - sliceDistance / 2 - here;
  const high = Math.max(...heights) + sliceDistance / 2 - here;
  const points = drawn.columns.flatMap((column) =>
    drawn.rows.flatMap((row) => {
      const at = pixelToPatient(plane, column, row);
      return [add(at, scale(stack.normal, low)), add(at, scale(stack.normal, high))];
    }),
  );
  return boundingBox(points);
}

/** Display indices a rectangle drawn at `index` first reaches over: as deep as it is wide. */
export function firstRange(
  stack: Stack,
  index: number,
  sideMm: number,
  sliceDistance: number,
): [number, number] {
  const half = stack.located ? Math.floor(sideMm / 2 / sliceDistance) : 0;
  const last = stack.imageIds.length - 1;
  return [Math.max(0, index - half), Math.min(last, index + half)];
}
