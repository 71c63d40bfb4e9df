/** Speed over the last seconds, so that a pause or a slow start does not spoil the forecast. */

const WINDOW_MS = 8000;

export class Rate {
  private points: { at: number; bytes: number }[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Note how many bytes are done; going backwards (a chunk sent again) starts anew. */
  add(bytes: number): void {
    const at = this.now();
    if (bytes < (this.points.at(-1)?.bytes ?? 0)) this.points = [];
    this.points = this.points.filter((point) => at - point.at <= WINDOW_MS);
    this.points.push({ at, bytes });
  }

  reset(): void {
    this.points = [];
  }

  /** Bytes per second; 0 while there is nothing to go by. */
  get perSecond(): number {
    const [first, last] = [this.points[0], this.points.at(-1)];
    if (!first || !last || last.at - first.at < 250) return 0;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }

  /** Seconds until `total`; Infinity while the speed is unknown. */
  secondsTo(total: number): number {
    const { perSecond } = this;
    return perSecond > 0 ? (total - (this.points.at(-1)?.bytes ?? 0)) / perSecond : Infinity;
  }
}
