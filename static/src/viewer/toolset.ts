/** Mouse tools by Cornerstone: window, zoom, pan, length; undo of marks. */
import { eventTarget, type RenderingEngine } from '@cornerstonejs/core';
import {
  addTool,
  annotation,
  Enums,
  LengthTool,
  PanTool,
  ToolGroupManager,
  utilities,
  WindowLevelTool,
  ZoomTool,
} from '@cornerstonejs/tools';
import { fill, gettext } from '../shared/i18n';
import type { Pane } from './pane';

/** What the left button does. Marks for a run are drawn with Cornerstone's tools at rest. */
type OurTool = 'box' | 'lesion' | 'background' | 'cover';
type CornerstoneTool = 'window' | 'zoom' | 'pan' | 'length';
export type ToolName = CornerstoneTool | OurTool;

const { MouseBindings, Events } = Enums;

const CORNERSTONE_NAMES: Readonly<Record<CornerstoneTool, string>> = {
  window: WindowLevelTool.toolName,
  zoom: ZoomTool.toolName,
  pan: PanTool.toolName,
  length: LengthTool.toolName,
};

const isCornerstones = (name: ToolName): name is CornerstoneTool => name in CORNERSTONE_NAMES;

/** Marks in the accent colour, amber while selected. */
function styleMarks(): void {
  const [usual, chosen] = ['rgb(92, 196, 230)', 'rgb(240, 181, 74)'];
  annotation.config.style.setDefaultToolStyles({
    global: {
      ...annotation.config.style.getDefaultToolStyles().global,
      color: usual,
      colorHighlighted: chosen,
      colorSelected: chosen,
      textBoxColor: usual,
      textBoxColorHighlighted: chosen,
      textBoxColorSelected: chosen,
      textBoxFontFamily: 'system-ui, sans-serif',
      textBoxFontSize: '13px',
      lineWidth: '1.5',
    },
  });
}

/** Text beside a length; without spacing it says so instead of pretending to be mm. */
function lengthText(
  data: { cachedStats: Record<string, { length?: number; unit?: string }> },
  target: string,
): string[] {
  const { length, unit } = data.cachedStats[target] ?? {};
  if (length === undefined || !Number.isFinite(length)) return [];
  if (unit === 'px') return [fill(gettext('%(n)s px (uncalibrated)'), { n: length.toFixed(0) })];
  return [`${length.toFixed(1)} ${unit ?? ''}`];
}

export class Toolset {
  current: ToolName = 'window';
  private readonly group;
  /** Marks in the order they were made, for undo. */
  private readonly made: string[] = [];

  constructor(engine: RenderingEngine, panes: readonly Pane[]) {
    for (const tool of [WindowLevelTool, ZoomTool, PanTool, LengthTool]) addTool(tool);
    this.group = ToolGroupManager.createToolGroup('reading-room')!;
    this.group.addTool(CORNERSTONE_NAMES.window);
    this.group.addTool(CORNERSTONE_NAMES.zoom);
    this.group.addTool(CORNERSTONE_NAMES.pan);
    // The viewer's own keys do undo; the tool's built-in ones would take the letter z.
    const keyless = { undo: { bindings: [] }, redo: { bindings: [] } };
    this.group.addTool(CORNERSTONE_NAMES.length, { getTextLines: lengthText, actions: keyless });
    for (const pane of panes) this.group.addViewport(pane.viewport.id, engine.id);
    styleMarks();
    this.bind('pan', MouseBindings.Auxiliary);
    this.bind('zoom', MouseBindings.Secondary);
    this.bind('window', MouseBindings.Primary);
    eventTarget.addEventListener(Events.ANNOTATION_COMPLETED, (event: Event) => {
      const { detail } = event as CustomEvent<{ annotation: { annotationUID: string } }>;
      this.made.push(detail.annotation.annotationUID);
    });
  }

  /** Give the left button a tool; the middle one pans and the right one zooms throughout. */
  choose(name: ToolName): void {
    if (isCornerstones(this.current)) this.group.setToolPassive(CORNERSTONE_NAMES[this.current]);
    if (isCornerstones(name)) this.bind(name, MouseBindings.Primary);
    this.current = name;
  }

  /** Remove the newest mark; false when there is none. */
  undo(): boolean {
    for (let uid = this.made.pop(); uid; uid = this.made.pop()) {
      if (!annotation.state.getAnnotation(uid)) continue;
      annotation.state.removeAnnotation(uid);
      utilities.triggerAnnotationRenderForViewportIds(this.group.getViewportIds());
      return true;
    }
    return false;
  }

  /** Adds to the buttons the tool has already. */
  private bind(name: CornerstoneTool, mouseButton: number): void {
    this.group.setToolActive(CORNERSTONE_NAMES[name], { bindings: [{ mouseButton }] });
  }
}
