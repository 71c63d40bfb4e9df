/** Playing a clip at its own times. */
import { fill, gettext } from '../shared/i18n';
import type { SeriesManifest } from './manifest';

/** Time between frames, in ms, for series that give none: 15 frames per second. */
export const USUAL_FRAME_TIME = 1000 / 15;

/** How much faster or slower than in life a clip can be played. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;

/** When the frames of a clip are shown. */
export interface Times {
  /** ms from the first frame, rising. */
  starts: readonly number[];
  /** ms until the first frame comes again: the last one stays for the mean step. */
  period: number;
  /** Whether the file gives them. */
  known: boolean;
}

export function timesOf({ frame_time_ms, frame_times_ms, frames }: SeriesManifest): Times {
  const known = frame_time_ms !== null;
  const step = frame_time_ms ?? USUAL_FRAME_TIME;
  const starts = frame_times_ms ?? frames.map((_, frame) => frame * step);
  return { starts, period: (starts[starts.length - 1] ?? 0) + step, known };
}

/** The frame that is shown `elapsed` ms after the first one, looping. */
export function frameAt({ starts, period }: Times, elapsed: number): number {
  const at = elapsed % period;
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Time since the first frame of a clip, and its length; nothing where the file gives no times. */
export function clock({ starts, period, known }: Times, frame: number): string {
  const seconds = (ms: number): string => (ms / 1000).toFixed(2);
  const values = { at: seconds(starts[frame] ?? 0), length: seconds(period) };
  return known ? fill(gettext('%(at)s of %(length)s s'), values) : gettext('times unknown');
}

export interface Playable {
  times: Times;
  current: () => number;
  show: (frame: number) => void;
}

export class Cine {
  private clip: Playable | null = null;
  private request = 0;
  private factor = 1;

  /** `onState` hears of every start, stop and change of speed. */
  constructor(private readonly onState: (playing: boolean) => void) {}

  get playing(): boolean {
    return this.clip !== null;
  }

  get speed(): number {
    return this.factor;
  }

  /** Play from now on at so many times the real speed. */
  setSpeed(factor: number): void {
    this.factor = factor;
    if (this.clip) this.start(this.clip);
    else this.onState(false);
  }

  /** Go `steps` up or down the list of speeds. */
  changeSpeed(steps: number): void {
    const at = SPEEDS.findIndex((speed) => speed === this.factor) + steps;
    const next = SPEEDS[Math.min(Math.max(at, 0), SPEEDS.length - 1)];
    if (next) this.setSpeed(next);
  }

  toggle(clip: Playable): void {
    if (this.playing) this.stop();
    else this.start(clip);
  }

  /** Frames that are late are skipped, so the clip keeps its real time. */
  start(clip: Playable): void {
    this.stop();
    if (clip.times.starts.length < 2) return;
    this.clip = clip;
    const first = clip.times.starts[clip.current()] ?? 0;
    let begun: number | null = null;
    const tick = (now: number): void => {
      if (this.clip !== clip) return;
      begun ??= now;
      const frame = frameAt(clip.times, first + (now - begun) * this.factor);
      if (frame !== clip.current()) clip.show(frame);
      this.request = requestAnimationFrame(tick);
    };
    this.request = requestAnimationFrame(tick);
    this.onState(true);
  }

  stop(): void {
    if (!this.playing) return;
    cancelAnimationFrame(this.request);
    this.clip = null;
    this.onState(false);
  }
}
