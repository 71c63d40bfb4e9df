/** Drawing over names: rectangles that hide a place in all frames of a series. */
import { Enums } from '@cornerstonejs/core';
import { svg } from '../shared/dom';
import { emit } from '../shared/events';
import type { Pane } from './pane';

/** First and last pixel, half-open: x0, y0, x1, y1. */
export type Rectangle = readonly [number, number, number, number];
type Corner = readonly [column: number, row: number];

/** Rectangles with a shorter side, in pixels, are taken for a slip of the hand. */
const LEAST_SIDE = 2;

/** The whole pixels between two corners given in pixel centres. */
export function between(a: Corner, b: Corner): Rectangle {
  const low = (i: 0 | 1): number => Math.max(0, Math.floor(Math.min(a[i], b[i]) + 0.5));
  const high = (i: 0 | 1): number => Math.ceil(Math.max(a[i], b[i]) + 0.5);
  return [low(0), low(1), high(0), high(1)];
}

export class CoverTool {
  enabled = false;
  private readonly made: { series: string; rectangle: Rectangle }[] = [];
  private stretched: { series: string; rectangle: Rectangle } | null = null;
  private readonly layers: readonly CoverLayer[];

  constructor(panes: readonly Pane[]) {
    this.layers = panes.map((pane) => new CoverLayer(pane, (series) => this.of(series)));
    for (const pane of panes) this.watch(pane);
  }

  /** Take the newest rectangle back; false when there is none. */
  undo(): boolean {
    if (!this.made.pop()) return false;
    this.announce();
    return true;
  }

  private of(series: string): Rectangle[] {
    const all = this.stretched ? [...this.made, this.stretched] : this.made;
    return all.filter((one) => one.series === series).map(({ rectangle }) => rectangle);
  }

  private watch(pane: Pane): void {
    const { surface } = pane;
    surface.addEventListener('pointerdown', (down) => {
      if (!this.enabled || down.button !== 0 || !pane.stack || !pane.plane) return;
      down.preventDefault();
      surface.setPointerCapture(down.pointerId);
      const [series, from] = [pane.stack.series.id, pane.pixelAt(down)];
      const move = (event: PointerEvent): void => {
        this.stretched = { series, rectangle: between(from, pane.pixelAt(event)) };
        this.draw();
      };
      const up = (): void => {
        surface.removeEventListener('pointermove', move);
        surface.removeEventListener('pointerup', up);
        if (this.stretched && isReal(this.stretched.rectangle)) this.made.push(this.stretched);
        this.stretched = null;
        this.announce();
      };
      surface.addEventListener('pointermove', move);
      surface.addEventListener('pointerup', up);
    });
  }

  private announce(): void {
    const rectangles: Record<string, Rectangle[]> = {};
    for (const { series, rectangle } of this.made) (rectangles[series] ??= []).push(rectangle);
    emit('rr:covered', { rectangles });
    this.draw();
  }

  private draw(): void {
    this.layers.forEach((layer) => layer.draw());
  }
}

const isReal = ([x0, y0, x1, y1]: Rectangle): boolean => Math.min(x1 - x0, y1 - y0) >= LEAST_SIDE;

/** The rectangles of the shown series over one viewport, black as they will be. */
class CoverLayer {
  private readonly root = svg('svg', { class: 'pane__boxes', 'aria-hidden': 'true' });

  constructor(
    private readonly pane: Pane,
    private readonly rectanglesOf: (series: string) => readonly Rectangle[],
  ) {
    pane.surface.after(this.root);
    pane.surface.addEventListener(Enums.Events.IMAGE_RENDERED, () => this.draw());
  }

  draw(): void {
    const { stack } = this.pane;
    if (!stack || !this.pane.viewport.getCornerstoneImage()) return;
    const shapes = this.rectanglesOf(stack.series.id).map(([x0, y0, x1, y1]) => {
      const corners: Corner[] = [
        [x0, y0],
        [x1, y0],
        [x1, y1],
        [x0, y1],
      ];
      const points = corners
        .map(([x, y]) => this.pane.canvasOfPixel([x - 0.5, y - 0.5]))
        .map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`)
        .join(' ');
      return svg('polygon', { class: 'cover', points });
    });
    this.root.replaceChildren(...shapes);
  }
}
