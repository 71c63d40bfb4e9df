/** Running a model on the case: start, follow, finish. The server's job table is the truth. */
import { api, backOff, pause, Problem } from '../shared/http';
import type { AiResult } from './result';

export interface Job {
  id: string;
  /** Which system runs. */
  system?: string;
  state: 'queued' | 'running' | 'done' | 'failed';
  /** 0..1, never falling. */
  progress: number;
  message?: string;
}

export interface Inference {
  job: Job;
  result: AiResult | null;
}

type Polygon = readonly (readonly [number, number])[];

/** A run as the API is asked for it. */
export interface RunRequest {
  system: string;
  lesions?: readonly {
    centre_mm: readonly [number, number, number];
    size_mm: readonly [number, number, number];
  }[];
  outlines?: readonly {
    series: string;
    frame: number;
    lesion: Polygon;
    background: Polygon | null;
  }[];
}

const POLL_MS = 1000;

export const isOver = ({ state }: Job): boolean => state === 'done' || state === 'failed';

/** Queue a run; what the user has marked goes along. */
export function startRun(url: string, json: RunRequest): Promise<Inference> {
  return api<Inference>(url, { method: 'POST', json });
}

/** Ask until the job is over; a lost line is waited out and reported as null. */
export async function followRun(
  url: string,
  onProgress: (inference: Inference | null) => void,
  wait: (ms: number) => Promise<void> = pause,
): Promise<Inference> {
  for (let lost = 0; ; ) {
    try {
      const inference = await api<Inference>(url);
      lost = 0;
      onProgress(inference);
      if (isOver(inference.job)) return inference;
      await wait(POLL_MS);
    } catch (error) {
      if (!(error instanceof Problem) || !error.temporary) throw error;
      onProgress(null);
      await wait(backOff(lost, POLL_MS, 15_000));
      lost += 1;
    }
  }
}
