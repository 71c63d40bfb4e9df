/**
 * Keeping the draft: every change is in this browser at once and on the server soon after.
 *
 * The server's revision number tells when another window has saved meanwhile; then saving stops,
 * because nobody should overwrite an answer they have not seen. What could not be saved is set
 * aside and offered again after a reload.
 */
import { api, backOff, Problem } from '../shared/http';
import type { Answers, OpenedReading } from './model';

export type SaveState = 'saved' | 'changed' | 'saving' | 'offline' | 'conflict' | 'refused';

interface Local {
  answers: Answers;
  revision: number;
}

const WAIT_MS = 800;

export interface DraftOptions {
  opened: Pick<OpenedReading, 'reading' | 'draft' | 'draft_url'>;
  onState: (state: SaveState, sentence?: string) => void;
  storage?: Storage;
}

const same = (a: Answers, b: Answers): boolean => {
  const sorted = (answers: Answers): string => JSON.stringify(Object.entries(answers).sort());
  return sorted(a) === sorted(b);
};

export class Draft {
  answers: Answers;
  private revision: number;
  private readonly key: string;
  private readonly asideKey: string;
  private readonly storage: Storage;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: Promise<void> | null = null;
  private unsaved = false;
  private stopped = false;
  /** Sent without an answer, so perhaps saved: sent again as it was before anything newer. */
  private unanswered: Local | null = null;
  private lost = 0;

  constructor(private readonly options: DraftOptions) {
    const { reading, draft } = options.opened;
    this.key = `rr.draft.${reading.id}`;
    this.asideKey = `rr.aside.${reading.id}`;
    this.storage = options.storage ?? localStorage;
    this.revision = draft.revision;
    const local = this.readLocal();
    const newer = local && local.revision === draft.revision;
    this.answers = newer ? local.answers : draft.answers;
    if (newer) this.schedule(0);
    else if (local) this.setAside(local.answers);
  }

  /** Answers of this browser that another window's kept from being saved; null when none differ. */
  get aside(): Answers | null {
    const text = this.storage.getItem(this.asideKey);
    const answers = text ? (JSON.parse(text) as Answers) : null;
    return answers && !same(answers, this.answers) ? answers : null;
  }

  /** Put the answers that were set aside in the place of the saved ones. */
  takeAside(): Answers {
    const answers = this.aside ?? this.answers;
    this.storage.removeItem(this.asideKey);
    this.change(answers);
    return answers;
  }

  /** Take new answers; they are saved after a short quiet. */
  change(answers: Answers): void {
    this.answers = answers;
    if (this.stopped) return this.setAside(answers);
    this.keepLocal();
    this.options.onState('changed');
    this.schedule(WAIT_MS);
  }

  /** Save now what is not saved; resolves when the attempt is over. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    if (this.saving) await this.saving;
    if (this.unsaved && !this.stopped) await this.save();
  }

  /** No more saving: the reading is committed. */
  finish(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.storage.removeItem(this.key);
    this.storage.removeItem(this.asideKey);
  }

  private schedule(ms: number): void {
    this.unsaved = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  private save(): Promise<void> {
    this.saving = this.put().finally(() => {
      this.saving = null;
    });
    return this.saving;
  }

  private async put(): Promise<void> {
    const json = this.unanswered ?? { answers: this.answers, revision: this.revision };
    this.options.onState('saving');
    this.unsaved = false;
    try {
      const { revision } = await api<{ revision: number }>(this.options.opened.draft_url, {
        method: 'PUT',
        json,
      });
      this.revision = revision;
      this.unanswered = null;
      this.lost = 0;
      if (json.answers === this.answers) this.storage.removeItem(this.key);
      else {
        this.keepLocal();
        this.schedule(0);
      }
      this.options.onState(this.unsaved ? 'changed' : 'saved');
    } catch (error) {
      this.failed(error, json);
    }
  }

  private failed(error: unknown, json: Local): void {
    this.unsaved = true;
    if (!(error instanceof Problem)) throw error;
    if (error.temporary) {
      this.unanswered = json;
      this.options.onState('offline');
      if (!this.stopped) this.schedule(backOff(this.lost, 1000, 15_000));
      this.lost += 1;
      return;
    }
    this.stopped = error.status === 409 || error.status === 404;
    if (this.stopped) {
      this.storage.removeItem(this.key);
      this.setAside(this.answers);
    }
    this.options.onState(this.stopped ? 'conflict' : 'refused', error.message);
  }

  private keepLocal(): void {
    const local: Local = { answers: this.answers, revision: this.revision };
    this.storage.setItem(this.key, JSON.stringify(local));
  }

  private setAside(answers: Answers): void {
    this.storage.setItem(this.asideKey, JSON.stringify(answers));
  }

  private readLocal(): Local | null {
    const text = this.storage.getItem(this.key);
    return text ? (JSON.parse(text) as Local) : null;
  }
}
