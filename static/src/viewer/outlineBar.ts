/** The small bar for outlines: which frames have them, going there, taking them back. */
import { button, h } from '../shared/dom';
import { fill, gettext } from '../shared/i18n';
import { seriesName } from './labels';
import type { FrameOutline } from './outlines';
import type { OutlineTool } from './outlineTool';
import type { Stack } from './stack';

export class OutlineBar {
  readonly root = h('div', { class: 'box-bar outline-bar', role: 'group', hidden: true });

  constructor(
    private readonly tool: OutlineTool,
    private readonly stacks: readonly Stack[],
    private readonly goTo: (series: string, frame: number) => void,
  ) {
    this.root.setAttribute('aria-label', gettext('Outlines'));
  }

  update(): void {
    const { all } = this.tool.outlines;
    this.root.hidden = all.length === 0;
    const several = new Set(all.map(({ series }) => series)).size > 1;
    this.root.replaceChildren(
      h('span', {}, gettext('Outlined')),
      ...all.map((one) => this.chip(one, several)),
    );
  }

  /** One frame; its series is named in the tooltip, and before the number where there are several. */
  private chip(one: FrameOutline, several: boolean): HTMLElement {
    const { series, frame } = one;
    const stack = this.stacks.find((each) => each.series.id === series);
    const name = stack ? seriesName(stack) : '';
    const number = String((stack?.order.indexOf(frame) ?? frame) + 1);
    const go = button(several ? `${name} ${number}` : number, () => this.goTo(series, frame), {
      class: 'button button--small',
      title: fill(gettext('Show frame %(n)s of %(series)s'), { series: name, n: number }),
    });
    const remove = button('×', () => this.tool.remove(series, frame), {
      class: 'button button--small',
      title: gettext('Take the outlines of this frame away'),
      'aria-label': gettext('Take the outlines of this frame away'),
    });
    return h('span', { class: 'outline-bar__one' }, ...marksOf(one), go, remove);
  }
}

function marksOf({ lesion, background }: FrameOutline): HTMLElement[] {
  const mark = (kind: string, title: string): HTMLElement =>
    h('span', {
      class: `outline-bar__mark outline-bar__mark--${kind}`,
      title,
      role: 'img',
      'aria-label': title,
    });
  return [
    ...(lesion ? [mark('lesion', gettext('Lesion outlined'))] : []),
    ...(background ? [mark('background', gettext('Background outlined'))] : []),
  ];
}
