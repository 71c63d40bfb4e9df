/** Lesion boxes drawn over one viewport as outlines that follow slice, zoom and pan. */
import { Enums } from '@cornerstonejs/core';
import { svg } from '../shared/dom';
import { cutByPlane, type Box } from './boxes';
import type { Pane } from './pane';

export type BoxKind = 'index' | 'ai' | 'drawn';

export interface ShownBox {
  box: Box;
  kind: BoxKind;
  label: string;
  /** Series its coordinates belong to; null for patient coordinates shared by all phases. */
  series: string | null;
}

export class BoxLayer {
  private readonly root = svg('svg', { class: 'pane__boxes', 'aria-hidden': 'true' });
  private boxes: readonly ShownBox[] = [];

  constructor(private readonly pane: Pane) {
    pane.surface.after(this.root);
    pane.surface.addEventListener(Enums.Events.IMAGE_RENDERED, () => this.draw());
  }

  set(boxes: readonly ShownBox[]): void {
    this.boxes = boxes;
    this.draw();
  }

  private draw(): void {
    const { plane, stack } = this.pane;
    if (!plane || !stack || !this.pane.viewport.getCornerstoneImage()) return;
    const shapes = this.boxes
      .filter(({ series }) => (stack.located ? true : series === stack.series.id))
      .flatMap(({ box, kind, label }) => {
        const points = cutByPlane(box, plane).map((p) => this.pane.toCanvas(p));
        if (points.length === 0) return [];
        const outline = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
        const [left, top] = [
          Math.min(...points.map(([x]) => x)),
          Math.min(...points.map(([, y]) => y)),
        ];
        return [
          svg('polygon', { class: `box box--${kind}`, points: outline }),
          svg('text', { class: `box__label box__label--${kind}`, x: left, y: top - 4 }, label),
        ];
      });
    this.root.replaceChildren(...shapes);
  }
}
