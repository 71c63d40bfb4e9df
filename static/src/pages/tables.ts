/**
 * Sorting and filtering of tables that the server rendered completely.
 *
 * `<table data-sortable>`: every `<th data-sort="text|number">` becomes a button; a cell may carry
 * its value in `data-value`. `<input data-filter="#table">` hides the rows without all its words.
 */
import { h } from '../shared/dom';

export type SortKind = 'text' | 'number';

/** Order of two cell values; empty and unreadable ones come last whatever the direction. */
export function compareValues(a: string, b: string, kind: SortKind, descending = false): number {
  if (!a || !b) return Number(!a) - Number(!b);
  const sign = descending ? -1 : 1;
  if (kind === 'text') return sign * a.localeCompare(b, undefined, { numeric: true });
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
  return sign * (x - y);
}

/** Whether a row's text has every word of the filter, in any order and case. */
export function matches(text: string, filter: string): boolean {
  const lower = text.toLocaleLowerCase();
  return filter
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

function cellValue(row: HTMLTableRowElement, column: number): string {
  const cell = row.cells[column];
  return cell?.dataset['value'] ?? cell?.textContent?.trim() ?? '';
}

function sortBy(table: HTMLTableElement, header: HTMLTableCellElement): void {
  const body = table.tBodies[0];
  if (!body) return;
  const descending = header.getAttribute('aria-sort') === 'ascending';
  const kind = header.dataset['sort'] as SortKind;
  const rows = [...body.rows].sort((a, b) =>
    compareValues(cellValue(a, header.cellIndex), cellValue(b, header.cellIndex), kind, descending),
  );
  body.append(...rows);
  for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
  header.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
}

export function setUpTables(root: ParentNode = document): void {
  for (const header of root.querySelectorAll<HTMLTableCellElement>(
    '[data-sortable] th[data-sort]',
  )) {
    const table = header.closest('table')!;
    const face = h('button', { type: 'button' }, ...header.childNodes);
    face.addEventListener('click', () => sortBy(table, header));
    header.replaceChildren(face);
  }
  for (const input of root.querySelectorAll<HTMLInputElement>('input[data-filter]')) {
    const table = document.querySelector<HTMLTableElement>(input.dataset['filter']!);
    input.addEventListener('input', () => {
      for (const row of table?.tBodies[0]?.rows ?? [])
        row.hidden = !matches(row.textContent ?? '', input.value);
    });
  }
}
