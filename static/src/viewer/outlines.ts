/** Outlines of lesion and background on frames, in pixels; which frames have them. Pure. */
export type Corner = readonly [column: number, row: number];
export type OutlineKind = 'lesion' | 'background';

/** What is outlined on one frame of one series. */
export interface FrameOutline {
  series: string;
  /** Frame of the manifest, from 0. */
  frame: number;
  lesion: readonly Corner[] | null;
  background: readonly Corner[] | null;
}

/** Corners nearer than this to the line between their neighbours are left out, in pixels. */
const TOLERANCE = 0.4;

/** The outlines of a case by series and frame, in the order in which the frames were first drawn. */
export class Outlines {
  private readonly byFrame = new Map<string, FrameOutline>();
  /** Kinds in the order they were drawn, for undo. */
  private readonly made: { key: string; kind: OutlineKind }[] = [];

  get all(): readonly FrameOutline[] {
    return [...this.byFrame.values()];
  }

  at(series: string, frame: number): FrameOutline | null {
    return this.byFrame.get(keyOf(series, frame)) ?? null;
  }

  /** Put an outline in place of the one of its kind on its frame. */
  set(series: string, frame: number, kind: OutlineKind, corners: readonly Corner[]): void {
    const key = keyOf(series, frame);
    const before = this.byFrame.get(key) ?? { series, frame, lesion: null, background: null };
    this.byFrame.set(key, { ...before, [kind]: corners });
    this.made.push({ key, kind });
  }

  /** Take a frame's outlines away; false when it has none. */
  remove(series: string, frame: number): boolean {
    return this.byFrame.delete(keyOf(series, frame));
  }

  /** Take the newest outline back; false when there is none. */
  undo(): boolean {
    for (let last = this.made.pop(); last; last = this.made.pop()) {
      const held = this.byFrame.get(last.key);
      if (!held?.[last.kind]) continue;
      const left = { ...held, [last.kind]: null };
      if (left.lesion || left.background) this.byFrame.set(last.key, left);
      else this.byFrame.delete(last.key);
      return true;
    }
    return false;
  }
}

const keyOf = (series: string, frame: number): string => `${series}/${frame}`;

/**
 * A hand-drawn line as few corners (Douglas and Peucker), rounded to tenths of a pixel.
 *
 * The line is closed; it is split at the corner farthest from the first one.
 */
export function simplify(line: readonly Corner[]): Corner[] {
  const first = line[0];
  if (!first || line.length < 4) return line.map(rounded);
  const far = line.reduce(
    (best, p, i) => (distance(p, first) > distance(line[best]!, first) ? i : best),
    0,
  );
  const there = thinned(line.slice(0, far + 1));
  const back = thinned([...line.slice(far), first]);
  return [...there.slice(0, -1), ...back.slice(0, -1)].map(rounded);
}

/** Area of a polygon in square pixels. */
export function area(polygon: readonly Corner[]): number {
  const twice = polygon.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = polygon[(i + 1) % polygon.length]!;
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

const distance = ([x, y]: Corner, [a, b]: Corner): number => Math.hypot(x - a, y - b);
const rounded = ([x, y]: Corner): Corner => [Math.round(x * 10) / 10, Math.round(y * 10) / 10];

function thinned(line: readonly Corner[]): readonly Corner[] {
  const [from, to] = [line[0]!, line[line.length - 1]!];
  let [worst, farthest] = [0, 0];
  line.slice(1, -1).forEach((corner, i) => {
    const off = fromLine(corner, from, to);
    if (off > farthest) [worst, farthest] = [i + 1, off];
  });
  if (farthest <= TOLERANCE) return [from, to];
  return [...thinned(line.slice(0, worst + 1)).slice(0, -1), ...thinned(line.slice(worst))];
}

/** Distance of a corner from the stretch between two others. */
function fromLine(corner: Corner, from: Corner, to: Corner): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length2 = dx * dx + dy * dy;
  if (length2 === 0) return distance(corner, from);
  const along = ((corner[0] - from[0]) * dx + (corner[1] - from[1]) * dy) / length2;
  const share = Math.min(Math.max(along, 0), 1);
  return distance(corner, [from[0] + share * dx, from[1] + share * dy]);
}
