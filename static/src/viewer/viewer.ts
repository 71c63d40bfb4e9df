/** Puts the viewer together on `<div id="viewer">` and connects its parts. */
import { Enums } from '@cornerstonejs/core';
import { emit, on } from '../shared/events';
import { h, needData } from '../shared/dom';
import { api } from '../shared/http';
import { gettext } from '../shared/i18n';
import { listenToKeys, chordText } from '../shared/keymap';
import { dot, type Vec3 } from '../shared/vectors';
import { Overlay } from '../overlay/overlay';
import { Cine, timesOf } from './cine';
import { mouseRows, viewerCommands } from './commands';
import { registerManifest, startEngine } from './engine';
import { Layout } from './layout';
import { Link } from './link';
import { nearest } from './linking';
import { Loading } from './loading';
import type { BoxMm, Drawable, Manifest } from './manifest';
import { Marks } from './marks';
import type { Pane } from './pane';
import { isClip, isFrames, type Stack } from './stack';
import { StatusLine } from './status';
import { Toolbar } from './toolbar';
import { Toolset, type ToolName } from './toolset';
import { WheelSteps } from './wheel';

const { CAMERA_MODIFIED, STACK_NEW_IMAGE, VOI_MODIFIED, IMAGE_RENDERED } = Enums.Events;

export class Viewer {
  private readonly status = new StatusLine();
  private readonly layout: Layout;
  private readonly link: Link;
  private readonly loading: Loading;
  private readonly toolset: Toolset;
  private readonly toolbar: Toolbar;
  private readonly overlay: Overlay;
  private readonly marks: Marks;
  private readonly cine = new Cine(() => this.refresh());

  constructor(
    private readonly root: HTMLElement,
    private readonly manifest: Manifest,
  ) {
    const { dataset } = root;
    const engine = startEngine({
      workerUrl: needData(root, 'workerUrl'),
      wasmUrl: needData(root, 'wasmUrl'),
      rendering: (dataset['rendering'] ?? 'auto') as 'auto' | 'cpu' | 'gpu',
    });
    registerManifest(manifest);
    const grid = h('div', { class: 'viewer__grid' });
    root.replaceChildren(grid, this.status.root);
    this.layout = new Layout(grid, engine, manifest, () => this.refresh());
    const { panes, stacks } = this.layout;
    this.link = new Link(this.layout);
    this.loading = new Loading(this.layout);
    this.toolset = new Toolset(engine, panes);
    this.overlay = new Overlay(
      panes,
      (sentence) => this.status.say(sentence),
      (pane, index) => this.link.goTo(pane, index),
    );
    this.marks = new Marks(this.layout, manifest.lesions, {
      goTo: (series, frame) => void this.showFrame(series, frame),
      say: (sentence) => this.status.say(sentence),
    });
    const drawn = (dataset['drawable'] ?? '').split(' ');
    const frames = stacks.some(isFrames);
    const drawable: Drawable = {
      box:
        drawn.includes('box') && (stacks.some((stack) => !isFrames(stack)) || drawn.length === 1),
      outline: drawn.includes('outline') && frames,
      redraw: drawn.includes('outline') && stacks.some((stack) => !isFrames(stack)),
    };
    this.toolbar = new Toolbar(this.actions, stacks, { drawable, panes: panes.length });
    root.prepend(this.toolbar.root);
    this.status.root.append(...this.marks.bars, this.status.message);
    this.listen(drawable);
  }

  /** Open the first series and load them; resolves when all of them are in memory. */
  async open(): Promise<void> {
    const { panes, stacks } = this.layout;
    if (stacks.length === 0) {
      this.status.say(gettext('This case has no images to show.'));
      return;
    }
    await Promise.all(panes.map((pane, i) => this.show(pane, stacks[i])));
    const lesion = this.manifest.lesions?.[0];
    if (lesion) this.jump(lesion.box_mm);
    this.marks.showBoxes();
    this.refresh();
    emit('rr:viewer-ready', {});
    await this.loading.start();
  }

  private readonly actions = {
    scroll: (slices: number): void => this.scroll(this.layout.active, slices),
    scrollToEnd: (end: 'first' | 'last'): void =>
      this.scroll(this.layout.active, end === 'first' ? -Infinity : Infinity),
    preset: (number: number): void => {
      this.layout.active.applyPreset(number);
      this.refresh();
    },
    toggleCine: (): void => this.toggleCine(),
    setSpeed: (factor: number): void => this.cine.setSpeed(factor),
    changeSpeed: (steps: number): void => this.cine.changeSpeed(steps),
    toggleLink: (): void => {
      this.link.toggle();
      this.refresh();
    },
    toggleFill: (): void => {
      if (this.layout.panes.length > 1) this.layout.toggleFill();
      this.refresh();
    },
    reset: (): void => {
      this.layout.active.reset();
      this.refresh();
    },
    choose: (tool: ToolName): void => {
      this.toolset.choose(tool);
      this.marks.choose(tool);
      this.root.dataset['tool'] = tool;
      this.refresh();
    },
    next: (step: 1 | -1): void => this.layout.next(step),
    undo: (): void => {
      if (!this.toolset.undo()) this.marks.undo();
    },
    showSeries: (stack: Stack): void => {
      void this.show(this.layout.active, stack).then(() => this.loading.start());
    },
  };

