/** Choosing a system and running it; says what is still to be marked on the images. */
import { button, h } from '../shared/dom';
import { on } from '../shared/events';
import { fill, gettext } from '../shared/i18n';
import type { RunRequest } from './run';
import { marksHint, runRequest, type Marked, type SystemChoice } from './systems';

export class RunBar {
  readonly root = h('div', { class: 'run-bar' });
  private readonly menu = h('select', {});
  private readonly start = button('', () => this.actions.run(runRequest(this.chosen, this.marked)));
  private readonly hint = h('p', { class: 'run-bar__hint quiet' });
  private marked: Marked = { box: null, outlines: [] };
  private chosen: SystemChoice;

  /** `systems` has at least one; the first is offered first. */
  constructor(
    private readonly systems: readonly SystemChoice[],
    private readonly actions: {
      run: (request: RunRequest) => void;
      choose: (system: string) => void;
    },
  ) {
    this.chosen = systems[0]!;
    this.menu.setAttribute('aria-label', gettext('AI system'));
    this.menu.append(
      ...systems.map(({ system, name, title }) => h('option', { value: system, title }, name)),
    );
    this.menu.addEventListener('change', () => {
      this.select(this.menu.value);
      this.actions.choose(this.menu.value);
      this.menu.blur();
    });
    this.root.append(systems.length > 1 ? this.menu : '', this.start, this.hint);
    on('rr:box-drawn', (box) => this.mark({ box }));
    on('rr:outlines-drawn', ({ outlines }) => this.mark({ outlines }));
    this.update();
  }

  /** Put the menu on a system; one that can't be run here is ignored. */
  select(system: string | undefined): void {
    const found = this.systems.find((one) => one.system === system);
    if (!found) return;
    this.chosen = found;
    this.update();
  }

  busy(busy: boolean): void {
    this.start.disabled = busy;
    this.menu.disabled = busy;
  }

  private mark(part: Partial<Marked>): void {
    this.marked = { ...this.marked, ...part };
    this.update();
  }

  private update(): void {
    this.menu.value = this.chosen.system;
    this.start.textContent = fill(gettext('Run %(system)s'), { system: this.chosen.name });
    this.hint.textContent = marksHint(this.chosen, this.marked);
  }
}
