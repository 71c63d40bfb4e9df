/** A lesion's outline redrawn slice by slice: pixels of frames to patient mm and back. Pure. */
import type { SliceOutline } from '../ai/result';
import { dot, type Vec3 } from '../shared/vectors';
import type { FrameOutline } from './outlines';
import { patientToPixel, pixelToPatient, planeOfFrame, type Stack } from './stack';

/** Hundredths of a millimetre, so that outlines come back as they were sent. */
const rounded = (at: Vec3): Vec3 => at.map((x) => Math.round(x * 100) / 100) as unknown as Vec3;

/** The outlines of a series as the server keeps them. */
export function toSlices(stack: Stack, outlines: readonly FrameOutline[]): SliceOutline[] {
  return outlines
    .filter(({ series, lesion }) => series === stack.series.id && lesion !== null)
    .map(({ frame, lesion }) => {
      const plane = planeOfFrame(stack.series, frame);
      const corners = lesion!.map(([column, row]) => rounded(pixelToPatient(plane, column, row)));
      return { at_mm: corners[0] ?? rounded(plane.origin), corners_mm: corners };
    });
}

/** Outlines that were kept, on the frames of the series they were drawn on. */
export function fromSlices(stack: Stack, slices: readonly SliceOutline[]): FrameOutline[] {
  return slices.map(({ at_mm, corners_mm }) => {
    const position = dot(at_mm, stack.normal);
    const distance = (index: number): number => Math.abs((stack.positions[index] ?? 0) - position);
    const nearest = stack.order.reduce(
      (best, _, index) => (distance(index) < distance(best) ? index : best),
      0,
    );
    const frame = stack.order[nearest] ?? 0;
    const plane = planeOfFrame(stack.series, frame);
    const lesion = corners_mm.map((corner) => patientToPixel(plane, corner));
    return { series: stack.series.id, frame, lesion, background: null };
  });
}
