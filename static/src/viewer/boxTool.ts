/** Drawing a lesion box: a rectangle on a slice, then the slices it reaches over. */
import { emit } from '../shared/events';
import { boxOfRectangle, firstRange, type Box, type DrawnRectangle } from './boxes';
import type { Pane } from './pane';
import { patientToPixel, sliceDistance, type Plane, type Stack } from './stack';

/** Rectangles with a shorter side, in screen pixels, are taken for a slip of the hand. */
const LEAST_SIDE = 4;

interface Drawing {
  stack: Stack;
  plane: Plane;
  rectangle: DrawnRectangle;
}

export class BoxTool {
  enabled = false;
  private drawing: Drawing | null = null;

  /** `onChange` hears of every new, changed or removed box. */
  constructor(
    panes: readonly Pane[],
    private readonly onChange: () => void,
  ) {
    for (const pane of panes) this.watch(pane);
  }

  /** The box as it stands; null when none is drawn. */
  get box(): Box | null {
    const drawn = this.drawing;
    return (
      drawn && boxOfRectangle(drawn.stack, drawn.plane, drawn.rectangle, sliceDistance(drawn.stack))
    );
  }

  /** What the box counts in. */
  get unit(): 'mm' | 'px' {
    return this.drawing?.stack.located === false ? 'px' : 'mm';
  }

  get series(): string | null {
    return this.drawing?.stack.series.id ?? null;
  }

  /** First and last display index (0-based) the box reaches over, and how many there are. */
  get range(): { first: number; last: number; count: number } | null {
    if (!this.drawing) return null;
    const [first, last] = this.drawing.rectangle.slices;
    return { first, last, count: this.drawing.stack.imageIds.length };
  }

  /** Change the slices; the ends swap when they cross. */
  setRange(first: number, last: number): void {
    if (!this.drawing) return;
    const slices = [Math.min(first, last), Math.max(first, last)] as const;
    this.drawing = { ...this.drawing, rectangle: { ...this.drawing.rectangle, slices } };
    this.announce();
  }

  /** Take the box back; false when there is none. */
  clear(): boolean {
    if (!this.drawing) return false;
    this.drawing = null;
    this.announce();
    return true;
  }

  private watch(pane: Pane): void {
    const { surface } = pane;
    surface.addEventListener('pointerdown', (down) => {
      if (!this.enabled || down.button !== 0 || !pane.stack || !pane.plane) return;
      down.preventDefault();
      surface.setPointerCapture(down.pointerId);
      const { stack, plane } = pane;
      const move = (event: PointerEvent): void => {
        this.stretch(pane, stack, plane, down, event);
      };
      const up = (event: PointerEvent): void => {
        surface.removeEventListener('pointermove', move);
        surface.removeEventListener('pointerup', up);
        if (this.stretch(pane, stack, plane, down, event)) this.announce();
      };
      surface.addEventListener('pointermove', move);
      surface.addEventListener('pointerup', up);
    });
  }

  /** Span the rectangle from where the button went down; false while it is too small. */
  private stretch(
    pane: Pane,
    stack: Stack,
    plane: Plane,
    from: PointerEvent,
    to: PointerEvent,
  ): boolean {
    const [width, height] = [to.clientX - from.clientX, to.clientY - from.clientY].map(Math.abs);
    if (Math.min(width!, height!) < LEAST_SIDE) return false;
    const a = this.pixelAt(pane, plane, from);
    const b = this.pixelAt(pane, plane, to);
    const columns = [Math.min(a[0], b[0]), Math.max(a[0], b[0])] as const;
    const rows = [Math.min(a[1], b[1]), Math.max(a[1], b[1])] as const;
    const sides =
      (columns[1] - columns[0]) * plane.spacing[1] + (rows[1] - rows[0]) * plane.spacing[0];
    const slices = firstRange(stack, pane.shown, sides / 2, sliceDistance(stack));
    this.drawing = { stack, plane, rectangle: { columns, rows, slices } };
    this.onChange();
    return true;
  }

  private pixelAt(pane: Pane, plane: Plane, event: PointerEvent): readonly [number, number] {
    const { left, top } = pane.surface.getBoundingClientRect();
    const at = pane.toPatient([event.clientX - left, event.clientY - top]);
    const clamp = (value: number, size: number): number =>
      Math.min(Math.max(value, -0.5), size - 0.5);
    const [column, row] = patientToPixel(plane, at);
    return [clamp(column, plane.columns), clamp(row, plane.rows)];
  }

  private announce(): void {
    const { box, series } = this;
    emit(
      'rr:box-drawn',
      box && series ? { centre_mm: box.centre, size_mm: box.size, series } : null,
    );
    this.onChange();
  }
}
