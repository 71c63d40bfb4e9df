/** Everything written over a viewport: heading, badges, orientation letters, load bar, failure. */
import { button, h } from '../shared/dom';
import { fill, gettext } from '../shared/i18n';
import { phaseName } from '../shared/phases';
import { edgeLetters } from './orientation';
import { directions, type Stack } from './stack';

const SIDES = ['left', 'right', 'top', 'bottom'] as const;

/** What the heading calls a series. */
export function seriesName({ series }: Stack): string {
  return series.phase ? phaseName(series.phase) : series.label || series.modality;
}

/** Modalities whose grey values are in no physical unit anyway. */
const UNITLESS = ['MR', 'US'];

/** Facts about a series that change what its images may be used for. */
function warnings({ series }: Stack): [text: string, explanation: string][] {
  const found: [string, string][] = [];
  if (!series.calibrated && !UNITLESS.includes(series.modality))
    found.push([gettext('no HU'), gettext('Grey values of these images are not calibrated.')]);
  if (!series.spacing_mm)
    found.push([
      gettext('no spacing'),
      gettext('The distance between pixels is unknown: lengths are in pixels.'),
    ]);
  if (series.lossy)
    found.push([gettext('lossy'), gettext('These images were compressed with loss of detail.')]);
  return found;
}

export class PaneLabels {
  readonly heading = h('div', { class: 'pane__heading' });
  private readonly name = h('span', { class: 'pane__name' });
  private readonly badges = h('span', { class: 'pane__badges' });
  private readonly aside = h('span', { class: 'pane__aside' });
  private readonly count = h('div', { class: 'pane__count' });
  private readonly bar = h('progress', { class: 'pane__load', max: 1, value: 0 });
  private readonly trouble = h('div', { class: 'pane__failure', role: 'alert', hidden: true });
  private readonly edges = SIDES.map((side) =>
    h('span', { class: `pane__edge pane__edge--${side}` }),
  );

  constructor(
    private readonly root: HTMLElement,
    private readonly retry: () => void,
  ) {
    this.bar.setAttribute('aria-label', gettext('Images loaded'));
    this.heading.append(this.name, this.badges);
    root.append(this.heading, this.aside, this.count, ...this.edges, this.bar, this.trouble);
  }

  series(stack: Stack): void {
    const [row, column] = directions(stack.series);
    const letters = edgeLetters(row, column);
    SIDES.forEach((side, i) => {
      this.edges[i]!.textContent = stack.located ? letters[side] : '';
    });
    const name = seriesName(stack);
    this.name.textContent = name;
    this.badges.replaceChildren(
      ...warnings(stack).map(([text, title]) => h('span', { class: 'badge', title }, text)),
    );
    this.root.setAttribute('aria-label', fill(gettext('Images: %(name)s'), { name }));
  }

  slice(stack: Stack, index: number): void {
    this.count.textContent = `${index + 1} / ${stack.imageIds.length}`;
  }

  /** A short remark at the right, e.g. the link's offset; empty hides it. */
  remark(text: string, title = ''): void {
    this.aside.textContent = text;
    this.aside.title = title;
  }

  loaded(share: number): void {
    this.bar.value = share;
    this.bar.classList.toggle('is-done', share >= 1);
  }

  failure(sentence: string | null): void {
    this.trouble.hidden = sentence === null;
    if (sentence === null) return;
    const again = button(gettext('Try again'), this.retry, { class: 'button button--small' });
    this.trouble.replaceChildren(h('p', {}, sentence), again);
  }
}
