/** Small vector and affine algebra. Points and directions are in DICOM patient LPS mm. */

export type Vec3 = readonly [number, number, number];

/** Row-major 4x4 affine: (x, y, z, 1) -> (x', y', z', 1). */
export type Affine = readonly number[];

export const add = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vec3, k: number): Vec3 => [a[0] * k, a[1] * k, a[2] * k];
export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const length = (a: Vec3): number => Math.sqrt(dot(a, a));

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** Element (row, column) of an affine; 0 outside. */
const at = (m: Affine, row: number, column: number): number => m[4 * row + column] ?? 0;

/** Column of the linear part: what one index step along the axis moves by. */
export function axis(m: Affine, column: 0 | 1 | 2): Vec3 {
  return [at(m, 0, column), at(m, 1, column), at(m, 2, column)];
}

/** Where the affine puts index (0, 0, 0). */
export const translation = (m: Affine): Vec3 => [at(m, 0, 3), at(m, 1, 3), at(m, 2, 3)];

/** Apply an affine to a point. */
export function transform(m: Affine, p: Vec3): Vec3 {
  return add(transformDirection(m, p), translation(m));
}

/** Apply the linear part of an affine to a direction. */
export function transformDirection(m: Affine, d: Vec3): Vec3 {
  const row = (i: number): number => at(m, i, 0) * d[0] + at(m, i, 1) * d[1] + at(m, i, 2) * d[2];
  return [row(0), row(1), row(2)];
}

/** Affine from the images of the three axes and of the origin. */
export function affine(x: Vec3, y: Vec3, z: Vec3, origin: Vec3): Affine {
  const row = (i: 0 | 1 | 2): number[] => [x[i], y[i], z[i], origin[i]];
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}

/**
 * Inverse of an affine, by cross products of its columns.
 *
 * Throws RangeError when the linear part is singular: such a matrix describes no grid.
 */
export function invert(m: Affine): Affine {
  const [x, y, z] = [axis(m, 0), axis(m, 1), axis(m, 2)];
  const determinant = dot(x, cross(y, z));
  if (!Number.isFinite(determinant) || Math.abs(determinant) < 1e-12)
    throw new RangeError('the affine cannot be inverted');
  const rows = [cross(y, z), cross(z, x), cross(x, y)].map((r) => scale(r, 1 / determinant));
  const [rx, ry, rz] = rows as [Vec3, Vec3, Vec3];
  const t = translation(m);
  return [...rx, -dot(rx, t), ...ry, -dot(ry, t), ...rz, -dot(rz, t), 0, 0, 0, 1];
}
