/** Wheel events to whole slices. */

/** A mouse notch moves by at least this many pixels; touchpads send many smaller steps. */
const NOTCH = 50;
const LINE_HEIGHT = 16;

/** Collects wheel movement: one slice per mouse notch, one per `NOTCH` pixels of a touchpad. */
export class WheelSteps {
  private rest = 0;

  /** Slices to move by: -1, 0 or 1. */
  take({ deltaY, deltaMode }: Pick<WheelEvent, 'deltaY' | 'deltaMode'>): -1 | 0 | 1 {
    const pixels = deltaMode === 0 ? deltaY : deltaY * LINE_HEIGHT;
    if (Math.sign(pixels) !== Math.sign(this.rest)) this.rest = 0;
    this.rest += pixels;
    if (Math.abs(this.rest) < NOTCH) return 0;
    this.rest = 0;
    return pixels > 0 ? 1 : -1;
  }
}
