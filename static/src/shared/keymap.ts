/** Keys to commands, and the same table as a help sheet. */
import { takesText } from './dom';

export interface Command {
  /** Chords as `chordOf` writes them; the first is shown in tooltips. */
  keys: readonly string[];
  label: string;
  run: () => void;
}

/** The chord of a key event: "Ctrl+Z", "l", "?", "ArrowDown", "F3". Letters in lower case alone. */
export function chordOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
): string {
  const key = event.key === ' ' ? 'Space' : event.key;
  const single = key.length === 1;
  if (event.ctrlKey || event.metaKey) return `Ctrl+${single ? key.toUpperCase() : key}`;
  if (event.altKey) return `Alt+${single ? key.toUpperCase() : key}`;
  return single ? key.toLowerCase() : key;
}

const MOVES = new Set([
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'PageUp',
  'PageDown',
  'Home',
  'End',
]);
const PRESSES = new Set(['Space', 'Enter']);

/** Whether the focused control needs this key itself: typing, a slider's arrows, button presses. */
export function belongsToControl(target: EventTarget | null, chord: string): boolean {
  if (takesText(target)) return !/^F\d+$/.test(chord);
  if (target instanceof HTMLInputElement) return MOVES.has(chord) || PRESSES.has(chord);
  const presses = 'button, a[href], summary, [role=button], [role=radio], [role=slider]';
  return target instanceof Element && PRESSES.has(chord) && target.matches(presses);
}

const SYMBOLS: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};

/** Chords as a person reads them. */
export function chordText(keys: readonly string[]): string {
  return keys.map((key) => SYMBOLS[key] ?? key).join('  ');
}

/** Run the commands' keys on the document, unless a control or an earlier listener took the key. */
export function listenToKeys(commands: readonly Command[]): void {
  const byChord = new Map<string, Command>();
  for (const command of commands) for (const key of command.keys) byChord.set(key, command);
  document.addEventListener('keydown', (event) => {
    const chord = chordOf(event);
    const command = byChord.get(chord);
    if (!command || event.defaultPrevented || belongsToControl(event.target, chord)) return;
    event.preventDefault();
    command.run();
  });
}
