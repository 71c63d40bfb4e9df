/**
 * The AI panel, on `<section id="ai-panel">`.
 *
 * `data-ai-url` gives the latest result (or the job that makes it), `data-run-url` takes new runs
 * of the systems in `#ai-systems`, `data-jobs-url` + id + "/" tells of a run. Without a run address
 * the panel only shows. It speaks to the viewer by events alone.
 */
import { h, pageJson } from '../shared/dom';
import { emit, on } from '../shared/events';
import { api, Problem } from '../shared/http';
import { gettext } from '../shared/i18n';
import { OverlayControls } from './controls';
import type { AiResult } from './result';
import { ReviseForm } from './revise';
import { followRun, isOver, startRun, type Inference, type RunRequest } from './run';
import { RunBar } from './runBar';
import type { SystemChoice } from './systems';
import { resultView } from './view';

const isInference = (answer: AiResult | Inference): answer is Inference => 'job' in answer;

export class AiPanel {
  private readonly head = h('header', { class: 'ai-panel__head' });
  private readonly body = h('div', { class: 'ai-panel__body' });
  private readonly bar = h('progress', { class: 'is-idle', max: 1, value: 0 });
  private readonly line = h('output', { class: 'ai-panel__line', 'aria-live': 'polite' });
  private readonly runBar: RunBar | null;
  private controls: OverlayControls | null = null;
  private revise: ReviseForm | null = null;
  private result: AiResult | null = null;

  constructor(private readonly root: HTMLElement) {
    const { runUrl } = root.dataset;
    const systems = runUrl ? pageJson<SystemChoice[]>('ai-systems') : [];
    this.runBar =
      systems.length > 0
        ? new RunBar(systems, {
            run: (request) => void this.run(runUrl!, request),
            choose: (system) => void this.load(system),
          })
        : null;
    this.bar.setAttribute('aria-label', gettext('Progress of the run'));
    this.head.append(h('h2', {}, gettext('AI result')));
    if (this.runBar) this.head.append(this.runBar.root, this.bar);
    this.head.append(this.line);
    root.replaceChildren(this.head, this.body);
    on('rr:viewer-ready', () => this.announce());
    on('rr:redrawn', ({ slices }) => this.revise?.redrawn(slices));
  }

  /** Show what the server has: the latest run, or the latest of one system. */
  async load(system?: string): Promise<void> {
    const { aiUrl } = this.root.dataset;
    this.line.textContent = '';
    if (!aiUrl) return this.show(null);
    try {
      const url = system ? `${aiUrl}?system=${encodeURIComponent(system)}` : aiUrl;
      const answer = await api<AiResult | Inference | undefined>(url);
      if (answer && isInference(answer)) await this.take(answer);
      else this.show(answer ?? null);
    } catch (error) {
      this.show(null);
      if (!(error instanceof Problem && error.status === 404)) this.say(error);
    }
  }

  private async run(url: string, request: RunRequest): Promise<void> {
    this.busy(true);
    this.line.textContent = gettext('Asking for a run …');
    try {
      await this.take(await startRun(url, request));
    } catch (error) {
      this.say(error);
    } finally {
      this.busy(false);
    }
  }

  /** Follow a run to its end and show what came of it. */
  private async take(first: Inference): Promise<void> {
    this.show(first.result ?? this.result);
    this.runBar?.select(first.job.system);
    this.progress(first);
    if (!isOver(first.job)) this.busy(true);
    const url = `${this.root.dataset['jobsUrl'] ?? ''}${first.job.id}/`;
    const last = isOver(first.job) ? first : await followRun(url, (now) => this.progress(now));
    this.busy(false);
    if (last.job.state === 'failed')
      this.fault(last.job.message ?? gettext('The run failed. Try again.'));
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
    this.runBar?.busy(busy);
    this.bar.classList.toggle('is-idle', !busy);
    if (!busy) this.bar.value = 0;
  }

  private show(result: AiResult | null): void {
    this.result = result;
    this.controls = result && result.heatmaps.length > 0 ? new OverlayControls(result) : null;
    const nothing = h('p', { class: 'quiet' }, gettext('No AI result yet.'));
    this.revise =
      result?.revise_url && result.decision && result.editable?.length
        ? new ReviseForm(result, {
            revised: (inference) => this.show(inference.result),
            redrawing: () => this.controls?.show('mask'),
          })
        : null;
    const parts = result
      ? resultView(result, this.controls?.root ?? null, this.revise?.root ?? null)
      : [nothing];
    this.body.replaceChildren(...parts);
    this.announce();
  }

  private announce(): void {
    emit('rr:ai-result', { result: this.result });
    this.controls?.announce();
  }

  private say(error: unknown): void {
    this.fault(error instanceof Error ? error.message : String(error));
  }

  /** Say what went wrong; the next word in the line takes its place. */
  private fault(sentence: string): void {
    this.line.replaceChildren(h('span', { class: 'ai-panel__fault' }, sentence));
  }
}
