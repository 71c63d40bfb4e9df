/** One viewport: a series' stack, its slice, its window. Knows nothing of the other viewports. */
import * as core from '@cornerstonejs/core';
import { gettext } from '../shared/i18n';
import { add, scale, subtract, type Vec3 } from '../shared/vectors';
import { PaneLabels } from './labels';
import { patientToPixel, pixelToPatient, planeAt, type Plane, type Stack } from './stack';
import {
  automaticPresets,
  ctPresets,
  fromRange,
  percentileWindow,
  recordedPreset,
  toRange,
  type Preset,
  type Window,
} from './windows';

/** CSS pixels within the viewport. */
export type Point2 = readonly [number, number];

/** Presets that fit a series: HU windows for calibrated CT, percentiles for all else. */
export function presetsFor({ series }: Stack): Preset[] {
  const { calibrated, modality, pixel } = series;
  if (calibrated && modality === 'CT') return ctPresets();
  const recorded = modality === 'US' && pixel.bits_stored === 8;
  return recorded ? [recordedPreset(), ...automaticPresets()] : automaticPresets();
}

export class Pane {
  readonly labels: PaneLabels;
  readonly viewport: core.Types.IStackViewport;
  stack: Stack | null = null;
  /** Slice asked for; `shown` follows when it is loaded. */
  index = 0;
  shown = 0;
  /** Name of the preset in use, null after the window was dragged. */
  preset: string | null = null;
  /** The window on the screen; null for colour images and before the first slice. */
  window: Window | null = null;
  private settingWindow = false;
  /** Until the first preset is set, windows come from the files and not from the user. */
  private opening = false;

  constructor(
    readonly root: HTMLElement,
    readonly surface: HTMLDivElement,
    engine: core.RenderingEngine,
    id: string,
  ) {
    this.labels = new PaneLabels(root, () => void this.load());
    engine.enableElement({
      viewportId: id,
      type: core.Enums.ViewportType.STACK,
      element: surface,
      defaultOptions: { background: [0.035, 0.039, 0.047] },
    });
    // Keys go to the root: Cornerstone's own listener on the surface would swallow all of them.
    surface.removeAttribute('tabindex');
    this.viewport = engine.getViewport(id) as core.Types.IStackViewport;
    surface.addEventListener('contextmenu', (event) => event.preventDefault());
    surface.addEventListener(core.Enums.Events.STACK_NEW_IMAGE, (event) => {
      const { imageIdIndex } = (event as CustomEvent<{ imageIdIndex: number }>).detail;
      this.shown = imageIdIndex;
      this.labelSlice();
    });
    surface.addEventListener(core.Enums.Events.VOI_MODIFIED, (event) => {
      const { range } = (event as CustomEvent<{ range: { lower: number; upper: number } }>).detail;
      if (this.settingWindow || this.opening || this.isColour) return;
      this.window = fromRange(range);
      this.preset = null;
    });
    surface.addEventListener(core.Enums.Events.IMAGE_RENDERED, () => this.keepRange());
  }

  /** The plane of the slice on the screen. */
  get plane(): Plane | null {
    return this.stack && planeAt(this.stack, this.shown);
  }

  /** Show a series at a slice in its first preset; resolves when the slice is on the screen. */
  async show(stack: Stack, index: number): Promise<void> {
    this.stack = stack;
    this.window = null;
    this.opening = true;
    this.index = Math.min(Math.max(index, 0), stack.imageIds.length - 1);
    this.labels.series(stack);
    this.labelSlice();
    await this.load();
  }

  private async load(): Promise<void> {
    if (!this.stack) return;
    this.labels.failure(null);
    try {
      await this.viewport.setStack([...this.stack.imageIds], this.index);
      if (this.opening) this.applyPreset(0);
      this.opening = false;
    } catch {
      this.labels.failure(gettext('This image could not be loaded.'));
    }
  }

  /** Ask for a slice (clamped); false when it is the current one already. */
  goTo(index: number): boolean {
    const last = (this.stack?.imageIds.length ?? 0) - 1;
    const wanted = Math.min(Math.max(index, 0), last);
    if (wanted < 0 || wanted === this.index) return false;
    this.index = wanted;
    this.labels.failure(null);
    this.viewport.setImageIdIndex(wanted).catch(() => {
      if (this.index === wanted) this.labels.failure(gettext('This image could not be loaded.'));
    });
    return true;
  }

  get isColour(): boolean {
    return (this.stack?.series.pixel.samples_per_pixel ?? 1) > 1;
  }

