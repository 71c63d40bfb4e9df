/** Switching the heat map: method, class, phase, opacity. Speaks to the viewer by `rr:overlay`. */
import { h } from '../shared/dom';
import { emit, type OverlayChoice } from '../shared/events';
import { gettext } from '../shared/i18n';
import { phaseName, phaseRank, type ContrastPhase } from '../shared/phases';
import { methodName } from './names';
import type { AiResult } from './result';

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Methods, classes and phases that a result has maps for; classes may be limited to a method. */
export function available(
  result: AiResult,
  method?: string,
): { methods: string[]; classes: string[]; phases: (ContrastPhase | null)[] } {
  const maps = result.heatmaps.filter((map) => !method || map.method === method);
  return {
    methods: unique(result.heatmaps.map((map) => map.method)),
    classes: unique(maps.map((map) => map.class)),
    phases: unique(maps.map((map) => map.phase)).sort((a, b) => phaseRank(a) - phaseRank(b)),
  };
}

/**
 * What a map is first shown for: the decision, the mask of the lesion that decides, or else what
 * the strongest map speaks for.
 */
export function firstClass(result: AiResult, classes: readonly string[], method?: string): string {
  const wanted = [result.decision, `lesion ${(result.decision_lesion ?? 0) + 1}`];
  const strongest = result.heatmaps
    .filter((map) => classes.includes(map.class) && (!method || map.method === method))
    .sort((a, b) => b.vmax - a.vmax)[0];
  return wanted.find((code) => code !== null && classes.includes(code)) ?? strongest?.class ?? '';
}

export class OverlayControls {
  readonly root = h('fieldset', { class: 'overlay-controls' });
  private readonly methods = h('div', { class: 'segments', role: 'radiogroup' });
  private readonly classes = h('select', {});
  private readonly phases = h('select', {});
  private readonly opacity = h('input', { type: 'range', min: 5, max: 100, step: 5, value: 50 });
  private readonly rest = h('div', { class: 'overlay-controls__rest' });
  private choice: OverlayChoice;
  /** Whether the user has chosen the class; until then each method shows its own first one. */
  private picked = false;

  constructor(private readonly result: AiResult) {
    const { methods, classes } = available(result);
    this.choice = {
      method: 'none',
      classCode: firstClass(result, classes),
      phase: 'each',
      opacity: 0.5,
    };
    this.methods.setAttribute('aria-label', gettext('Overlay'));
    this.methods.append(...['none', ...methods].map((method) => this.segment(method)));
    this.classes.addEventListener('change', () => {
      this.picked = true;
      this.change({ classCode: this.classes.value });
    });
    this.phases.addEventListener('change', () => this.change({ phase: this.phases.value }));
    this.opacity.addEventListener('input', () =>
      this.change({ opacity: Number(this.opacity.value) / 100 }),
    );
    this.rest.append(
      labelled(gettext('Class'), this.classes),
      labelled(gettext('Phase'), this.phases),
      labelled(gettext('Opacity'), this.opacity),
    );
    const hint = h('p', { class: 'quiet' }, gettext('Hold o to peek.'));
    this.root.append(h('legend', {}, gettext('Overlay')), this.methods, this.rest, hint);
    this.fill();
  }

  /** Tell the viewer again, for one that was not there yet. */
  announce(): void {
    emit('rr:overlay', this.choice);
  }

  /** Show the maps of a method. */
  show(method: string): void {
    const radio = this.methods.querySelector<HTMLInputElement>(`[value="${method}"]`);
    if (!radio) return;
    radio.checked = true;
    this.change({ method });
  }

  private change(part: Partial<OverlayChoice>): void {
    this.choice = { ...this.choice, ...part };
    if (part.method) this.fill();
    this.announce();
  }

  private segment(method: string): HTMLElement {
    const input = h('input', { type: 'radio', name: 'overlay-method', value: method });
    input.checked = method === this.choice.method;
    input.addEventListener('change', () => this.change({ method }));
    return h('label', { class: 'segments__one' }, input, h('span', {}, methodName(method)));
  }

  private fill(): void {
    const { method } = this.choice;
    const none = method === 'none';
    for (const control of [this.classes, this.phases, this.opacity]) control.disabled = none;
    const { classes, phases } = available(this.result, none ? undefined : method);
    if (!none && !(this.picked && classes.includes(this.choice.classCode)))
      this.choice = { ...this.choice, classCode: firstClass(this.result, classes, method) };
    this.classes.replaceChildren(...classes.map((code) => h('option', { value: code }, code)));
    this.classes.value = this.choice.classCode;
    this.classes.parentElement!.hidden = classes.length === 1 && classes[0] === method;
    this.phases.replaceChildren(
      h('option', { value: 'each' }, gettext('Each its own')),
      ...phases.map((phase) => h('option', { value: phase ?? '' }, phaseName(phase))),
    );
    this.phases.value = this.choice.phase;
    this.phases.parentElement!.hidden = phases.every((phase) => phase === null);
  }
}

function labelled(text: string, control: HTMLElement): HTMLElement {
  return h('label', { class: 'overlay-controls__row' }, h('span', {}, text), control);
}
