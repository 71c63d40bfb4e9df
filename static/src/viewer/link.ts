/** What the viewports do together: scroll by position, zoom and pan in mm, share the window. */
import { Enums, type Types } from '@cornerstonejs/core';
import { fill, gettext } from '../shared/i18n';
import { add, dot, scale, subtract, type Vec3 } from '../shared/vectors';
import type { Layout } from './layout';
import { firstOffset, follow, linkable, offsetsFromShown, type Linkable } from './linking';
import type { Pane } from './pane';
import { directions, isClip, sliceDistance, type Stack } from './stack';

const { CAMERA_MODIFIED, VOI_MODIFIED } = Enums.Events;

const asLinkable = (stack: Stack): Linkable => ({
  located: stack.located,
  normal: stack.normal,
  positions: stack.positions,
  frameOfReference: stack.series.frame_of_reference,
});

/** Windows are shared in Hounsfield units only: other grey values differ from series to series. */
const inHu = ({ series }: Stack): boolean => series.modality === 'CT' && series.calibrated;

export class Link {
  on = true;
  /** Offset along the normal of each viewport against the first, mm (frames without geometry). */
  private readonly offsets = new Map<Pane, number>();
  private following = false;

  constructor(private readonly layout: Layout) {
    for (const pane of layout.panes) {
      pane.surface.addEventListener(CAMERA_MODIFIED, () => {
        this.others(pane, (other) => this.followCamera(pane, other));
      });
      pane.surface.addEventListener(VOI_MODIFIED, () => {
        this.others(pane, (other) => this.followWindow(pane, other));
      });
    }
  }

  /**
   * Note the offset of a series about to be shown; returns the slice it should start at: the middle
   * one, or where the others are; a clip begins at its beginning.
   */
  place(pane: Pane, stack: Stack): number {
    const usual = isClip(stack) ? 0 : Math.floor(stack.imageIds.length / 2);
    const target = asLinkable(stack);
    const other = this.layout.panes.find((one) => one !== pane && one.stack);
    this.offsets.set(pane, 0);
    if (!other?.stack || !linkable(asLinkable(other.stack), target)) return usual;
    const source = asLinkable(other.stack);
    const offset = this.offset(other) + firstOffset(source, target);
    this.offsets.set(pane, offset);
    this.remark(pane);
    const position = source.positions[other.index] ?? 0;
    return this.on ? follow(target, position, this.offset(other), offset).index : usual;
  }

  /** Switch; on switching on, what is shown now belongs together from then on. */
  toggle(): void {
    this.on = !this.on;
    if (this.on) this.align();
    this.layout.panes.forEach((pane) => this.remark(pane));
  }

  /** Move a viewport to a slice and the linked ones along. */
  goTo(pane: Pane, index: number): void {
    if (!pane.goTo(index) || !this.on || !pane.stack) return;
    const source = asLinkable(pane.stack);
    const position = source.positions[pane.index] ?? 0;
    for (const other of this.layout.panes) {
      if (other === pane || !other.stack) continue;
      const target = asLinkable(other.stack);
      if (!linkable(source, target)) continue;
      const found = follow(target, position, this.offset(pane), this.offset(other));
      other.goTo(found.index);
      const outside = Math.abs(found.miss) > sliceDistance(other.stack);
      other.root.classList.toggle('is-outside', outside);
      this.remark(other, outside);
    }
    pane.root.classList.remove('is-outside');
    this.remark(pane);
  }

  private offset(pane: Pane): number {
    return this.offsets.get(pane) ?? 0;
  }

  private align(): void {
    const panes = this.layout.panes.filter((pane) => pane.stack);
    const shown = panes.map((pane) => pane.stack!.positions[pane.index] ?? 0);
    const first = panes[0];
    if (!first) return;
    const offsets = offsetsFromShown(shown, this.offset(first));
    panes.forEach((pane, i) => this.offsets.set(pane, offsets[i] ?? 0));
  }

  private remark(pane: Pane, outside = false): void {
    const first = this.layout.panes[0]!;
    if (outside) pane.labels.remark(gettext('outside'), gettext('This phase ends before here.'));
    else if (!this.on || !pane.stack?.located || !first.stack) pane.labels.remark('');
    else {
      const byItself = firstOffset(asLinkable(first.stack), asLinkable(pane.stack));
      const moved = this.offset(pane) - this.offset(first) - byItself;
      if (Math.abs(moved) >= 0.05)
        pane.labels.remark(
          fill(gettext('linked %(mm)s mm off'), { mm: (moved > 0 ? '+' : '') + moved.toFixed(1) }),
          gettext('The link was switched on with this shift along the slices.'),
        );
      else if (byItself !== 0)
        pane.labels.remark(
          gettext('linked by middle'),
          gettext('This phase has its own frame of reference: its middle was put to the middle.'),
        );
      else pane.labels.remark('');
    }
  }

  /** Run `action` for every other viewport with an image, without echoes. */
  private others(source: Pane, action: (other: Pane) => void): void {
    if (!this.on || this.following || !source.stack) return;
    this.following = true;
    for (const pane of this.layout.panes)
      if (pane !== source && pane.stack && pane.viewport.getCornerstoneImage()) action(pane);
    this.following = false;
  }

  private followWindow(source: Pane, target: Pane): void {
    if (!inHu(source.stack!) || !inHu(target.stack!)) return;
    if (source.window) target.setWindow(source.window, source.preset, true);
  }

  /** Same mm per pixel, same point in the middle; scale first, since the CPU path wants it so. */
  private followCamera(source: Pane, target: Pane): void {
    if (!linkable(asLinkable(source.stack!), asLinkable(target.stack!))) return;
    const from = source.viewport.getCamera();
    const heights = target.surface.clientHeight / source.surface.clientHeight;
    if (!from.parallelScale || !Number.isFinite(heights) || heights === 0) return;
    target.viewport.setCamera({ parallelScale: from.parallelScale * heights });
    const to = target.viewport.getCamera();
    const shift = this.inPlane(target, subtract(from.focalPoint as Vec3, to.focalPoint as Vec3));
    target.viewport.setCamera({
      focalPoint: [...add(to.focalPoint as Vec3, shift)] as Types.Point3,
      position: [...add(to.position as Vec3, shift)] as Types.Point3,
    });
    target.viewport.render();
  }

  private inPlane(pane: Pane, v: Vec3): Vec3 {
    const [row, column] = directions(pane.stack!.series);
    return add(scale(row, dot(v, row)), scale(column, dot(v, column)));
  }
}
