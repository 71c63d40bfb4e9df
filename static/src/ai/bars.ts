/** Probabilities as bars: the value is written beside each, the length only helps. */
import { h } from '../shared/dom';
import { percent } from '../shared/format';
import { gettext } from '../shared/i18n';
import { className, stageName } from './names';
import type { AiResult, Probabilities } from './result';

function bar(code: string, probability: number, decided: boolean): HTMLElement {
  const line = h('span', { class: 'bars__fill' });
  line.style.setProperty('--share', String(probability));
  return h(
    'li',
    { class: decided ? 'bars__row bars__row--decided' : 'bars__row', title: className(code) },
    h('span', { class: 'bars__name' }, code),
    h('span', { class: 'bars__track', 'aria-hidden': 'true' }, line),
    h('span', { class: 'bars__value' }, percent(probability)),
  );
}

/** One bar per class in the order given; the largest is marked where one class excludes another. */
export function bars(probabilities: Probabilities): HTMLElement {
  const entries = Object.entries(probabilities);
  const total = entries.reduce((sum, [, p]) => sum + p, 0);
  const exclusive = Math.abs(total - 1) < 0.01;
  const largest = exclusive ? Math.max(...entries.map(([, p]) => p)) : Infinity;
  return h('ul', { class: 'bars' }, ...entries.map(([code, p]) => bar(code, p, p === largest)));
}

/** More stages than this are folded away below the result. */
const MOST_OPEN = 3;

/** Stages that lead to the result come before it; many networks side by side are folded below. */
export function stageBars(result: AiResult): HTMLElement[] {
  const stages = result.stages.map(({ id, probabilities }) =>
    h(
      'section',
      { class: `ai-panel__stage ai-panel__stage--${id}` },
      h('h4', {}, stageName(id)),
      bars(probabilities),
    ),
  );
  if (Object.keys(result.probabilities).length === 0) return stages;
  const together = h(
    'section',
    { class: 'ai-panel__stage' },
    h('h4', {}, gettext('All classes together')),
    bars(result.probabilities),
  );
  if (stages.length <= MOST_OPEN) return [...stages, together];
  const folded = h(
    'details',
    { class: 'ai-panel__stage ai-panel__networks' },
    h('summary', {}, gettext('Each network by itself')),
    ...stages,
  );
  return [together, folded];
}
