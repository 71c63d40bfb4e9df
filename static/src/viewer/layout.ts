/** The grid of viewports: how many, what each shows, which is active, which fills the grid. */
import { getShouldUseCPURendering, type RenderingEngine } from '@cornerstonejs/core';
import { h } from '../shared/dom';
import { hangingOrder, paneCount, type Manifest } from './manifest';
import { Pane } from './pane';
import { stackOf, type Stack } from './stack';

export class Layout {
  readonly panes: Pane[] = [];
  /** Every series of the manifest in hanging order. */
  readonly stacks: readonly Stack[];
  active: Pane;

  constructor(
    readonly grid: HTMLElement,
    private readonly engine: RenderingEngine,
    manifest: Manifest,
    private readonly onActive: (pane: Pane) => void,
  ) {
    this.stacks = hangingOrder(manifest.series).map(stackOf);
    const count = Math.min(paneCount(this.stacks.length), Math.max(1, this.stacks.length));
    grid.dataset['panes'] = String(count);
    for (let i = 0; i < count; i += 1) this.panes.push(this.addPane(i));
    this.active = this.panes[0]!;
    this.active.root.classList.add('is-active');
    new ResizeObserver(() => this.resize()).observe(grid);
  }

  activate(pane: Pane): void {
    if (pane === this.active) return;
    this.active.root.classList.remove('is-active');
    this.active = pane;
    pane.root.classList.add('is-active');
    this.onActive(pane);
  }

  /** Let one viewport fill the grid, or bring all back. */
  toggleFill(pane: Pane = this.active): void {
    this.grid.classList.toggle('is-filled');
    this.activate(pane);
    this.resize();
  }

  get isFilled(): boolean {
    return this.grid.classList.contains('is-filled');
  }

  /** Activate the next viewport; in a filled grid it takes the place of the shown one. */
  next(step: 1 | -1): void {
    const at = this.panes.indexOf(this.active);
    const pane = this.panes[(at + step + this.panes.length) % this.panes.length]!;
    if (this.isFilled) {
      this.toggleFill();
      this.toggleFill(pane);
    } else this.activate(pane);
    pane.root.focus();
  }

  private addPane(i: number): Pane {
    const surface = h('div', { class: 'pane__surface' });
    const root = h('div', { class: 'pane', tabindex: 0, role: 'group' }, surface);
    this.grid.append(root);
    const pane = new Pane(root, surface, this.engine, `pane-${i}`);
    root.addEventListener('pointerdown', () => this.activate(pane), { capture: true });
    root.addEventListener('focusin', () => this.activate(pane));
    root.addEventListener('dblclick', () => {
      if (this.panes.length > 1) this.toggleFill(pane);
    });
    return pane;
  }

  /** Without WebGL Cornerstone misplaces a view that it keeps over a change of size: fit it anew. */
  private resize(): void {
    const shown = this.panes.some((pane) => pane.surface.clientWidth > 0);
    if (shown) this.engine.resize(true, !getShouldUseCPURendering());
  }
}
