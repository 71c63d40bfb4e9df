/** Playing a clip at its own frame time. */

/** The frame to show after `elapsed` ms from `start`, looping. */
export function frameAt(start: number, count: number, elapsed: number, frameTime: number): number {
  return (start + Math.floor(elapsed / frameTime)) % count;
}

export interface Playable {
  count: number;
  /** ms per frame at normal speed. */
  frameTime: number;
  current: () => number;
  show: (frame: number) => void;
}

/** Frame time for series that give none: 15 frames per second. */
export const USUAL_FRAME_TIME = 1000 / 15;

export class Cine {
  private clip: Playable | null = null;
  private request = 0;

  /** `onState` hears of every start and stop. */
  constructor(private readonly onState: (playing: boolean) => void) {}

  get playing(): boolean {
    return this.clip !== null;
  }

  toggle(clip: Playable, speed = 1): void {
    if (this.playing) this.stop();
    else this.start(clip, speed);
  }

  /** Frames that are late are skipped, so the clip keeps its real time. */
  start(clip: Playable, speed = 1): void {
    this.stop();
    if (clip.count < 2) return;
    this.clip = clip;
    const first = clip.current();
    let begun: number | null = null;
    const tick = (now: number): void => {
      if (this.clip !== clip) return;
      begun ??= now;
      const frame = frameAt(first, clip.count, (now - begun) * speed, clip.frameTime);
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
