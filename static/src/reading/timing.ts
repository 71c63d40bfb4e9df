/** When somebody looked: focus, idleness and pauses, told to the server as they happen. */
import { api, Problem } from '../shared/http';

export type TimingKind =
  | 'images_loaded'
  | 'first_interaction'
  | 'blur'
  | 'focus'
  | 'idle'
  | 'active'
  | 'pause'
  | 'resume';

export interface TimingEvent {
  kind: TimingKind;
  /** ms on this page's own monotonic clock; only differences mean something. */
  at_ms: number;
}

/** Without any input for this long nobody is taken to be reading. */
export const IDLE_MS = 60_000;
const FLUSH_MS = 5000;

/** Turns signs of life into events, each change reported once; pure but for the clock given. */
export class Presence {
  private away = false;
  private idle = false;
  private lastInput: number;

  constructor(
    private readonly report: (kind: TimingKind) => void,
    private readonly now: () => number,
  ) {
    this.lastInput = now();
  }

  input(): void {
    this.lastInput = this.now();
    if (!this.idle) return;
    this.idle = false;
    this.report('active');
  }

  /** To be called now and then. */
  tick(): void {
    if (this.idle || this.now() - this.lastInput < IDLE_MS) return;
    this.idle = true;
    this.report('idle');
  }

  focus(here: boolean): void {
    if (this.away === !here) return;
    this.away = !here;
    this.report(here ? 'focus' : 'blur');
  }
}

export class Timing {
  private queue: TimingEvent[] = [];
  private held = false;
  private readonly once = new Set<TimingKind>();

  constructor(private readonly url: string) {
    const presence = new Presence(
      (kind) => this.report(kind),
      () => performance.now(),
    );
    for (const kind of ['pointermove', 'pointerdown', 'keydown', 'wheel'])
      document.addEventListener(kind, () => presence.input(), { passive: true, capture: true });
    const look = (): void => presence.focus(document.hasFocus() && !document.hidden);
    window.addEventListener('blur', look);
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    window.addEventListener('pagehide', () => void this.flush(true));
    setInterval(() => {
      presence.tick();
      void this.flush();
    }, FLUSH_MS);
  }

  report(kind: TimingKind): void {
    this.queue.push({ kind, at_ms: Math.round(performance.now()) });
    if (kind === 'blur' || kind === 'pause') void this.flush(true);
  }

  /** Report a kind of event the first time only. */
  reportOnce(kind: TimingKind): void {
    if (this.once.has(kind)) return;
    this.once.add(kind);
    this.report(kind);
  }

  /** Keep events back while answers are committed: a committed reading takes no more of them. */
  hold(held: boolean): void {
    this.held = held;
  }

  /** Send what is waiting; on a lost line it stays for the next time. */
  async flush(keepalive = false): Promise<void> {
    const events = this.queue;
    if (this.held || events.length === 0) return;
    this.queue = [];
    try {
      await api(this.url, { method: 'POST', json: events, keepalive });
    } catch (error) {
      if (error instanceof Problem && error.temporary) this.queue = [...events, ...this.queue];
    }
  }
}
