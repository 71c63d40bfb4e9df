/** Findings beside the probabilities: one table per group, the model's value and a person's. */
import { button, h, type Child } from '../shared/dom';
import { percent } from '../shared/format';
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
  const figure = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  return unit ? `${figure} ${unit}` : figure;
}

/** Codes as words: "washout_portal_venous" reads "washout portal venous". */
export const plainName = (name: string): string => name.replaceAll('_', ' ');

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
      ...shown.flatMap(({ row, other, differs }) => rowView(row, other, differs, changed)),
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

function rowView(row: Finding, other: Finding, differs: boolean, changed: boolean): HTMLElement[] {
  const cells: Child[] = [
    h('span', { class: 'findings__name', role: 'rowheader' }, plainName(row.name)),
    h('span', { class: 'findings__value', role: 'cell' }, valueText(row), bar(row)),
  ];
  if (changed) {
    const own = differs ? h('strong', {}, valueText(other)) : '';
    cells.push(h('span', { class: 'findings__value findings__value--own', role: 'cell' }, own));
  }
  const { reason } = other;
  const line = h('div', { class: 'findings__row', role: 'row' }, ...cells);
  return reason ? [line, h('p', { class: 'findings__reason quiet' }, reason)] : [line];
}

function bar({ value, unit }: Finding): HTMLElement | null {
  if (unit !== 'probability' || typeof value !== 'number') return null;
  const fill = h('span', { class: 'bars__fill' });
  fill.style.setProperty('--share', String(Math.min(Math.max(value, 0), 1)));
  return h('span', { class: 'bars__track', 'aria-hidden': 'true' }, fill);
}
