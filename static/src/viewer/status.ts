/** The line below the images: position, slice, window, zoom, spacing of the active viewport. */
import { h } from '../shared/dom';
import { fill, gettext } from '../shared/i18n';
import { clock, timesOf } from './cine';
import { seriesName } from './labels';
import { planeName, positionText } from './orientation';
import type { Pane } from './pane';
import { directions, isClip } from './stack';

const FIELDS = [
  'series',
  'position',
  'slice',
  'time',
  'window',
  'zoom',
  'spacing',
  'lossy',
] as const;
type Field = (typeof FIELDS)[number];

/** Texts of the fields for a viewport; empty where there is nothing to say. */
export function statusTexts(pane: Pane): Record<Field, string> {
  const { stack, shown, window, preset } = pane;
  const empty = {
    series: '',
    position: '',
    slice: '',
    time: '',
    window: '',
    zoom: '',
    spacing: '',
    lossy: '',
  };
  if (!stack) return empty;
  const { series, located } = stack;
  const [row, column] = directions(series);
  const name = seriesName(stack);
  const at = stack.positions[shown] ?? 0;
  const spacing = series.spacing_mm;
  const width = window && `W ${Math.round(window.width)}  L ${Math.round(window.center)}`;
  return {
    series: located ? `${name}, ${planeTitle(planeName(row, column))}` : name,
    position: located ? positionText(at, stack.normal) : '',
    slice: fill(
      isClip(stack) ? gettext('Frame %(n)s of %(count)s') : gettext('Slice %(n)s of %(count)s'),
      { n: shown + 1, count: stack.order.length },
    ),
    time: isClip(stack) ? clock(timesOf(series), stack.order[shown] ?? 0) : '',
    window: width ? (preset ? `${width}  ${preset}` : width) : '',
    zoom: fill(gettext('Zoom %(n)s %'), { n: Math.round(pane.zoom * 100) }),
    spacing: spacing
      ? `${spacing[0].toFixed(2)} × ${spacing[1].toFixed(2)} mm`
      : gettext('uncalibrated'),
    lossy: series.lossy ? gettext('lossy') : '',
  };
}

function planeTitle(plane: ReturnType<typeof planeName>): string {
  const names = {
    axial: gettext('axial'),
    coronal: gettext('coronal'),
    sagittal: gettext('sagittal'),
    oblique: gettext('oblique'),
  };
  return names[plane];
}

export class StatusLine {
  readonly root: HTMLElement;
  private readonly fields: Record<Field, HTMLElement>;
  readonly message = h('output', { class: 'viewer__message', 'aria-live': 'polite' });

  constructor() {
    const made = FIELDS.map(
      (name) => [name, h('span', { class: `viewer__fact viewer__fact--${name}` })] as const,
    );
    this.fields = Object.fromEntries(made) as Record<Field, HTMLElement>;
    this.root = h('div', { class: 'viewer__status' }, ...made.map(([, span]) => span));
  }

  update(pane: Pane): void {
    const texts = statusTexts(pane);
    for (const name of FIELDS) {
      const field = this.fields[name];
      if (field.textContent !== texts[name]) field.textContent = texts[name];
    }
  }

  /** Say something in the fixed place at the right; it never moves the page. */
  say(sentence: string): void {
    this.message.textContent = sentence;
  }
}
