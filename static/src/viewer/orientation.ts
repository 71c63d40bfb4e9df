/** Letters at the image's edges: Patient Orientation, PS3.3 C.7.6.1.1.1. */
import { cross, type Vec3 } from '../shared/vectors';

/** LPS axes: +x is the patient's left, +y posterior, +z toward the head. */
const LETTERS: readonly (readonly [positive: string, negative: string])[] = [
  ['L', 'R'],
  ['P', 'A'],
  ['H', 'F'],
];

/** A direction cosine below this (about 12 degrees off the plane) earns no letter. */
const LEAST_COSINE = 0.2;

/** Letters of a direction, strongest first, e.g. "L" or "LA"; at most two. */
export function directionLetters(direction: Vec3): string {
  return LETTERS.map(([positive, negative], i) => {
    const cosine = direction[i] ?? 0;
    return { letter: cosine > 0 ? positive : negative, weight: Math.abs(cosine) };
  })
    .filter(({ weight }) => weight > LEAST_COSINE)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, 2)
    .map(({ letter }) => letter)
    .join('');
}

export interface EdgeLetters {
  left: string;
  right: string;
  top: string;
  bottom: string;
}

const opposite = (d: Vec3): Vec3 => [-d[0], -d[1], -d[2]];

/** Letters for the four edges from the row and column direction cosines. */
export function edgeLetters(row: Vec3, column: Vec3): EdgeLetters {
  return {
    left: directionLetters(opposite(row)),
    right: directionLetters(row),
    top: directionLetters(opposite(column)),
    bottom: directionLetters(column),
  };
}

/** The plane's name from its normal, for the status line. */
export function planeName(row: Vec3, column: Vec3): 'axial' | 'coronal' | 'sagittal' | 'oblique' {
  const normal = cross(row, column).map(Math.abs) as [number, number, number];
  const names = ['sagittal', 'coronal', 'axial'] as const;
  const strongest = normal.indexOf(Math.max(...normal)) as 0 | 1 | 2;
  return (normal[strongest] ?? 0) > 0.97 ? (names[strongest] ?? 'oblique') : 'oblique';
}

/** A position along an axial normal as radiologists say it: "H 12.5" or "F 40.0" mm. */
export function positionText(alongNormal: number, normal: Vec3): string {
  const letters = directionLetters(normal);
  const other = directionLetters(opposite(normal));
  return `${alongNormal < 0 ? other : letters} ${Math.abs(alongNormal).toFixed(1)} mm`;
}