  private listen(drawable: Drawable): void {
    const reading = this.root.dataset['keys'] === 'reading';
    const actions = { ...this.actions, ...this.marks.outlineActions };
    const commands = viewerCommands(actions, { reading, drawable });
    listenToKeys(commands);
    on('rr:collect-keys', ({ sections }) => {
      const rows = commands.map(({ keys, label }) => ({ keys: chordText(keys), label }));
      rows.push({ keys: 'o', label: gettext('Hold: show or hide the AI overlay') });
      sections.push({ title: gettext('Viewer'), rows });
      sections.push({ title: gettext('Mouse'), rows: mouseRows() });
    });
    for (const pane of this.layout.panes) this.listenTo(pane);
    this.listenToPeek();
    on('rr:jump', ({ box, series }) => {
      const own = this.layout.stacks.find((one) => one.series.id === series);
      if (own?.located === false) void this.showFrame(own.series.id, Math.round(box[2]));
      else this.jump(box);
    });
    on('rr:cover', () => this.actions.choose('cover'));
    on('rr:redraw', ({ series, what }) => {
      if (what === 'nothing') this.marks.emptySlice();
      else void this.redraw(series);
    });
    on('rr:pause', ({ paused }) => {
      this.cine.stop();
      this.root.classList.toggle('is-paused', paused);
    });
    on('rr:show-series', ({ series }) => {
      const stack = this.layout.stacks.find((one) => one.series.id === series);
      if (stack) this.actions.showSeries(stack);
    });
    for (const kind of ['pointerdown', 'wheel', 'keydown'])
      this.root.addEventListener(kind, () => emit('rr:interaction', { kind }), { passive: true });
  }

  private listenTo(pane: Pane): void {
    const steps = new WheelSteps();
    pane.root.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        const step = steps.take(event);
        if (step) this.scroll(pane, step);
      },
      { passive: false },
    );
    for (const name of [CAMERA_MODIFIED, VOI_MODIFIED, STACK_NEW_IMAGE])
      pane.surface.addEventListener(name, () => this.refresh());
    pane.surface.addEventListener(
      IMAGE_RENDERED,
      () => {
        if (performance.getEntriesByName('first_image').length > 0) return;
        performance.mark('first_image');
        emit('rr:first-image', { ms: performance.now() });
      },
      { once: true },
    );
  }

  /** `o` is held, so it is no command: it begins with the key and ends with it or the focus. */
  private listenToPeek(): void {
    document.addEventListener('keydown', (event) => {
      if (event.key === 'o' && !event.ctrlKey && !event.metaKey && !event.defaultPrevented)
        this.overlay.peek(true);
    });
    document.addEventListener('keyup', (event) => {
      if (event.key === 'o') this.overlay.peek(false);
    });
    window.addEventListener('blur', () => this.overlay.peek(false));
  }

  private async show(pane: Pane, stack: Stack | undefined): Promise<void> {
    if (!stack) return;
    this.cine.stop();
    const index = this.link.place(pane, stack);
    await pane.show(stack, index);
    await this.overlay.update();
    this.refresh();
  }

  private scroll(pane: Pane, slices: number): void {
    this.cine.stop();
    this.link.goTo(pane, pane.index + slices);
  }

  private toggleCine(): void {
    const pane = this.layout.active;
    if (!pane.stack || !isClip(pane.stack)) return;
    this.cine.toggle({
      times: timesOf(pane.stack.series),
      current: () => pane.index,
      show: (frame) => this.link.goTo(pane, frame),
    });
  }

  /** Go to the slice through the middle of a box, in every viewport it lies in. */
  private jump(box: BoxMm): void {
    const centre: Vec3 = [box[0], box[1], box[2]];
    const { active, panes } = this.layout;
    const pane = [active, ...panes].find((one) => one.stack);
    if (!pane?.stack) return;
    const { index } = nearest(pane.stack.positions, dot(centre, pane.stack.normal));
    this.link.goTo(pane, index);
  }

  /** Let the left button outline the lesion; its series comes into view if it isn't there. */
  private async redraw(series: string): Promise<void> {
    const { active, panes, stacks } = this.layout;
    const stack = stacks.find((one) => one.series.id === series);
    if (!panes.some((pane) => pane.stack === stack)) await this.show(active, stack);
    this.actions.choose('lesion');
  }

  /** Go to a frame of a series, in the viewport that shows the series or else in the active one. */
  private async showFrame(series: string, frame: number): Promise<void> {
    const { active, panes, stacks } = this.layout;
    const stack = stacks.find((one) => one.series.id === series);
    if (!stack) return;
    const pane = [active, ...panes].find((one) => one.stack === stack) ?? active;
    if (pane.stack !== stack) await this.show(pane, stack);
    this.cine.stop();
    this.link.goTo(pane, stack.order.indexOf(frame));
  }

  private refresh(): void {
    const { active, isFilled } = this.layout;
    this.status.update(active);
    this.toolbar.update({
      tool: this.toolset.current,
      linked: this.link.on,
      filled: isFilled,
      playing: this.cine.playing,
      speed: this.cine.speed,
      active,
    });
  }
}

/** Fetch the manifest and open the viewer; a failure is said in its place. */
export async function mountViewer(root: HTMLElement): Promise<void> {
  try {
    const manifest = await api<Manifest>(needData(root, 'manifestUrl'));
    await new Viewer(root, manifest).open();
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    root.replaceChildren(h('p', { class: 'viewer__failure', role: 'alert' }, sentence));
    throw error;
  }
}
