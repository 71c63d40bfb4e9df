/**
 * Linked scrolling by position along the normal, with an offset per viewport.
 *
 * Own code because Cornerstone's synchronizer does nothing when phases differ in their frame of
 * reference. The offset also corrects for a different breath-hold in each phase.
 */
import { dot, type Vec3 } from '../shared/vectors';

/** What linking has to know about a viewport's stack. */
export interface Linkable {
  located: boolean;
  normal: Vec3;
  /** Position of each slice along the normal: mm when located, else the frame number. */
  positions: readonly number[];
  frameOfReference: string | null;
}

export interface Nearest {
  index: number;
  /** Wanted minus found position. */
  miss: number;
}

/** The slice nearest to a position; of two equally near the first. */
export function nearest(positions: readonly number[], wanted: number): Nearest {
  let index = 0;
  for (let i = 1; i < positions.length; i += 1)
    if (Math.abs(wanted - positions[i]!) < Math.abs(wanted - positions[index]!)) index = i;
  return { index, miss: wanted - (positions[index] ?? wanted) };
}

/** Whether two stacks can scroll together: parallel slices, or frame by frame without geometry. */
export function linkable(a: Linkable, b: Linkable): boolean {
  if (a.located !== b.located) return false;
  return a.located ? dot(a.normal, b.normal) > 0.99 : a.positions.length === b.positions.length;
}

function span(positions: readonly number[]): [low: number, high: number] {
  return [Math.min(...positions), Math.max(...positions)];
}

/**
 * Offset of `b` against `a` before anybody has aligned them, so that position_b = position_a + it.
 *
 * 0 in the same frame of reference (PS3.3 C.7.4.1) and when the ranges mostly overlap, as phases of
 * one examination do; else the centres are put together, since the origins mean nothing.
 */
export function firstOffset(a: Linkable, b: Linkable): number {
  if (!a.located || (a.frameOfReference && a.frameOfReference === b.frameOfReference)) return 0;
  const [lowA, highA] = span(a.positions);
  const [lowB, highB] = span(b.positions);
  const shared = Math.min(highA, highB) - Math.max(lowA, lowB);
  const shorter = Math.min(highA - lowA, highB - lowB);
  if (shared >= 0 && shared >= shorter / 2) return 0;
  return (lowB + highB) / 2 - (lowA + highA) / 2;
}

/** Offsets that make the positions shown now belong together, in the frame of the first. */
export function offsetsFromShown(shown: readonly number[], first: number): number[] {
  const common = (shown[0] ?? 0) - first;
  return shown.map((position) => position - common);
}

/** Slice for a viewport when another one shows `position`; offsets as from `offsetsFromShown`. */
export function follow(
  target: Linkable,
  position: number,
  sourceOffset: number,
  targetOffset: number,
): Nearest {
  return nearest(target.positions, position - sourceOffset + targetOffset);
}
