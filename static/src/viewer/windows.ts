/** Display windows: presets in HU, and percentiles where values are not Hounsfield units. */
import { gettext } from '../shared/i18n';

/** Window centre and width, PS3.3 C.11.2.1.2. */
export interface Window {
  center: number;
  width: number;
}

export interface Preset {
  name: string;
  /** The window itself, or the percentiles to take it from. */
  window: Window | { low: number; high: number };
}

/** Presets for calibrated CT, in the order of their keys. */
export function ctPresets(): Preset[] {
  const preset = (name: string, width: number, center: number): Preset => ({
    name,
    window: { center, width },
  });
  return [
    preset(gettext('Soft tissue'), 400, 40),
    preset(gettext('Liver'), 150, 90),
    preset(gettext('Narrow liver'), 150, 30),
    preset(gettext('Abdomen'), 350, 40),
    preset(gettext('Lung'), 1500, -600),
    preset(gettext('Bone'), 2500, 480),
  ];
}

/** Ultrasound is recorded as it was shown: its 8 bits go from black to white. */
export function recordedPreset(): Preset {
  return { name: gettext('As recorded'), window: { center: 128, width: 256 } };
}

/** Presets for MR, ultrasound and images without HU: percentiles of the slice shown. */
export function automaticPresets(): Preset[] {
  return [
    { name: gettext('Automatic, 1–99 %'), window: { low: 0.01, high: 0.99 } },
    { name: gettext('More contrast, 5–95 %'), window: { low: 0.05, high: 0.95 } },
    { name: gettext('Full range'), window: { low: 0, high: 1 } },
  ];
}

/** At most this many values are looked at; percentiles need no more. */
const SAMPLES = 20_000;

/** Window between two percentiles (0..1) of the values; at least 1 wide. */
export function percentileWindow(values: ArrayLike<number>, low: number, high: number): Window {
  const step = Math.max(1, Math.floor(values.length / SAMPLES));
  const sample: number[] = [];
  for (let i = 0; i < values.length; i += step) sample.push(values[i]!);
  sample.sort((a, b) => a - b);
  const at = (share: number): number => sample[Math.round(share * (sample.length - 1))] ?? 0;
  const [from, to] = [at(low), at(high)];
  return { center: (from + to) / 2, width: Math.max(1, to - from) };
}

/** Lowest and highest value shown, as Cornerstone takes a window (linear, PS3.3 C.11.2.1.2.1). */
export function toRange({ center, width }: Window): { lower: number; upper: number } {
  return { lower: center - 0.5 - (width - 1) / 2, upper: center - 0.5 + (width - 1) / 2 };
}

/** The window of a range. */
export function fromRange({ lower, upper }: { lower: number; upper: number }): Window {
  return { center: (lower + upper + 1) / 2, width: upper - lower + 1 };
}
