/** What the server says about a case's images: `viewer_manifest` of webapp/imaging/manifest.py. */
import { phaseRank, type ContrastPhase } from '../shared/phases';
import type { Vec3 } from '../shared/vectors';

export interface Rescale {
  slope: number;
  intercept: number;
}

export interface Frame {
  /** Centre of the first pixel, LPS mm (PS3.3 C.7.6.2.1.1). */
  position_mm: Vec3 | null;
  rescale?: Rescale;
}

/** Image Pixel module, PS3.3 C.7.6.3. */
export interface Pixel {
  rows: number;
  columns: number;
  bits_allocated: number;
  bits_stored: number;
  high_bit: number;
  pixel_representation: 0 | 1;
  samples_per_pixel: number;
  photometric_interpretation: string;
  planar_configuration: number | null;
  /** Colour tables of PALETTE COLOR images, one byte an entry as base64, from value `first` on. */
  palette?: { first: number; red: string; green: string; blue: string };
}

export interface SeriesManifest {
  id: string;
  label: string;
  phase: ContrastPhase | null;
  phase_confidence: number | null;
  modality: string;
  calibrated: boolean;
  lossy: boolean;
  frames_url: string;
  token: string;
  content_type: string;
  pixel: Pixel;
  rescale: Rescale;
  window: { center: number; width: number } | null;
  /** Distance between rows, between columns (PS3.3 C.7.6.3, Pixel Spacing). */
  spacing_mm: readonly [number, number] | null;
  /** Direction cosines of a row, then of a column (PS3.3 C.7.6.2.1.1). */
  orientation: readonly number[] | null;
  frame_of_reference: string | null;
  frame_time_ms: number | null;
  /** When each frame is shown, in ms from the first, where the steps differ. */
  frame_times_ms?: readonly number[] | null;
  frames: readonly Frame[];
}

/** Centre and full size (x, y, z, dx, dy, dz) in LPS mm, or pixels and slices without geometry. */
export type BoxMm = readonly [number, number, number, number, number, number];

export interface Manifest {
  code: string;
  tokens_url: string;
  /** Lifetime of the tokens in seconds. */
  expires_in?: number;
  series: readonly SeriesManifest[];
  /** Lesions to point out from the start, e.g. the index lesion of a reading. */
  lesions?: readonly { box_mm: BoxMm; label?: string }[];
}

/** What can be drawn: boxes on volumes and outlines on frames for a run, a result's lesion anew. */
export interface Drawable {
  box: boolean;
  outline: boolean;
  redraw: boolean;
}

/** Series in hanging order: by contrast phase, unknown phases last, else as they came. */
export function hangingOrder(series: readonly SeriesManifest[]): SeriesManifest[] {
  return [...series].sort((a, b) => phaseRank(a.phase) - phaseRank(b.phase));
}

/** How many viewports to open: one image beside each phase, at most 2 x 2. */
export function paneCount(nSeries: number): 1 | 2 | 4 {
  if (nSeries <= 1) return 1;
  return nSeries === 2 ? 2 : 4;
}