  /** Set the window; `quiet` keeps it from being linked further. */
  setWindow(window: Window, preset: string | null, quiet = false): void {
    if (this.isColour || !this.viewport.getCornerstoneImage()) return;
    this.preset = preset;
    this.window = window;
    this.setRange(quiet);
    this.viewport.render();
  }

  /** The window a preset means for the slice on the screen. */
  windowOf({ window }: Preset): Window {
    return 'center' in window ? window : percentileWindow(this.values(), window.low, window.high);
  }

  /** Apply the preset with this number (0-based); false when the series has no such preset. */
  applyPreset(number: number): boolean {
    const preset = this.stack && presetsFor(this.stack)[number];
    if (!preset) return false;
    this.setWindow(this.windowOf(preset), preset.name);
    return true;
  }

  /** Fit the image and give it its first preset again. */
  reset(): void {
    this.viewport.resetCamera();
    this.applyPreset(0);
    this.viewport.render();
  }

  /** Screen pixels per image pixel. */
  get zoom(): number {
    const { parallelScale } = this.viewport.getCamera();
    const spacing = this.stack?.series.spacing_mm?.[0] ?? 1;
    return parallelScale ? ((this.surface.clientHeight / 2) * spacing) / parallelScale : 1;
  }

  /** Where a patient position is on the screen. */
  toCanvas(position: Vec3): Point2 {
    const [x, y, z] = add(position, this.halfPixel());
    const [across, down] = this.millimetres();
    return this.viewport.worldToCanvas([x * across, y * down, z]) as unknown as Point2;
  }

  /** Where a pixel (column, row) of the shown frame is on the screen. */
  canvasOfPixel([column, row]: readonly [number, number]): Point2 {
    return this.plane ? this.toCanvas(pixelToPatient(this.plane, column, row)) : [0, 0];
  }

  /** The patient position at a place on the screen, on the shown slice. */
  toPatient([x, y]: Point2): Vec3 {
    const [column, row, z] = this.viewport.canvasToWorld([x, y]);
    const [across, down] = this.millimetres();
    return subtract([column / across, row / down, z], this.halfPixel());
  }

  /** The pixel (column, row) of the shown frame under a pointer, kept on the frame. */
  pixelAt(event: PointerEvent): readonly [column: number, row: number] {
    const { left, top } = this.surface.getBoundingClientRect();
    const { plane } = this;
    if (!plane) return [0, 0];
    const at = this.toPatient([event.clientX - left, event.clientY - top]);
    const [column, row] = patientToPixel(plane, at);
    const clamp = (value: number, size: number): number =>
      Math.min(Math.max(value, -0.5), size - 0.5);
    return [clamp(column, plane.columns), clamp(row, plane.rows)];
  }

  /** Size of a pixel where positions are counted in pixels but Cornerstone's are in mm; else 1. */
  private millimetres(): readonly [across: number, down: number] {
    const spacing = this.stack?.located === false ? this.stack.series.spacing_mm : null;
    return spacing ? [spacing[1], spacing[0]] : [1, 1];
  }

  /**
   * Correction of Cornerstone's positions. Its CPU rendering takes a pixel's position for the
   * pixel's corner where DICOM means its centre (PS3.3 C.7.6.2.1.1); the GPU rendering is right.
   */
  private halfPixel(): Vec3 {
    const { plane } = this;
    if (!plane || !core.getShouldUseCPURendering()) return [0, 0, 0];
    const across = scale(plane.row, plane.spacing[1] / 2);
    return add(across, scale(plane.column, plane.spacing[0] / 2));
  }

  private setRange(quiet: boolean): void {
    if (!this.window) return;
    this.settingWindow = true;
    this.viewport.setProperties({ voiRange: toRange(this.window) }, quiet);
    this.settingWindow = false;
  }

  /** CPU rendering draws a new slice with the old window but then reports the slice's own. */
  private keepRange(): void {
    const { voiRange } = this.viewport.getProperties();
    if (this.window && voiRange && voiRange.lower !== toRange(this.window).lower)
      this.setRange(true);
  }

  /** Pixel values of the slice on the screen, in the units that windows count in. */
  private values(): number[] {
    const image = this.viewport.getCornerstoneImage();
    const stored = (image.voxelManager?.getScalarData() ?? image.getPixelData()) as Int16Array;
    if (image.preScale?.scaled) return Array.from(stored);
    return Array.from(stored, (value) => value * image.slope + image.intercept);
  }

  private labelSlice(): void {
    if (this.stack) this.labels.slice(this.stack, this.shown);
  }
}
