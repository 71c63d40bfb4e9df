/** Findings beside the probabilities: one table per group, the model's value and a person's. */
import { button, h, type Child } from '../shared/dom';
import { minus, percent } from '../shared/format';
import { gettext } from '../shared/i18n';
import type { Finding, Revision } from './result';

/** Findings of a group in the order of the result. */
export function byGroup(findings: readonly Finding[]): [group: string, rows: Finding[]][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings)
    groups.set(finding.group, [...(groups.get(finding.group) ?? []), finding]);
  return [...groups];
}

/** A finding's value as people read it. */
export function valueText({ value, unit }: Finding): string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? gettext('yes') : gettext('no');
  if (typeof value === 'string') return value;
  if (unit === 'probability') return percent(value);
  const figure = minus(String(Number.isInteger(value) ? value : Number(value.toPrecision(4))));
  return unit ? `${figure} ${unit}` : figure;
}

/** Codes as words: "washout_portal_venous" reads "washout portal venous". */
export const plainName = (name: string): string => name.replaceAll('_', ' ');

/** The number behind a finding that is a share of one; null for all others. */
const shareOf = ({ value, unit }: Finding): number | null =>
  unit === 'probability' && typeof value === 'number' ? value : null;

const heading = (group: string): string =>
  group.charAt(0).toUpperCase() + plainName(group.slice(1));

/** Groups with more reasons than this show them only when asked to. */
const MOST_REASONS = 2;

/** All findings; where a revision changes one, both values stand side by side. */
export function findingsView(
  findings: readonly Finding[],
  revision: Revision | null,
): HTMLElement | null {
  if (findings.length === 0) return null;
  const revised = new Map((revision?.findings ?? []).map((one) => [keyOf(one), one]));
  const groups = byGroup(findings).map(([group, rows]) => groupView(group, rows, revised));
  return h('div', { class: 'findings-groups' }, ...groups);
}

const keyOf = ({ group, name }: Finding): string => `${group}\n${name}`;

function groupView(
  group: string,
  rows: readonly Finding[],
  revised: ReadonlyMap<string, Finding>,
): HTMLElement {
  const shown = rows.map((row) => {
    const other = revised.get(keyOf(row)) ?? row;
    return { row, other, differs: valueText(other) !== valueText(row) };
  });
  const changed = shown.some(({ differs }) => differs);
  const signed = rows.some((row) => (shareOf(row) ?? 0) < 0);
  const head = changed && [
    h('span', {}),
    h('span', { class: 'findings__head' }, gettext('Model')),
    h('span', { class: 'findings__head' }, gettext('Changed')),
  ];
  const section = h('section', { class: 'findings' });
  section.classList.toggle('findings--changed', changed);
  section.classList.toggle('findings--single', rows.length === 1);
  const folded = shown.filter(({ other }) => other.reason).length > MOST_REASONS;
  section.classList.toggle('findings--folded', folded);
  section.append(
    h(
      'header',
      { class: 'findings__heading' },
      h('h4', {}, heading(group)),
      folded && reasons(section),
    ),
    h(
      'div',
      { class: 'findings__rows', role: 'table' },
      ...(head ? [h('div', { class: 'findings__row', role: 'row' }, ...head)] : []),
      ...shown.flatMap(({ row, other, differs }) =>
        rowView(row, other, differs && valueText(other), { changed, signed }),
      ),
    ),
  );
  return section;
}

/** Shows and hides a group's reasons. */
function reasons(section: HTMLElement): HTMLElement {
  const toggle = button(
    gettext('Reasons'),
    () => {
      const open = !section.classList.toggle('findings--folded');
      toggle.setAttribute('aria-pressed', String(open));
    },
    { class: 'button button--quiet button--small', 'aria-pressed': 'false' },
  );
  return toggle;
}

/** A line of a group; `own` is what a person's edits make of the value, false for the same. */
function rowView(
  row: Finding,
  { reason }: Finding,
  own: string | false,
  { changed, signed }: { changed: boolean; signed: boolean },
): HTMLElement[] {
  const share = shareOf(row);
  const value =
    share === null
      ? [valueText(row)]
      : [h('span', { class: 'findings__figure' }, valueText(row)), bar(share, signed)];
  const cells: Child[] = [
    h('span', { class: 'findings__name', role: 'rowheader' }, plainName(row.name)),
    h('span', { class: 'findings__value', role: 'cell' }, ...value),
  ];
  if (changed) {
    const cell = own ? h('strong', {}, own) : '';
    cells.push(h('span', { class: 'findings__value findings__value--own', role: 'cell' }, cell));
  }
  const line = h('div', { class: 'findings__row', role: 'row' }, ...cells);
  return reason ? [line, h('p', { class: 'findings__reason quiet' }, reason)] : [line];
}

/** A share as a length; from the middle where others of its group are below zero. */
function bar(share: number, signed: boolean): HTMLElement {
  const fill = h('span', { class: 'bars__fill' });
  fill.classList.toggle('bars__fill--against', share < 0);
  fill.style.setProperty('--share', String(Math.min(Math.abs(share), 1)));
  const track = h('span', { class: 'bars__track', 'aria-hidden': 'true' }, fill);
  track.classList.toggle('bars__track--signed', signed);
  return track;
}
