/**
 * The radiologist's form of a second opinion: every change is kept as a draft, and the AI result
 * comes only when asked for.
 */
import { AiPanel } from '../ai/panel';
import { h, need, needData } from '../shared/dom';
import { api, backOff, pause, Problem } from '../shared/http';
import { fill, gettext } from '../shared/i18n';

const QUIET_MS = 1200;
const FIELDS = ['findings', 'impression', 'category', 'reason'] as const;

export type Written = Partial<Record<(typeof FIELDS)[number], string>>;

/** What the form holds, without the password. */
export function written(form: HTMLFormElement): Written {
  const data = new FormData(form);
  const held: Written = {};
  for (const name of FIELDS) {
    const value = data.get(name);
    if (typeof value === 'string') held[name] = value;
  }
  return held;
}

/** Saves a while after the last change, one request at a time, and tries again without a line. */
export class Draft {
  private timer = 0;
  private busy = false;
  private dirty = false;
  private readonly signing = new AbortController();

  constructor(
    private readonly form: HTMLFormElement,
    private readonly state: HTMLElement,
  ) {
    form.addEventListener('input', (event) => this.changed(event));
    // What is being signed travels with the form; a draft that came later would outlive it.
    form.addEventListener('submit', () => {
      clearTimeout(this.timer);
      this.signing.abort();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.hidden && this.dirty) void this.save(true);
    });
  }

  private changed(event: Event): void {
    if (event.target instanceof HTMLInputElement && event.target.type === 'password') return;
    this.dirty = true;
    this.state.textContent = gettext('Not saved yet');
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), QUIET_MS);
  }

  private async save(keepalive = false): Promise<void> {
    const { signal } = this.signing;
    if (this.busy || signal.aborted) return;
    this.busy = true;
    for (let lost = 0; this.dirty; ) {
      this.dirty = false;
      try {
        const json = written(this.form);
        await api(needData(this.form, 'draftUrl'), { method: 'PUT', json, keepalive, signal });
        lost = 0;
        const at = new Date().toISOString().slice(11, 19);
        this.state.textContent = fill(gettext('Saved %(at)s UTC'), { at });
      } catch (error) {
        if (signal.aborted) break;
        this.dirty = true;
        this.state.textContent = error instanceof Error ? error.message : String(error);
        if (!(error instanceof Problem) || !error.temporary) break;
        await pause(backOff(lost), signal);
        lost += 1;
      }
    }
    this.busy = false;
  }
}

/** Fetch the AI result in place, so that the images stay as they are. */
async function showAi(form: HTMLFormElement): Promise<void> {
  const line = h('p', { class: 'field__error', role: 'alert' });
  try {
    const { ai } = await api<{ ai: { id: string } }>(needData(form, 'url'), { method: 'POST' });
    const runs = needData(form, 'runs');
    const section = h('section', {
      id: 'ai-panel',
      class: 'ai-panel',
      'data-ai-url': `${runs}${ai.id}/`,
      'aria-label': gettext('AI result'),
    });
    const fold = h('details', { open: true }, h('summary', {}, gettext('AI result')), section);
    form.replaceWith(fold);
    await new AiPanel(section).load();
  } catch (error) {
    line.textContent = error instanceof Error ? error.message : String(error);
    form.querySelector('[role=alert]')?.remove();
    form.append(line);
  }
}

export function setUpOpinion(): void {
  const form = document.querySelector<HTMLFormElement>('#opinion-form');
  if (form) new Draft(form, need('[data-save-state]', form));
  const ask = document.querySelector<HTMLFormElement>('#show-ai');
  ask?.addEventListener('submit', (event) => {
    event.preventDefault();
    void showAi(ask);
  });
}
