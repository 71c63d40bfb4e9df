/**
 * The AI panel, on `<section id="ai-panel">`.
 *
 * `data-ai-url` gives the latest result (or the job that makes it), `data-run-url` takes new runs
 * of `data-system`, `data-jobs-url` + id + "/" tells of a run. Without a run address the panel only
 * shows. It speaks to the viewer by events alone.
 */
import { button, h } from '../shared/dom';
import { emit, on, type DrawnBox } from '../shared/events';
import { api, Problem } from '../shared/http';
import { fill, gettext } from '../shared/i18n';
import { OverlayControls } from './controls';
import { systemName } from './names';
import type { AiResult } from './result';
import { followRun, isOver, startRun, type Inference } from './run';
import { resultView } from './view';

const isInference = (answer: AiResult | Inference): answer is Inference => 'job' in answer;

export class AiPanel {
  private readonly head = h('header', { class: 'ai-panel__head' });
  private readonly body = h('div', { class: 'ai-panel__body' });
  private readonly bar = h('progress', { class: 'is-idle', max: 1, value: 0 });
  private readonly line = h('output', { class: 'ai-panel__line', 'aria-live': 'polite' });
  private readonly runButton: HTMLButtonElement | null;
  private controls: OverlayControls | null = null;
  private result: AiResult | null = null;
  private box: DrawnBox | null = null;

  constructor(private readonly root: HTMLElement) {
    const { runUrl, system = 'lilnet_ct' } = root.dataset;
    const label = fill(gettext('Run %(system)s'), { system: systemName(system) });
    this.runButton = runUrl ? button(label, () => void this.run(runUrl, system)) : null;
    this.bar.setAttribute('aria-label', gettext('Progress of the run'));
    const title = h('h2', {}, gettext('AI result'));
    this.head.append(h('div', { class: 'row' }, title, this.runButton ?? ''));
    if (this.runButton) this.head.append(this.bar);
    this.head.append(this.line);
    root.replaceChildren(this.head, this.body);
    on('rr:viewer-ready', () => this.announce());
    on('rr:box-drawn', (box) => {
      this.box = box;
    });
  }

  /** Show what the server has. */
  async load(): Promise<void> {
    const { aiUrl } = this.root.dataset;
    if (!aiUrl) return this.show(null);
    try {
      const answer = await api<AiResult | Inference | undefined>(aiUrl);
      if (answer && isInference(answer)) await this.take(answer);
      else this.show(answer ?? null);
    } catch (error) {
      this.show(null);
      if (!(error instanceof Problem && error.status === 404)) this.say(error);
    }
  }

  private async run(url: string, system: string): Promise<void> {
    this.busy(true);
    this.line.textContent = gettext('Asking for a run …');
    try {
      await this.take(await startRun(url, system, this.box ? [this.box].map(asRequest) : []));
    } catch (error) {
      this.say(error);
    } finally {
      this.busy(false);
    }
  }

  /** Follow a run to its end and show what came of it. */
  private async take(first: Inference): Promise<void> {
    this.show(first.result ?? this.result);
    this.progress(first);
    if (!isOver(first.job)) this.busy(true);
    const url = `${this.root.dataset['jobsUrl'] ?? ''}${first.job.id}/`;
    const last = isOver(first.job) ? first : await followRun(url, (now) => this.progress(now));
    this.busy(false);
    if (last.job.state === 'failed')
      this.line.textContent = last.job.message ?? gettext('The run failed. Try again.');
    else {
      this.line.textContent = '';
      this.show(last.result);
    }
  }

  private progress(now: Inference | null): void {
    if (!now) {
      this.line.textContent = gettext('The line to the server is lost. Trying again.');
      return;
    }
    const { state, progress, message } = now.job;
    this.bar.value = Math.max(this.bar.value, progress);
    const waiting = state === 'queued' ? gettext('Waiting for a free worker …') : '';
    this.line.textContent = isOver(now.job) ? '' : (message ?? waiting);
  }

  private busy(busy: boolean): void {
    if (this.runButton) this.runButton.disabled = busy;
    this.bar.classList.toggle('is-idle', !busy);
    if (!busy) this.bar.value = 0;
  }

  private show(result: AiResult | null): void {
    this.result = result;
    this.controls = result && result.heatmaps.length > 0 ? new OverlayControls(result) : null;
    const nothing = h('p', { class: 'quiet' }, gettext('No AI result yet.'));
    const parts = result ? resultView(result, this.controls?.root ?? null) : [nothing];
    this.body.replaceChildren(...parts);
    this.announce();
  }

  private announce(): void {
    emit('rr:ai-result', { result: this.result });
    this.controls?.announce();
  }

  private say(error: unknown): void {
    this.line.textContent = error instanceof Error ? error.message : String(error);
  }
}

const asRequest = ({ centre_mm, size_mm }: DrawnBox): Pick<DrawnBox, 'centre_mm' | 'size_mm'> => ({
  centre_mm,
  size_mm,
});
