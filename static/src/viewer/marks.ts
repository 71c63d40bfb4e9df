/** Everything drawn over the images by hand or found by a model: boxes and outlines. */
import { lesionBox, type AiResult } from '../ai/result';
import { emit, on } from '../shared/events';
import { fill, gettext } from '../shared/i18n';
import { BoxBar } from './boxBar';
import { BoxLayer, type ShownBox } from './boxLayer';
import { BoxTool } from './boxTool';
import { boxOf } from './boxes';
import { CoverTool } from './cover';
import { seriesName } from './labels';
import type { Layout } from './layout';
import type { Manifest } from './manifest';
import { OutlineBar } from './outlineBar';
import { OutlineLayer } from './outlineLayer';
import { OutlineTool } from './outlineTool';
import { fromSlices, toSlices } from './redraw';
import { isFrames, type Stack } from './stack';
import type { ToolName } from './toolset';

export class Marks {
  private readonly boxTool: BoxTool;
  private readonly boxBar: BoxBar;
  private readonly boxLayers: readonly BoxLayer[];
  private readonly outlineTool: OutlineTool;
  private readonly outlineBar: OutlineBar;
  private readonly outlineLayers: readonly OutlineLayer[];
  private readonly coverTool: CoverTool;
  private result: AiResult | null = null;

  constructor(
    private readonly layout: Layout,
    private readonly lesions: Manifest['lesions'],
    actions: {
      goTo: (series: string, frame: number) => void;
      say: (sentence: string) => void;
    },
  ) {
    const { panes, stacks } = layout;
    this.boxLayers = panes.map((pane) => new BoxLayer(pane));
    this.boxTool = new BoxTool(panes, () => this.showBoxes());
    this.boxBar = new BoxBar(this.boxTool);
    this.outlineTool = new OutlineTool(
      panes,
      () => this.showOutlines(),
      () => actions.say(this.whereToDraw()),
      (stack, kind) => isFrames(stack) || (kind === 'lesion' && stack === this.redrawable),
    );
    this.outlineLayers = panes.map((pane) => new OutlineLayer(pane, this.outlineTool));
    this.outlineBar = new OutlineBar(this.outlineTool, stacks, actions.goTo);
    this.coverTool = new CoverTool(panes);
    on('rr:ai-result', ({ result }) => {
      this.result = result;
      this.showBoxes();
      this.showKept();
    });
    on('rr:outlines-drawn', ({ outlines }) => {
      const stack = this.redrawable;
      if (stack) emit('rr:redrawn', { slices: toSlices(stack, outlines) });
    });
  }

  /** The series on which the result's lesion may be redrawn. */
  private get redrawable(): Stack | null {
    const series = this.result?.redraw_series;
    return this.layout.stacks.find((one) => one.series.id === series) ?? null;
  }

  private whereToDraw(): string {
    return this.redrawable
      ? fill(gettext('This lesion’s outline is drawn on the series %(series)s.'), {
          series: seriesName(this.redrawable),
        })
      : gettext('Outlines are drawn on ultrasound and cine frames only.');
  }

  /** Say that the slice shown of the redrawable series has nothing of the lesion. */
  emptySlice(): void {
    const stack = this.redrawable;
    const pane = this.layout.panes.find((one) => one.stack === stack);
    if (stack && pane) this.outlineTool.empty(stack.series.id, stack.order[pane.shown] ?? 0);
  }

  /** Show the outlines that were kept with the result in place of those drawn before. */
  private showKept(): void {
    const stack = this.redrawable;
    if (!stack) return;
    const kept = fromSlices(stack, this.result?.revision?.outlines ?? []);
    this.outlineTool.load(stack.series.id, kept);
  }

  /** What stands in the status line about marks. */
  get bars(): readonly HTMLElement[] {
    return [this.boxBar.root, this.outlineBar.root];
  }

  /** Let the left button draw what a tool says, or nothing. */
  choose(tool: ToolName): void {
    this.boxTool.enabled = tool === 'box';
    this.coverTool.enabled = tool === 'cover';
    this.outlineTool.choose(tool === 'lesion' || tool === 'background' ? tool : null);
  }

  /** Take the newest mark back. */
  undo(): void {
    if (!this.coverTool.undo() && !this.outlineTool.undo()) this.boxTool.clear();
  }

  readonly outlineActions = {
    closeOutline: (): void => void this.outlineTool.close(),
    cornerBack: (): void => void this.outlineTool.back(),
    dropOutline: (): void => void this.outlineTool.drop(),
    eraseOutlines: (): void => {
      const { stack, shown } = this.layout.active;
      if (stack) this.outlineTool.remove(stack.series.id, stack.order[shown] ?? 0);
    },
  };

  /** Draw the boxes again. */
  showBoxes(): void {
    const boxes: ShownBox[] = (this.lesions ?? []).map(({ box_mm, label }) => ({
      box: boxOf(box_mm),
      kind: 'index',
      label: label ?? gettext('Lesion'),
      series: null,
    }));
    this.result?.lesions.forEach((lesion, i) => {
      const label = String(i + 1);
      boxes.push({ box: boxOf(lesionBox(lesion)), kind: 'ai', label, series: lesion.series });
    });
    const { box, series } = this.boxTool;
    if (box) boxes.push({ box, kind: 'drawn', label: gettext('Your box'), series });
    this.boxLayers.forEach((layer) => layer.set(boxes));
    this.boxBar.update();
  }

  private showOutlines(): void {
    this.outlineLayers.forEach((layer) => layer.draw());
    this.outlineBar.update();
  }
}
