/** The clinician's own values for findings: a small form; what follows comes from the server. */
import { button, h } from '../shared/dom';
import { api } from '../shared/http';
import { fill, gettext } from '../shared/i18n';
import { plainName } from './findings';
import type { AiResult, Editable, Finding } from './result';
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

  /** `onRevised` gets the run with the revision in it. */
  constructor(
    private readonly result: AiResult,
    private readonly onRevised: (inference: Inference) => void,
  ) {
    this.root.open = Boolean(result.revision);
    const rows = (result.editable ?? []).map((one) => this.row(one));
    const keep = button(gettext('Apply'), () => void this.send(this.edits()));
    const back = button(gettext('Back to the model’s'), () => void this.send({}), {
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
      h('div', { class: 'row' }, keep, back),
      this.line,
    );
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

  private async send(edits: Record<string, string>): Promise<void> {
    this.line.textContent = '';
    try {
      const url = this.result.revise_url!;
      this.onRevised(await api<Inference>(url, { method: 'POST', json: { edits } }));
    } catch (error) {
      this.line.textContent = error instanceof Error ? error.message : String(error);
    }
  }
}
