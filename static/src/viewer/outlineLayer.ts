/** Outlines of the shown frame drawn over one viewport; they follow frame, zoom and pan. */
import { Enums } from '@cornerstonejs/core';
import { svg } from '../shared/dom';
import type { OutlineTool } from './outlineTool';
import type { Corner, OutlineKind } from './outlines';
import type { Pane } from './pane';

export class OutlineLayer {
  private readonly root = svg('svg', { class: 'pane__boxes', 'aria-hidden': 'true' });

  constructor(
    private readonly pane: Pane,
    private readonly tool: OutlineTool,
  ) {
    pane.surface.after(this.root);
    pane.surface.addEventListener(Enums.Events.IMAGE_RENDERED, () => this.draw());
  }

  draw(): void {
    const { stack, shown } = this.pane;
    if (!stack || !this.pane.viewport.getCornerstoneImage()) return;
    const frame = stack.order[shown] ?? 0;
    const shapes: SVGElement[] = [];
    const held = this.tool.outlines.at(stack.series.id, frame);
    for (const kind of ['lesion', 'background'] as const)
      if (held?.[kind]) shapes.push(this.shape('polygon', kind, held[kind]));
    const drawn = this.tool.unfinished;
    if (drawn?.pane === this.pane && drawn.frame === frame && drawn.series === stack.series.id) {
      shapes.push(this.shape('polyline', drawn.kind, drawn.corners));
      const [x, y] = this.pane.canvasOfPixel(drawn.corners[0] ?? [0, 0]);
      if (drawn.corners.length > 0)
        shapes.push(svg('circle', { class: `outline outline--${drawn.kind}`, cx: x, cy: y, r: 4 }));
    }
    this.root.replaceChildren(...shapes);
  }

  private shape(
    tag: 'polygon' | 'polyline',
    kind: OutlineKind,
    corners: readonly Corner[],
  ): SVGElement {
    const points = corners
      .map((corner) => this.pane.canvasOfPixel(corner))
      .map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`)
      .join(' ');
    return svg(tag, { class: `outline outline--${kind}`, points });
  }
}
