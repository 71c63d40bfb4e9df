/** What came of an upload: the cases it made, and every file that was not taken, and why. */
import { h } from '../shared/dom';
import { fill, gettext, ngettext } from '../shared/i18n';
import { phaseName, type ContrastPhase } from '../shared/phases';

export interface ReportSeries {
  id: string;
  modality: string;
  phase: ContrastPhase | null;
  n_frames: number;
}

export interface Refused {
  file: string;
  code: string;
  reason: string;
}

/** The JSON of `ingest`. */
export interface Report {
  cases: readonly { id: string; code: string; series: readonly ReportSeries[] }[];
  rejected: readonly Refused[];
  quarantined: readonly Refused[];
  warnings: readonly { case: string; message: string }[];
}

function caseRow(
  { id, code, series }: Report['cases'][number],
  caseUrl: string,
): HTMLTableRowElement {
  const frames = series.reduce((sum, one) => sum + one.n_frames, 0);
  const modalities = [...new Set(series.map(({ modality }) => modality))].join(', ');
  const chips = series.map(({ phase, modality }) =>
    h('span', { class: 'badge' }, phase || modality === 'CT' ? phaseName(phase) : modality),
  );
  return h(
    'tr',
    {},
    h('td', {}, h('a', { href: caseUrl.replace('{id}', id) }, code)),
    h('td', {}, modalities),
    h('td', {}, h('span', { class: 'row' }, ...chips)),
    h('td', { class: 'number' }, String(frames)),
  );
}

function table(
  headers: readonly (string | HTMLElement)[],
  rows: readonly HTMLElement[],
): HTMLElement {
  const cells = headers.map((text) => (typeof text === 'string' ? h('th', {}, text) : text));
  return h(
    'div',
    { class: 'table-frame' },
    h('table', { class: 'table' }, h('thead', {}, h('tr', {}, ...cells)), h('tbody', {}, ...rows)),
  );
}

function refusedTable(refused: readonly Refused[]): HTMLElement {
  const rows = refused.map(({ file, reason }) =>
    h('tr', {}, h('td', { class: 'report__file' }, file), h('td', {}, reason)),
  );
  return table([gettext('File'), gettext('Why')], rows);
}

function section(title: string, ...content: HTMLElement[]): HTMLElement {
  return h('section', { class: 'stack' }, h('h2', {}, title), ...content);
}

/** The report as elements; `caseUrl` has {id} where a case's id goes. */
export function reportView(report: Report, caseUrl: string): HTMLElement[] {
  const { cases, rejected, quarantined, warnings } = report;
  const parts: HTMLElement[] = [];
  const count = h('th', { class: 'number' }, gettext('Images'));
  const headers = [gettext('Case'), gettext('Modality'), gettext('Series'), count];
  if (cases.length > 0)
    parts.push(
      section(
        fill(ngettext('%(n)s case is ready', '%(n)s cases are ready', cases.length), {
          n: cases.length,
        }),
        table(
          headers,
          cases.map((one) => caseRow(one, caseUrl)),
        ),
      ),
    );
  else parts.push(h('p', { class: 'notice notice--danger' }, gettext('No file could be used.')));
  if (warnings.length > 0) {
    const rows = warnings.map((one) => h('li', {}, `${one.case}: ${one.message}`));
    parts.push(h('ul', { class: 'notice notice--warning report__warnings' }, ...rows));
  }
  const refusals: [readonly Refused[], string][] = [
    [
      quarantined,
      ngettext('%(n)s file was held back', '%(n)s files were held back', quarantined.length),
    ],
    [rejected, ngettext('%(n)s file was not taken', '%(n)s files were not taken', rejected.length)],
  ];
  for (const [files, title] of refusals)
    if (files.length > 0)
      parts.push(section(fill(title, { n: files.length }), refusedTable(files)));
  return parts;
}
