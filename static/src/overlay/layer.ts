/** One viewport's heat map: a canvas above the image that follows slice, zoom and pan. */
import { Enums } from '@cornerstonejs/core';
import { h } from '../shared/dom';
import { gettext } from '../shared/i18n';
import { pixelToPatient, planeAt } from '../viewer/stack';
import type { Pane } from '../viewer/pane';
import { colourOf, colourOfMask, type Colour } from './colormap';
import type { Grid } from './grid';
import { regionOnPlane } from './placement';
import { rasterise, type Raster } from './raster';

/** A heat map ready to be drawn. */
export interface Shown {
  grid: Grid;
  /** How values are coloured; "mask" for what lies inside a lesion. */
  scale: 'signed' | 'unsigned' | 'mask';
  /** What stands beside the colour scale. */
  caption: string;
  /** Values at the ends of the scale. */
  vmax: number;
}

function colourBy(scale: Shown['scale']): Colour {
  return scale === 'mask' ? colourOfMask : (value) => colourOf(value, scale === 'signed');
}

export class HeatLayer {
  private readonly canvas = h('canvas', { class: 'pane__heat', 'aria-hidden': 'true' });
  private readonly tile = document.createElement('canvas');
  private readonly legend = h('div', { class: 'pane__legend', hidden: true });
  private readonly strip = h('canvas', { class: 'pane__legend-strip', width: 96, height: 1 });
  private maps: readonly Shown[] = [];
  /** The map whose legend stands there: the one that meets the slice, else the first. */
  private shown: Shown | null = null;
  private opacity = 0.5;
  /** The raster of the slice it was made for; scrolling back and zooming need no new one. */
  private raster: { shown: Shown; slice: number; value: Raster | null } | null = null;

  constructor(private readonly pane: Pane) {
    pane.surface.after(this.canvas);
    pane.root.append(this.legend);
    pane.surface.addEventListener(Enums.Events.IMAGE_RENDERED, () => this.draw());
  }

  /** Show maps; where several belong to a series, as for stills, each lies on its own frames. */
  set(maps: readonly Shown[], opacity: number): void {
    this.opacity = opacity;
    this.maps = maps;
    this.draw();
  }

  /** Display indices of the slices that a map lies on. */
  get slices(): readonly number[] {
    const { stack } = this.pane;
    if (!stack || this.maps.length === 0) return [];
    return stack.order
      .map((_, index) => index)
      .filter((index) => this.maps.some(({ grid }) => regionOnPlane(grid, planeAt(stack, index))));
  }

  /** Redraw; cheap when nothing is shown. */
  draw(): void {
    const { clientWidth: width, clientHeight: height } = this.pane.surface;
    const ratio = window.devicePixelRatio;
    const [w, h2] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== w) this.canvas.width = w;
    if (this.canvas.height !== h2) this.canvas.height = h2;
    const context = this.canvas.getContext('2d')!;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, w, h2);
    const raster = this.currentRaster();
    const { plane } = this.pane;
    if (!raster || !plane) return;
    const { left, top, right, bottom } = raster.region;
    const at = (column: number, row: number): readonly [number, number] =>
      this.pane.toCanvas(pixelToPatient(plane, column, row));
    const [origin, across, down] = [at(left, top), at(right, top), at(left, bottom)];
    context.globalAlpha = this.opacity;
    context.setTransform(
      ((across[0] - origin[0]) * ratio) / raster.width,
      ((across[1] - origin[1]) * ratio) / raster.width,
      ((down[0] - origin[0]) * ratio) / raster.height,
      ((down[1] - origin[1]) * ratio) / raster.height,
      origin[0] * ratio,
      origin[1] * ratio,
    );
    context.drawImage(this.tile, 0, 0);
  }

  private choose(): Shown | null {
    const { plane } = this.pane;
    const met = plane && this.maps.find(({ grid }) => regionOnPlane(grid, plane));
    const shown = met ?? this.maps[0] ?? null;
    if (shown !== this.shown) {
      this.shown = shown;
      this.describe();
    }
    return shown;
  }

  private currentRaster(): Raster | null {
    const shown = this.choose();
    const { plane, shown: slice } = this.pane;
    if (!shown || !plane) return null;
    if (this.raster?.shown !== shown || this.raster.slice !== slice) {
      const value = rasterise(shown.grid, plane, colourBy(shown.scale));
      this.raster = { shown, slice, value };
      if (value) this.fillTile(value);
    }
    return this.raster.value;
  }

  private fillTile({ width, height, rgba }: Raster): void {
    this.tile.width = width;
    this.tile.height = height;
    this.tile.getContext('2d')!.putImageData(new ImageData(rgba, width, height), 0, 0);
  }

  private describe(): void {
    const { shown } = this;
    this.legend.hidden = !shown;
    if (!shown) return;
    const caption = h('span', { class: 'pane__legend-text' }, shown.caption);
    if (shown.vmax === 0) {
      const empty = h('span', {}, gettext('Nothing in this map speaks for it.'));
      return this.legend.replaceChildren(caption, empty);
    }
    if (shown.scale === 'mask') return this.legend.replaceChildren(caption);
    const signed = shown.scale === 'signed';
    const colour = colourBy(shown.scale);
    const context = this.strip.getContext('2d')!;
    const pixels = context.createImageData(this.strip.width, 1);
    for (let i = 0; i < this.strip.width; i += 1) {
      const share = (i + 0.5) / this.strip.width;
      const [r, g, b] = colour(signed ? 2 * share - 1 : share);
      pixels.data.set([r, g, b, 255], 4 * i);
    }
    context.putImageData(pixels, 0, 0);
    const figure = (value: number): string => value.toPrecision(2);
    this.legend.replaceChildren(
      caption,
      h(
        'span',
        { class: 'pane__legend-scale' },
        signed ? figure(-shown.vmax) : '0',
        this.strip,
        figure(shown.vmax),
      ),
    );
  }
}
