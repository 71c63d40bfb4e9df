/**
 * Colours for heat maps on grey images, distinguishable with colour-blindness.
 *
 * Unsigned maps: dark violet over orange to light yellow, brightness rising with the value (after
 * the idea of "inferno", Smith & van der Walt). Signed maps: red speaks for, blue against, pale in
 * between (after ColorBrewer's RdBu). Opacity rises with the value, so the image stays readable
 * where a map says nothing.
 */
type Rgb = readonly [number, number, number];
export type Rgba = readonly [number, number, number, number];
/** Colour and own opacity (0..255) of a value in [-1, 1]. */
export type Colour = (value: number) => Rgba;

const SEQUENTIAL: readonly Rgb[] = [
  [38, 12, 81],
  [101, 21, 110],
  [159, 42, 99],
  [212, 72, 66],
  [245, 125, 21],
  [250, 193, 39],
  [252, 255, 164],
];

const FOR: readonly Rgb[] = [
  [247, 200, 180],
  [239, 138, 98],
  [214, 50, 47],
];

const AGAINST: readonly Rgb[] = [
  [190, 216, 236],
  [103, 169, 207],
  [33, 102, 200],
];

/** Values below this share of the maximum are left out. */
const FLOOR = 0.04;
/** From here on a value is painted fully. */
const FULL = 0.5;

function along(stops: readonly Rgb[], share: number): Rgb {
  const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  const [a, b] = [stops[low]!, stops[low + 1]!];
  const mix = (i: 0 | 1 | 2): number => Math.round(a[i] + (b[i] - a[i]) * (place - low));
  return [mix(0), mix(1), mix(2)];
}

/** Masks: a thin line where inside meets outside, a breath of colour within. */
const MASK: Rgb = [92, 196, 230];

/** Colour and own opacity of a mask's value in [0, 1]. */
export function colourOfMask(value: number): Rgba {
  if (value < 0.3) return [0, 0, 0, 0];
  return [...MASK, value < 0.7 ? 255 : 60];
}

/** Colour and own opacity (0..255) of a value in [-1, 1]; unsigned maps ignore negative values. */
export function colourOf(value: number, signed: boolean): Rgba {
  const strength = signed ? Math.abs(value) : Math.max(0, value);
  if (strength < FLOOR) return [0, 0, 0, 0];
  const alpha = 255 * Math.min(1, (strength - FLOOR) / (FULL - FLOOR));
  const stops = signed ? (value > 0 ? FOR : AGAINST) : SEQUENTIAL;
  return [...along(stops, strength), Math.round(alpha)];
}
