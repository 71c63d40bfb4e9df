/** Committing once: the same key goes with every attempt, so a lost answer can be had again. */
import { api, backOff, pause, Problem } from '../shared/http';
import type { Answers } from './model';

export interface Committed {
  committed: true;
  next: { reading: string; url: string } | null;
  next_due: string | null;
}

/** A random key; `crypto.randomUUID` is missing on plain http. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The key of this reading's commit, the same after a reload. */
export function commitKey(readingId: string, storage: Storage = localStorage): string {
  const name = `rr.commit.${readingId}`;
  const key = storage.getItem(name) ?? newKey();
  storage.setItem(name, key);
  return key;
}

/** Commit; a lost line is waited out, each time telling `onLost`. Rejects with what was refused. */
export async function commit(
  url: string,
  answers: Answers,
  key: string,
  onLost: () => void,
  wait: (ms: number) => Promise<void> = pause,
): Promise<Committed> {
  for (let lost = 0; ; lost += 1) {
    try {
      return await api<Committed>(url, {
        method: 'POST',
        json: { answers },
        headers: { 'Idempotency-Key': key },
      });
    } catch (error) {
      if (!(error instanceof Problem) || !error.temporary) throw error;
      onLost();
      await wait(backOff(lost));
    }
  }
}
