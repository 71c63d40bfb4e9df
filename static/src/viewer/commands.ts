/** The viewer's keys. In a reading form digits belong to the questions and presets to F1 to F6. */
import { gettext, fill } from '../shared/i18n';
import type { Command } from '../shared/keymap';
import type { Drawable } from './manifest';
import { ctPresets } from './windows';
import type { ToolName } from './toolset';

/** What keys can ask of the viewer. */
export interface KeyActions {
  scroll: (slices: number) => void;
  scrollToEnd: (end: 'first' | 'last') => void;
  preset: (number: number) => void;
  toggleCine: () => void;
  changeSpeed: (steps: number) => void;
  toggleLink: () => void;
  reset: () => void;
  choose: (tool: ToolName) => void;
  toggleFill: () => void;
  next: (step: 1 | -1) => void;
  undo: () => void;
  closeOutline: () => void;
  cornerBack: () => void;
  dropOutline: () => void;
  eraseOutlines: () => void;
}

function presetCommands(actions: KeyActions, reading: boolean): Command[] {
  return ctPresets().map(({ name }, i) => ({
    keys: [reading ? `F${i + 1}` : String(i + 1)],
    label: fill(gettext('Window: %(name)s'), { name }),
    run: () => actions.preset(i),
  }));
}

export function viewerCommands(
  actions: KeyActions,
  options: { reading: boolean; drawable: Drawable },
): Command[] {
  const command = (keys: string[], label: string, run: () => void): Command => ({
    keys,
    label,
    run,
  });
  return [
    command(['ArrowDown', 'ArrowRight'], gettext('Next slice'), () => actions.scroll(1)),
    command(['ArrowUp', 'ArrowLeft'], gettext('Slice before'), () => actions.scroll(-1)),
    command(['PageDown'], gettext('Ten slices on'), () => actions.scroll(10)),
    command(['PageUp'], gettext('Ten slices back'), () => actions.scroll(-10)),
    command(['Home'], gettext('First slice'), () => actions.scrollToEnd('first')),
    command(['End'], gettext('Last slice'), () => actions.scrollToEnd('last')),
    ...presetCommands(actions, options.reading),
    command(['w'], gettext('Left button: window'), () => actions.choose('window')),
    command(['z'], gettext('Left button: zoom'), () => actions.choose('zoom')),
    command(['p'], gettext('Left button: pan'), () => actions.choose('pan')),
    command(['m'], gettext('Left button: measure length'), () => actions.choose('length')),
    ...(options.drawable.box
      ? [command(['b'], gettext('Left button: lesion box'), () => actions.choose('box'))]
      : []),
    ...(options.drawable.outline || options.drawable.redraw
      ? outlineCommands(actions, options.drawable.outline)
      : []),
    command(['l'], gettext('Link scrolling, zoom and window'), actions.toggleLink),
    command(['r'], gettext('Reset zoom, pan and window'), actions.reset),
    command(['f'], gettext('Fill one viewport'), actions.toggleFill),
    command(['.'], gettext('Next viewport'), () => actions.next(1)),
    command([','], gettext('Viewport before'), () => actions.next(-1)),
    command(['Space'], gettext('Play or stop a clip'), actions.toggleCine),
    command(['+'], gettext('Play faster'), () => actions.changeSpeed(1)),
    command(['-'], gettext('Play slower'), () => actions.changeSpeed(-1)),
    command(['Ctrl+Z'], gettext('Undo the last mark'), actions.undo),
  ];
}

function outlineCommands(actions: KeyActions, background: boolean): Command[] {
  const commands: Command[] = [
    {
      keys: ['g'],
      label: gettext('Left button: outline the lesion'),
      run: () => actions.choose('lesion'),
    },
    {
      keys: ['h'],
      label: gettext('Left button: outline background'),
      run: () => actions.choose('background'),
    },
    { keys: ['Enter'], label: gettext('Close the outline'), run: actions.closeOutline },
    { keys: ['Backspace'], label: gettext('Take the last corner back'), run: actions.cornerBack },
    { keys: ['Escape'], label: gettext('Give the outline up'), run: actions.dropOutline },
    {
      keys: ['Delete'],
      label: gettext('Take the outlines of this frame away'),
      run: actions.eraseOutlines,
    },
  ];
  return background ? commands : commands.filter(({ keys }) => !keys.includes('h'));
}

/** What the mouse does, for the key sheet. */
export function mouseRows(): { keys: string; label: string }[] {
  return [
    { keys: gettext('Wheel'), label: gettext('Scroll slices') },
    { keys: gettext('Left drag'), label: gettext('The chosen tool, window at first') },
    { keys: gettext('Right drag'), label: gettext('Zoom') },
    { keys: gettext('Middle drag'), label: gettext('Pan') },
    { keys: gettext('Double click'), label: gettext('Fill one viewport') },
  ];
}
