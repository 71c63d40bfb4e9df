/** The clinician's own values for findings: a small form; what follows comes from the server. */
import { button, h } from '../shared/dom';
import { emit } from '../shared/events';
import { api } from '../shared/http';
import { fill, gettext, ngettext } from '../shared/i18n';
import { plainName } from './findings';
import { lesionBox, type AiResult, type Editable, type Finding, type SliceOutline } from './result';
import type { Inference } from './run';

/** A finding's value as the server takes it back. */
export function wordOf(findings: readonly Finding[], name: string): string {
  const value = findings.find((one) => one.name === name)?.value;
  return value === null || value === undefined ? '' : String(value);
}

type Control = HTMLInputElement | HTMLSelectElement;

export class ReviseForm {
  readonly root = h('details', { class: 'revise' });
  private readonly controls = new Map<string, Control>();
  private readonly line = h('output', { class: 'revise__line', 'aria-live': 'polite' });

  private readonly outlineLine = h('span', {});
  private slices: readonly SliceOutline[];

  /** `revised` gets the run with the revision in it; `redrawing` hears that drawing begins. */
  constructor(
    private readonly result: AiResult,
    private readonly actions: {
      revised: (inference: Inference) => void;
      redrawing: () => void;
    },
  ) {
    this.slices = result.revision?.outlines ?? [];
    window.onbeforeunload = null;
    this.root.open = Boolean(result.revision);
    const rows = (result.editable ?? []).map((one) => this.row(one));
    const keep = button(gettext('Apply'), () => void this.send(this.edits(), this.slices));
    const back = button(gettext('Back to the model’s'), () => void this.send({}, []), {
      disabled: !result.revision,
    });
    this.root.append(
      h('summary', {}, gettext('Change findings')),
      result.revision
        ? h(
            'p',
            { class: 'quiet' },
            fill(gettext('Changed by %(name)s'), { name: result.revision.made_by }),
          )
        : '',
      h('div', { class: 'revise__rows' }, ...rows),
      result.redraw_series ? this.outline(result.redraw_series) : '',
      h('div', { class: 'row' }, keep, back),
      this.line,
    );
  }

  /** Hear which slices of the lesion are redrawn now. */
  redrawn(slices: readonly SliceOutline[]): void {
    this.slices = slices;
    const kept = JSON.stringify(this.result.revision?.outlines ?? []) === JSON.stringify(slices);
    const count = slices.length;
    const drawn = fill(ngettext('%(n)s slice redrawn', '%(n)s slices redrawn', count), {
      n: count,
    });
    const state = kept ? drawn : fill(gettext('%(drawn)s, not applied yet'), { drawn });
    this.outlineLine.textContent = count === 0 && kept ? gettext('the model’s') : state;
    this.outlineLine.classList.toggle('revise__unsaved', !kept);
    window.onbeforeunload = kept ? null : (event) => event.preventDefault();
  }

  private outline(series: string): HTMLElement {
    this.redrawn(this.slices);
    const draw = button(gettext('Redraw'), () => this.begin(series), {
      class: 'button button--small',
      title: gettext('Draw the lesion on as many slices as need it; the others stay the model’s.'),
    });
    const empty = button(
      gettext('Not on this slice'),
      () => emit('rr:redraw', { series, what: 'nothing' }),
      {
        class: 'button button--small',
        title: gettext('Say that the slice shown has nothing of the lesion.'),
      },
    );
    return h(
      'div',
      { class: 'revise__outline' },
      h('span', {}, gettext('Outline')),
      this.outlineLine,
      h('span', { class: 'row' }, draw, empty),
    );
  }

  private begin(series: string): void {
    const lesion = this.result.lesions[this.result.decision_lesion ?? 0];
    if (lesion && this.slices.length === 0) emit('rr:jump', { box: lesionBox(lesion), series });
    this.actions.redrawing();
    emit('rr:redraw', { series, what: 'outline' });
  }

  private row({ name, label, unit, values }: Editable): HTMLElement {
    const { findings, revision } = this.result;
    const said = wordOf(findings ?? [], name);
    const now = revision?.edits[name] ?? said;
    const control =
      values.length > 0
        ? h(
            'select',
            {},
            h('option', { value: '' }, '–'),
            ...values.map((value) => h('option', { value }, value)),
          )
        : h('input', { type: 'text', inputmode: 'decimal', maxlength: 12, placeholder: '–' });
    control.value = now;
    this.controls.set(name, control);
    return h(
      'label',
      { class: now === said ? 'revise__row' : 'revise__row revise__row--own', title: label },
      h('span', {}, plainName(name)),
      control,
      unit && h('span', { class: 'quiet' }, unit),
    );
  }

  private edits(): Record<string, string> {
    const findings = this.result.findings ?? [];
    return Object.fromEntries(
      [...this.controls]
        .map(([name, control]) => [name, control.value.trim().replace(',', '.')] as const)
        .filter(([name, word]) => word !== wordOf(findings, name)),
    );
  }

  private async send(
    edits: Record<string, string>,
    outlines: readonly SliceOutline[],
  ): Promise<void> {
    this.line.textContent = '';
    try {
      const url = this.result.revise_url!;
      const json = { edits, outlines };
      this.actions.revised(await api<Inference>(url, { method: 'POST', json }));
    } catch (error) {
      this.line.textContent = error instanceof Error ? error.message : String(error);
    }
  }
}
