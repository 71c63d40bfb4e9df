/** Geometry of a grid on a shown slice: any angle, flip and spacing. Pure. */
import {
  axis,
  cross,
  dot,
  invert,
  length,
  scale,
  subtract,
  transform,
  transformDirection,
  type Affine,
  type Vec3,
} from '../shared/vectors';
import { patientToPixel, pixelToPatient, type Plane } from '../viewer/stack';
import type { Grid } from './grid';

/** Part of a slice in fractional pixels: column and row of its edges. */
export interface Region {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Corners of one grid slice in LPS mm: outer edges of its cells, in order around it. */
export function sliceCorners({ affine, shapeZyx }: Grid, z: number): Vec3[] {
  const [, height, width] = shapeZyx;
  const [right, bottom] = [width - 0.5, height - 0.5];
  const at = (x: number, y: number): Vec3 => transform(affine, [x, y, z]);
  return [at(-0.5, -0.5), at(right, -0.5), at(right, bottom), at(-0.5, bottom)];
}

/** The grid slice whose centre is nearest to the middle of a plane; null when the plane misses. */
export function nearestGridSlice(grid: Grid, plane: Plane): number | null {
  const middle = pixelToPatient(plane, (plane.columns - 1) / 2, (plane.rows - 1) / 2);
  const z = transform(invert(grid.affine), middle)[2];
  const last = grid.shapeZyx[0] - 1;
  return z < -0.5 || z > last + 0.5 ? null : Math.min(Math.max(Math.round(z), 0), last);
}

/** From pixels of a slice to grid indices: index = origin + column * perColumn + row * perRow. */
export interface PixelToGrid {
  origin: Vec3;
  perColumn: Vec3;
  perRow: Vec3;
}

export function pixelToGrid(grid: { affine: Affine }, plane: Plane): PixelToGrid {
  const inverse = invert(grid.affine);
  return {
    origin: transform(inverse, plane.origin),
    perColumn: transformDirection(inverse, scale(plane.row, plane.spacing[1])),
    perRow: transformDirection(inverse, scale(plane.column, plane.spacing[0])),
  };
}

/**
 * The part of a slice that a grid may colour, clipped to the image; null when it cannot.
 *
 * The grid's outer box is projected onto the plane, so an oblique grid gives a region that is too
 * large at its corners: the sampler leaves those transparent.
 */
export function regionOnPlane(grid: Grid, plane: Plane): Region | null {
  const last = grid.shapeZyx[0] - 0.5;
  const corners = [...sliceCorners(grid, -0.5), ...sliceCorners(grid, last)];
  const normal = cross(plane.row, plane.column);
  const heights = corners.map((corner) => dot(subtract(corner, plane.origin), normal));
  if (Math.min(...heights) > 0 || Math.max(...heights) < 0) return null;
  const pixels = corners.map((corner) => patientToPixel(plane, corner));
  const columns = pixels.map(([column]) => column);
  const rows = pixels.map(([, row]) => row);
  const region = {
    left: Math.max(-0.5, Math.min(...columns)),
    top: Math.max(-0.5, Math.min(...rows)),
    right: Math.min(plane.columns - 0.5, Math.max(...columns)),
    bottom: Math.min(plane.rows - 0.5, Math.max(...rows)),
  };
  return region.right > region.left && region.bottom > region.top ? region : null;
}

/** Raster cells per grid cell: enough for smooth edges, few enough to redraw while scrolling. */
const OVERSAMPLING = 4;
const MOST_CELLS = 256;

/** Size of the raster for a region, from how finely the grid divides it. */
export function rasterSize(
  grid: Grid,
  plane: Plane,
  region: Region,
): [width: number, height: number] {
  const finest = Math.min(length(axis(grid.affine, 0)), length(axis(grid.affine, 1)));
  const cells = (pixels: number, spacing: number): number =>
    Math.min(MOST_CELLS, Math.max(1, Math.ceil((pixels * spacing * OVERSAMPLING) / finest)));
  return [
    cells(region.right - region.left, plane.spacing[1]),
    cells(region.bottom - region.top, plane.spacing[0]),
  ];
}
