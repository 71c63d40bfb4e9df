/**
 * The DOM events that components speak to each other with; there is no other coupling.
 *
 * All are dispatched on the document. `rr:viewer-ready` lets a component that came first say again
 * what it knows, so the order of scripts does not matter.
 */
import type { AiResult, SliceOutline } from '../ai/result';
import type { Rectangle } from '../viewer/cover';
import type { BoxMm } from '../viewer/manifest';
import type { FrameOutline } from '../viewer/outlines';
import type { Vec3 } from './vectors';

/** Which heat map to show. */
export interface OverlayChoice {
  /** "none" or a method of the result. */
  method: string;
  /** Class code the map speaks for. */
  classCode: string;
  /** A contrast phase, or "each" for every viewport's own. */
  phase: string;
  /** 0..1 */
  opacity: number;
}

/** A box drawn by the user, as the API takes it. */
export interface DrawnBox {
  centre_mm: Vec3;
  size_mm: Vec3;
  /** Series it was drawn on. */
  series: string;
}

/** Rows of the key sheet under one heading. */
export interface KeySection {
  title: string;
  rows: readonly { keys: string; label: string }[];
}

export interface RoomEvents {
  'rr:viewer-ready': Record<string, never>;
  /** First image of any viewport is on the screen. */
  'rr:first-image': { ms: number };
  /** Every frame of the shown series is in memory. */
  'rr:images-loaded': { ms: number; frames: number; failed: number };
  /** The user touched the images. */
  'rr:interaction': { kind: string };
  /** A box was drawn or changed; null when it was taken back. */
  'rr:box-drawn': DrawnBox | null;
  /** Outlines were drawn, changed or taken back: all there are now. */
  'rr:outlines-drawn': { outlines: readonly FrameOutline[] };
  /** Draw over names from now on. */
  'rr:cover': Record<string, never>;
  /** What is drawn over now, by series. */
  'rr:covered': { rectangles: Readonly<Record<string, readonly Rectangle[]>> };
  /** Redraw the lesion on its series, or say that the slice shown has none of it. */
  'rr:redraw': { series: string; what: 'outline' | 'nothing' };
  /** The slices redrawn so far, all of them. */
  'rr:redrawn': { slices: readonly SliceOutline[] };
  'rr:ai-result': { result: AiResult | null };
  'rr:overlay': OverlayChoice;
  /** Go to the middle of a box; `series` is its own where it is counted in pixels. */
  'rr:jump': { box: BoxMm; series?: string };
  /** Put a series into the active viewport. */
  'rr:show-series': { series: string };
  /** Hide (true) or show the images. */
  'rr:pause': { paused: boolean };
  /** Listeners push their key sections synchronously. */
  'rr:collect-keys': { sections: KeySection[] };
}

export function emit<K extends keyof RoomEvents>(name: K, detail: RoomEvents[K]): void {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

export function on<K extends keyof RoomEvents>(
  name: K,
  listener: (detail: RoomEvents[K]) => void,
): void {
  document.addEventListener(name, (event) => {
    listener((event as CustomEvent<RoomEvents[K]>).detail);
  });
}
