/** An AI result as elements: decision, stages, lesions, warnings, how it came about. */
import { button, h } from '../shared/dom';
import { emit } from '../shared/events';
import { percent } from '../shared/format';
import { fill, gettext } from '../shared/i18n';
import { phaseName } from '../shared/phases';
import { stageBars } from './bars';
import { findingsView } from './findings';
import { className, methodName, systemName } from './names';
import { lesionBox, type AiResult, type Lesion } from './result';

function decision(result: AiResult): HTMLElement {
  const probability = result.decision && result.probabilities[result.decision];
  return h(
    'p',
    { class: 'ai-panel__decision' },
    h('strong', {}, result.decision ? className(result.decision) : gettext('No decision')),
    probability !== null && probability !== undefined && probability !== ''
      ? h('span', {}, percent(probability))
      : null,
  );
}

function lesionButton(lesion: Lesion, index: number, decides: boolean): HTMLElement {
  const [, , , dx, dy, dz] = lesionBox(lesion);
  const unit = lesion.box_mm ? 'mm' : 'px';
  const size = [dx, dy, dz].map((side) => side.toFixed(0)).join(' × ');
  const text = fill(gettext('%(n)s: %(size)s %(unit)s'), { n: index + 1, size, unit });
  const from =
    lesion.source === 'given'
      ? gettext('drawn')
      : fill(gettext('%(p)s sure'), { p: percent(lesion.confidence) });
  const place = { box: lesionBox(lesion), series: lesion.series };
  const go = button(text, () => emit('rr:jump', place), {
    class: 'button lesions__go',
    title: gettext('Show its slice'),
  });
  const mark = decides && h('span', { class: 'badge badge--accent' }, gettext('decides'));
  return h('li', { class: 'lesions__row' }, go, h('span', { class: 'quiet' }, from), mark);
}

function lesions(result: AiResult): HTMLElement {
  const rows = result.lesions.map((lesion, i) =>
    lesionButton(lesion, i, result.lesions.length > 1 && i === result.decision_lesion),
  );
  return h(
    'section',
    {},
    h('h3', {}, gettext('Lesions')),
    rows.length > 0
      ? h('ul', { class: 'lesions' }, ...rows)
      : h('p', { class: 'quiet' }, gettext('No lesion was found. Draw a box and run again.')),
  );
}

function warnings(result: AiResult): HTMLElement | null {
  if (result.warnings.length === 0) return null;
  const rows = result.warnings.map(({ message }) => h('li', {}, message));
  return h('ul', { class: 'notice notice--warning ai-panel__warnings' }, ...rows);
}

function fact(term: string, ...value: (string | HTMLElement)[]): HTMLElement[] {
  return [h('dt', {}, term), h('dd', {}, ...value)];
}

const phaseList = (phases: AiResult['phases_used']): string =>
  phases.length > 0 ? phases.map(phaseName).join(', ') : gettext('none');

/** The (i): model, weights, phases, and how far each additive explanation misses its sum. */
function background(result: AiResult): HTMLElement {
  const errors = result.heatmaps.filter((map) => map.completeness_error !== null);
  const worst = new Map<string, number>();
  for (const { method, completeness_error } of errors)
    worst.set(method, Math.max(worst.get(method) ?? 0, completeness_error ?? 0));
  const checksum = h('code', { title: result.weights_sha256 }, result.weights_sha256.slice(0, 12));
  return h(
    'details',
    { class: 'ai-panel__background' },
    h('summary', {}, gettext('About this result')),
    h(
      'dl',
      { class: 'facts' },
      ...fact(gettext('Model'), `${systemName(result.system)} ${result.version}`),
      ...fact(gettext('Weights (SHA-256)'), checksum),
      ...fact(gettext('Phases used'), phaseList(result.phases_used)),
      ...fact(gettext('Phases missing'), phaseList(result.phases_missing)),
      ...[...worst].flatMap(([method, error]) =>
        fact(
          fill(gettext('%(method)s completeness error'), { method: methodName(method) }),
          h(
            'span',
            { title: gettext('How far the map’s sum misses the change it should explain.') },
            percent(error),
          ),
        ),
      ),
    ),
  );
}

function downloads(result: AiResult): HTMLElement | null {
  const links = Object.entries(result.downloads ?? {}).map(([kind, url]) =>
    h('a', { class: 'button button--small', href: url, download: true }, kind.toUpperCase()),
  );
  return links.length > 0 ? h('div', { class: 'row' }, gettext('Take away:'), ...links) : null;
}

/** The whole result; `controls` switch the overlay, `revise` changes findings. */
export function resultView(
  result: AiResult,
  controls: HTMLElement | null,
  revise: HTMLElement | null = null,
): HTMLElement[] {
  const badge = result.badge && h('span', { class: 'badge badge--warning' }, result.badge);
  const shown = [
    h('div', { class: 'ai-panel__model' }, systemName(result.system), ` ${result.version}`, badge),
    decision(result),
    warnings(result),
    h('div', { class: 'ai-panel__stages' }, ...stageBars(result)),
    findingsView(result.findings ?? [], result.revision ?? null),
    revise,
    lesions(result),
    controls,
    background(result),
    downloads(result),
  ];
  return shown.filter((part) => part !== null);
}
