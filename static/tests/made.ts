/** Series for the tests: small, with just what a test changes. */
import type { SeriesManifest } from '../src/viewer/manifest';

export function madeSeries(change: Partial<SeriesManifest> = {}): SeriesManifest {
  return {
    id: 's1',
    label: 'Series 1',
    phase: null,
    phase_confidence: null,
    modality: 'CT',
    calibrated: true,
    lossy: false,
    frames_url: '/frames/s1/',
    token: 't',
    content_type: 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1',
    pixel: {
      rows: 100,
      columns: 200,
      bits_allocated: 16,
      bits_stored: 16,
      high_bit: 15,
      pixel_representation: 1,
      samples_per_pixel: 1,
      photometric_interpretation: 'MONOCHROME2',
      planar_configuration: null,
    },
    rescale: { slope: 1, intercept: -1024 },
    window: null,
    spacing_mm: [2, 0.5],
    orientation: [1, 0, 0, 0, 1, 0],
    frame_of_reference: 'f',
    frame_time_ms: null,
    frames: [0, 5, 10].map((z) => ({ position_mm: [-50, -80, z] })),
    ...change,
  };
}

/** Orientation of slices tilted by `degrees` about the patient's y axis. */
export function tilted(degrees: number): number[] {
  const angle = (degrees * Math.PI) / 180;
  return [Math.cos(angle), 0, Math.sin(angle), 0, 1, 0];
}
