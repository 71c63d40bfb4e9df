/** The files of a selection; only the rows in sight exist, so 10,000 files scroll like ten. */
import { h } from '../shared/dom';
import { bytes } from '../shared/format';
import { gettext } from '../shared/i18n';
import { kindOf } from './kinds';
import type { TarSource } from './tar';

const ROW = 28;
const SPARE = 8;

/** First and one past the last row to draw. */
export function rowsInSight(
  scrollTop: number,
  height: number,
  count: number,
): { first: number; end: number } {
  const first = Math.max(0, Math.floor(scrollTop / ROW) - SPARE);
  return { first, end: Math.min(count, Math.ceil((scrollTop + height) / ROW) + SPARE) };
}

export class FileList {
  readonly root = h('div', { class: 'file-list', tabindex: 0, role: 'region' });
  private readonly space = h('div', { class: 'file-list__space' });
  private files: readonly TarSource[] = [];
  private done = 0;

  constructor() {
    this.root.setAttribute('aria-label', gettext('Files of this upload'));
    this.root.append(this.space);
    this.root.addEventListener('scroll', () => this.draw(), { passive: true });
  }

  show(files: readonly TarSource[]): void {
    this.files = files;
    this.done = 0;
    this.space.style.setProperty('height', `${files.length * ROW}px`);
    this.root.scrollTop = 0;
    this.draw();
  }

  /** The first `count` files, in order, are on the server. */
  mark(count: number): void {
    if (count === this.done) return;
    this.done = count;
    this.draw();
  }

  private draw(): void {
    const { scrollTop, clientHeight } = this.root;
    const { first, end } = rowsInSight(scrollTop, clientHeight || 400, this.files.length);
    const rows = this.files.slice(first, end).map((source, i) => this.row(source, first + i));
    this.space.replaceChildren(...rows);
  }

  private row({ path, file }: TarSource, index: number): HTMLElement {
    const sent = index < this.done;
    const row = h(
      'div',
      { class: 'file-list__row' },
      h('span', { class: 'file-list__path', title: path }, path),
      h('span', { class: 'quiet' }, kindOf(path)),
      h('span', { class: 'number' }, bytes(file.size)),
      h(
        'span',
        { class: sent ? 'file-list__sent' : 'quiet' },
        sent ? gettext('sent') : gettext('waiting'),
      ),
    );
    row.style.setProperty('top', `${index * ROW}px`);
    return row;
  }
}
