/** Buttons above the images. Each does what a key does and shows that key in its tooltip. */
import { button, h } from '../shared/dom';
import { fill, gettext } from '../shared/i18n';
import { seriesName } from './labels';
import { SPEEDS } from './cine';
import type { Drawable } from './manifest';
import { presetsFor, type Pane } from './pane';
import { isClip, type Stack } from './stack';
import type { ToolName } from './toolset';

/** What the toolbar can ask of the viewer. */
export interface ToolbarActions {
  choose: (tool: ToolName) => void;
  toggleLink: () => void;
  toggleFill: () => void;
  reset: () => void;
  preset: (number: number) => void;
  showSeries: (stack: Stack) => void;
  toggleCine: () => void;
  setSpeed: (factor: number) => void;
}

export interface ToolbarState {
  tool: ToolName;
  linked: boolean;
  filled: boolean;
  playing: boolean;
  speed: number;
  active: Pane;
}

export class Toolbar {
  readonly root = h('div', { class: 'viewer__toolbar', role: 'toolbar' });
  private readonly tools = new Map<ToolName, HTMLButtonElement>();
  private readonly link: HTMLButtonElement;
  private readonly fillOne: HTMLButtonElement;
  private readonly cine: HTMLButtonElement;
  private readonly presets = h('select', { class: 'select--small' });
  private readonly speed = h('select', { class: 'select--small viewer__speed' });
  private readonly series = h('select', { class: 'select--small' });

  constructor(
    private readonly actions: ToolbarActions,
    private readonly stacks: readonly Stack[],
    options: { drawable: Drawable; panes: number },
  ) {
    this.root.setAttribute('aria-label', gettext('Viewer'));
    this.link = this.toggle(gettext('Link'), 'l', actions.toggleLink);
    this.fillOne = this.toggle(gettext('Fill'), 'f', actions.toggleFill);
    this.cine = this.toggle(gettext('Play'), gettext('Space'), actions.toggleCine);
    this.presets.setAttribute('aria-label', gettext('Window preset'));
    this.series.setAttribute('aria-label', gettext('Series in the active viewport'));
    this.presets.addEventListener('change', () => {
      actions.preset(Number(this.presets.value));
      this.presets.blur();
    });
    this.series.addEventListener('change', () => {
      actions.showSeries(stacks[Number(this.series.value)]!);
      this.series.blur();
    });
    this.speed.setAttribute('aria-label', gettext('Speed'));
    this.speed.title = gettext('Speed (keys + and -)');
    this.speed.append(...SPEEDS.map((speed) => h('option', { value: speed }, `${speed} ×`)));
    this.speed.addEventListener('change', () => {
      actions.setSpeed(Number(this.speed.value));
      this.speed.blur();
    });
    const reset = button(gettext('Reset'), actions.reset, tip(gettext('Reset'), 'r'));
    const keys = button(gettext('Keys'), () => undefined, {
      ...tip(gettext('All keys'), '?'),
      'data-open-keys': '',
    });
    this.root.append(
      h('div', { class: 'viewer__tools' }, ...this.toolButtons(options.drawable)),
      h('div', { class: 'viewer__tools' }, this.presets, reset),
      h(
        'div',
        { class: 'viewer__tools' },
        stacks.length > 1 && this.link,
        options.panes > 1 && this.fillOne,
        stacks.length > options.panes && this.series,
        this.cine,
        this.speed,
      ),
      h('div', { class: 'viewer__tools viewer__tools--end' }, keys),
    );
    this.fillSeries();
  }

  update({ tool, linked, filled, playing, speed, active }: ToolbarState): void {
    for (const [name, one] of this.tools) press(one, name === tool);
    press(this.link, linked);
    press(this.fillOne, filled);
    press(this.cine, playing);
    this.cine.hidden = this.speed.hidden = !(active.stack && isClip(active.stack));
    this.speed.value = String(speed);
    this.fillPresets(active);
    this.series.value = String(active.stack ? this.stacks.indexOf(active.stack) : 0);
  }

  private toolButtons(drawable: Drawable): HTMLButtonElement[] {
    const tools: [ToolName, string, string][] = [
      ['window', gettext('Window'), 'w'],
      ['zoom', gettext('Zoom'), 'z'],
      ['pan', gettext('Pan'), 'p'],
      ['length', gettext('Length'), 'm'],
    ];
    if (drawable.box) tools.push(['box', gettext('Lesion box'), 'b']);
    if (drawable.outline)
      tools.push(['lesion', gettext('Outline'), 'g'], ['background', gettext('Background'), 'h']);
    return tools.map(([name, label, key]) => {
      const one = this.toggle(label, key, () => this.actions.choose(name));
      this.tools.set(name, one);
      return one;
    });
  }

  private toggle(label: string, key: string, run: () => void): HTMLButtonElement {
    return button(label, run, { ...tip(label, key), 'aria-pressed': 'false' });
  }

  private fillPresets(pane: Pane): void {
    const presets = pane.stack && !pane.isColour ? presetsFor(pane.stack) : [];
    const names = presets.map((preset, i) => `${i + 1}  ${preset.name}`);
    const chosen = presets.findIndex(({ name }) => name === pane.preset);
    const known = Array.from(this.presets.options, (option) => option.text).slice(1);
    if (known.join('\n') !== names.join('\n')) {
      const first = h('option', { value: -1, disabled: true }, gettext('Window …'));
      const options = names.map((name, i) => h('option', { value: i }, name));
      this.presets.replaceChildren(first, ...options);
    }
    this.presets.hidden = presets.length === 0;
    this.presets.value = String(chosen);
  }

  private fillSeries(): void {
    const options = this.stacks.map((stack, i) => h('option', { value: i }, seriesName(stack)));
    this.series.replaceChildren(...options);
  }
}

function tip(label: string, key: string): Record<string, string> {
  return {
    class: 'button button--quiet',
    title: fill(gettext('%(label)s (key %(key)s)'), { label, key }),
  };
}

function press(one: HTMLButtonElement, pressed: boolean): void {
  one.setAttribute('aria-pressed', String(pressed));
}
