/**
 * Outlining on a frame: drag to draw freely, or click corner by corner.
 *
 * A drag that begins the outline closes it when the button goes up. Clicked corners are closed by
 * Enter or a click on the first one; Backspace takes the last corner back, Escape all of them.
 */
import { emit } from '../shared/events';
import {
  area,
  Outlines,
  simplify,
  type Corner,
  type FrameOutline,
  type OutlineKind,
} from './outlines';
import type { Pane } from './pane';
import type { Stack } from './stack';

/** A pointer that moves less, in screen pixels, has clicked. */
const CLICK = 4;
/** How near to the first corner a click closes, in screen pixels. */
const CATCH = 9;
/** Smaller outlines, in square pixels, are taken for a slip of the hand. */
const LEAST_AREA = 9;

/** The outline being drawn. */
export interface Unfinished {
  pane: Pane;
  series: string;
  frame: number;
  kind: OutlineKind;
  corners: readonly Corner[];
}

export class OutlineTool {
  readonly outlines = new Outlines();
  unfinished: Unfinished | null = null;
  private kind: OutlineKind | null = null;

  /** `onChange` hears of every new, changed or removed outline, `onRefuse` why none was begun. */
  constructor(
    panes: readonly Pane[],
    private readonly onChange: () => void,
    private readonly onRefuse: () => void,
    private readonly mayDraw: (stack: Stack, kind: OutlineKind) => boolean,
  ) {
    for (const pane of panes) this.watch(pane);
  }

  /** Draw outlines of a kind from now on; null for none. */
  choose(kind: OutlineKind | null): void {
    if (kind !== this.kind) this.drop();
    this.kind = kind;
  }

  /** Close what is being drawn; false when there is nothing that could be closed. */
  close(): boolean {
    const drawn = this.unfinished;
    if (!drawn) return false;
    this.unfinished = null;
    const corners = simplify(drawn.corners);
    const real = corners.length >= 3 && area(corners) >= LEAST_AREA;
    if (real) this.outlines.set(drawn.series, drawn.frame, drawn.kind, corners);
    this.announce();
    return real;
  }

  /** Take back the last corner of what is being drawn; false when nothing is. */
  back(): boolean {
    const drawn = this.unfinished;
    if (!drawn) return false;
    const corners = drawn.corners.slice(0, -1);
    this.unfinished = corners.length > 0 ? { ...drawn, corners } : null;
    this.onChange();
    return true;
  }

  /** Give up what is being drawn; false when nothing is. */
  drop(): boolean {
    if (!this.unfinished) return false;
    this.unfinished = null;
    this.onChange();
    return true;
  }

  /** Take the newest outline back; false when there is none. */
  undo(): boolean {
    if (this.drop()) return true;
    const undone = this.outlines.undo();
    if (undone) this.announce();
    return undone;
  }

  /** Put outlines in place of all those of a series, as they were kept. */
  load(series: string, kept: readonly FrameOutline[]): void {
    const before = this.outlines.all.filter((one) => one.series === series);
    if (before.length === 0 && kept.length === 0) return;
    for (const { frame } of before) this.outlines.remove(series, frame);
    for (const { frame, lesion } of kept)
      if (lesion) this.outlines.set(series, frame, 'lesion', lesion);
    this.announce();
  }

  /** Say that a frame shows nothing of the lesion: an outline without corners. */
  empty(series: string, frame: number): void {
    this.outlines.set(series, frame, 'lesion', []);
    this.announce();
  }

  /** Take the outlines of a frame away. */
  remove(series: string, frame: number): void {
    if (this.outlines.remove(series, frame)) this.announce();
  }

  private watch(pane: Pane): void {
    const { surface } = pane;
    surface.addEventListener('pointerdown', (down) => {
      if (!this.kind || down.button !== 0 || !pane.stack || !pane.plane) return;
      down.preventDefault();
      if (!this.mayDraw(pane.stack, this.kind)) return this.onRefuse();
      surface.setPointerCapture(down.pointerId);
      const begun = this.begin(pane, this.kind);
      const free = { drawn: false };
      const move = (event: PointerEvent): void => {
        const moved = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY);
        free.drawn ||= moved >= CLICK;
        if (free.drawn) this.add(pane, event);
      };
      const up = (): void => {
        surface.removeEventListener('pointermove', move);
        surface.removeEventListener('pointerup', up);
        if (free.drawn && begun) this.close();
      };
      surface.addEventListener('pointermove', move);
      surface.addEventListener('pointerup', up);
      if (!begun && this.onFirst(pane, down)) this.close();
      else this.add(pane, down);
    });
  }

  /** Begin an outline on the shown frame unless one is being drawn there; whether it is new. */
  private begin(pane: Pane, kind: OutlineKind): boolean {
    const stack = pane.stack!;
    const frame = stack.order[pane.shown] ?? 0;
    const held = this.unfinished;
    if (held?.pane === pane && held.frame === frame && held.series === stack.series.id)
      return false;
    this.unfinished = { pane, series: stack.series.id, frame, kind, corners: [] };
    return true;
  }

  private add(pane: Pane, event: PointerEvent): void {
    if (!this.unfinished) return;
    const corner = pane.pixelAt(event);
    this.unfinished = { ...this.unfinished, corners: [...this.unfinished.corners, corner] };
    this.onChange();
  }

  private onFirst(pane: Pane, event: PointerEvent): boolean {
    const corners = this.unfinished?.corners ?? [];
    if (corners.length < 3) return false;
    const { left, top } = pane.surface.getBoundingClientRect();
    const [x, y] = pane.canvasOfPixel(corners[0]!);
    return Math.hypot(event.clientX - left - x, event.clientY - top - y) <= CATCH;
  }

  private announce(): void {
    emit('rr:outlines-drawn', { outlines: this.outlines.all });
    this.onChange();
  }
}
