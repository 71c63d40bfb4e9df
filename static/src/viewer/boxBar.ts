/** The small bar for a drawn lesion box: its size, the slices it reaches over, taking it back. */
import { button, h } from '../shared/dom';
import { fill, gettext } from '../shared/i18n';
import type { BoxTool } from './boxTool';

export class BoxBar {
  readonly root = h('div', { class: 'box-bar', role: 'group', hidden: true });
  private readonly size = h('span', { class: 'box-bar__size' });
  private readonly first = this.field(gettext('First slice'));
  private readonly last = this.field(gettext('Last slice'));

  constructor(private readonly tool: BoxTool) {
    this.root.setAttribute('aria-label', gettext('Lesion box'));
    const remove = button(gettext('Remove'), () => tool.clear(), { class: 'button button--small' });
    const slices = h('span', {}, gettext('Slices'));
    this.root.append(this.size, slices, this.first, h('span', {}, '–'), this.last, remove);
  }

  update(): void {
    const { box, range } = this.tool;
    this.root.hidden = !box || !range;
    if (!box || !range) return;
    const [x, y, z] = box.size.map((side) => side.toFixed(0));
    this.size.textContent = fill(gettext('Lesion box %(x)s × %(y)s × %(z)s %(unit)s'), {
      unit: this.tool.unit,
      x: x!,
      y: y!,
      z: z!,
    });
    for (const [field, index] of [
      [this.first, range.first],
      [this.last, range.last],
    ] as const) {
      field.max = String(range.count);
      if (document.activeElement !== field) field.value = String(index + 1);
    }
  }

  private field(label: string): HTMLInputElement {
    const field = h('input', { type: 'number', class: 'input--small', min: 1, step: 1 });
    field.setAttribute('aria-label', label);
    field.addEventListener('change', () => {
      const count = this.tool.range?.count ?? 1;
      const index = (one: HTMLInputElement): number =>
        Math.min(Math.max(Math.round(Number(one.value) || 1), 1), count) - 1;
      this.tool.setRange(index(this.first), index(this.last));
    });
    return field;
  }
}
