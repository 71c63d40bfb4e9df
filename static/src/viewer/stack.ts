/** One series as the viewer shows it: frames in display order with their planes in the patient. */
import { add, cross, dot, scale, subtract, type Vec3 } from '../shared/vectors';
import type { SeriesManifest } from './manifest';

/** Where one frame's pixels lie (PS3.3 C.7.6.2.1.1). */
export interface Plane {
  /** Centre of the first pixel, LPS mm. */
  origin: Vec3;
  /** Unit direction along a row: increasing column index. */
  row: Vec3;
  /** Unit direction along a column: increasing row index. */
  column: Vec3;
  /** Distance between rows, between columns. */
  spacing: readonly [number, number];
  rows: number;
  columns: number;
}

export interface Stack {
  series: SeriesManifest;
  /** Whether positions are in the patient (mm), not just counted frames. */
  located: boolean;
  normal: Vec3;
  /** Frame number in the manifest for each display index. */
  order: readonly number[];
  /** Position along the normal for each display index: mm when located, else the frame number. */
  positions: readonly number[];
  imageIds: readonly string[];
}

/** Frame numbers stand for positions where a series has no geometry: pixels are 1 apart. */
const PIXEL_ROW: Vec3 = [1, 0, 0];
const PIXEL_COLUMN: Vec3 = [0, 1, 0];

const isLocated = (series: SeriesManifest): boolean =>
  series.orientation?.length === 6 && series.frames.every((frame) => frame.position_mm !== null);

/** Row and column directions of a series; pixel axes without geometry. */
export function directions(series: SeriesManifest): [row: Vec3, column: Vec3] {
  const o = series.orientation;
  if (!o || !isLocated(series)) return [PIXEL_ROW, PIXEL_COLUMN];
  return [o.slice(0, 3), o.slice(3, 6)] as unknown as [Vec3, Vec3];
}

/** The id Cornerstone knows a frame by; the token is no part of it, so the cache outlives it. */
export const imageIdOf = (seriesId: string, frame: number): string => `rr:${seriesId}/${frame}`;

/**
 * Arrange a series for display.
 *
 * The manifest sorts frames along the normal, foot to head. Axial stacks are shown head first, as
 * reading rooms do, so that scrolling forward goes toward the feet; all others as they come.
 */
export function stackOf(series: SeriesManifest): Stack {
  const [row, column] = directions(series);
  const normal = cross(row, column);
  const located = isLocated(series);
  const order = series.frames.map((_, frame) => frame);
  const position = (frame: number): number => {
    const at = series.frames[frame]?.position_mm;
    return located && at ? dot(at, normal) : frame;
  };
  const headFirst = located && normal[2] > 0.7;
  order.sort((a, b) => (headFirst ? position(b) - position(a) : position(a) - position(b)));
  return {
    series,
    located,
    normal,
    order,
    positions: order.map(position),
    imageIds: order.map((frame) => imageIdOf(series.id, frame)),
  };
}

/**
 * The plane of one frame of the manifest; pixels and frame number without geometry, also where the
 * size of a pixel is known, as in ultrasound.
 */
export function planeOfFrame(series: SeriesManifest, frame: number): Plane {
  const [row, column] = directions(series);
  const located = isLocated(series);
  return {
    origin: (located ? series.frames[frame]?.position_mm : null) ?? [0, 0, frame],
    row,
    column,
    spacing: (located ? series.spacing_mm : null) ?? [1, 1],
    rows: series.pixel.rows,
    columns: series.pixel.columns,
  };
}

/** The plane shown at a display index. */
export const planeAt = (stack: Stack, index: number): Plane =>
  planeOfFrame(stack.series, stack.order[index] ?? 0);

/** Patient position of a (fractional) pixel. */
export function pixelToPatient(plane: Plane, column: number, row: number): Vec3 {
  const across = scale(plane.row, column * plane.spacing[1]);
  return add(plane.origin, add(across, scale(plane.column, row * plane.spacing[0])));
}

/** Pixel coordinates (column, row) of a patient position projected onto a plane. */
export function patientToPixel(plane: Plane, position: Vec3): readonly [number, number] {
  const d = subtract(position, plane.origin);
  return [dot(d, plane.row) / plane.spacing[1], dot(d, plane.column) / plane.spacing[0]];
}

/** Typical distance between neighbouring slices: the median, 1 for a single frame. */
export function sliceDistance(stack: Stack): number {
  const gaps = stack.positions
    .slice(1)
    .map((p, i) => Math.abs(p - (stack.positions[i] ?? p)))
    .sort((a, b) => a - b);
  return gaps[gaps.length >> 1] || 1;
}

/** Whether a series is ultrasound or a cine: frames that lesions are outlined on. */
export function isFrames({ series, located }: Stack): boolean {
  return series.frame_time_ms !== null || (series.modality === 'US' && !located);
}

/** Whether a series is played rather than scrolled: it gives a frame time or is ultrasound. */
export function isClip(stack: Stack): boolean {
  return isFrames(stack) && stack.imageIds.length > 1;
}
