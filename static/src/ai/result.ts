/** The AI result as the server sends it to a page that may see it. */
import type { ContrastPhase } from '../shared/phases';
import type { Affine, Vec3 } from '../shared/vectors';
import type { BoxMm } from '../viewer/manifest';

export type Probabilities = Readonly<Record<string, number>>;

export interface Lesion {
  /** Centre and full size in LPS mm; null without geometry. */
  box_mm: BoxMm | null;
  /** x0, y0, z0, x1, y1, z1, half-open, in voxels of `series`. */
  box_px: readonly number[];
  confidence: number;
  probabilities?: Probabilities;
  source?: 'given' | 'detected';
  series: string;
}

export interface HeatmapInfo {
  id: string;
  method: string;
  class: string;
  phase: ContrastPhase | null;
  series: string;
  shape_zyx: readonly [number, number, number];
  /** Grid index (x, y, z, 1) -> LPS mm, or (column, row, slice) without geometry; row-major. */
  affine: Affine;
  vmax: number;
  signed: boolean;
  completeness_error: number | null;
  caption?: string;
  url: string;
}

/** A value beside the probabilities. */
export interface Finding {
  group: string;
  name: string;
  value: number | string | boolean | null;
  /** "probability" for a share in [0, 1]. */
  unit: string;
  reason: string;
}

/** A finding that may be changed; a number unless `values` closes it. */
export interface Editable {
  name: string;
  label: string;
  unit: string;
  values: readonly string[];
}

/** One slice of a lesion as a person sees it, in LPS mm; no corners where it shows none. */
export interface SliceOutline {
  at_mm: Vec3;
  corners_mm: readonly Vec3[];
}

/** What a person changed, and all findings as they follow from it. */
export interface Revision {
  number: number;
  edits: Readonly<Record<string, string>>;
  outlines: readonly SliceOutline[];
  findings: readonly Finding[];
  made_by: string;
  made_at: string;
}

export interface AiResult {
  id: string;
  system: string;
  version: string;
  weights_sha256: string;
  badge: string | null;
  decision: string | null;
  probabilities: Probabilities;
  stages: readonly { id: string; probabilities: Probabilities }[];
  lesions: readonly Lesion[];
  decision_lesion?: number | null;
  phases_used: readonly ContrastPhase[];
  phases_missing: readonly ContrastPhase[];
  warnings: readonly { code: string; message: string }[];
  heatmaps: readonly HeatmapInfo[];
  findings?: readonly Finding[];
  editable?: readonly Editable[];
  revision?: Revision | null;
  /** Series on which the lesion's outline may be redrawn. */
  redraw_series?: string | null;
  /** Where findings are changed; only for those who may. */
  revise_url?: string;
  /** Where the result can be taken away, by kind of file; not during a reading. */
  downloads?: Readonly<Record<string, string>>;
}

/** The lesion's box in the coordinates of its series: LPS mm, or pixels and slice numbers. */
export function lesionBox({ box_mm, box_px }: Lesion): BoxMm {
  if (box_mm) return box_mm;
  const [x0 = 0, y0 = 0, z0 = 0, x1 = 0, y1 = 0, z1 = 0] = box_px;
  const centre = (low: number, high: number): number => (low + high - 1) / 2;
  return [centre(x0, x1), centre(y0, y1), centre(z0, z1), x1 - x0, y1 - y0, z1 - z0];
}
