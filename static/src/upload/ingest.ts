/** After the last byte: the server checks, de-identifies and stores; this asks until it is done. */
import { api, backOff, pause, Problem } from '../shared/http';
import type { Report } from './report';

export interface UploadStatus {
  state: 'open' | 'ingesting' | 'done' | 'failed';
  /** 0..1 */
  progress: number;
  report: Report | null;
  message?: string;
}

const POLL_MS = 800;

/** Say that all bytes are there, then follow; resolves with the last status. */
export async function completeUpload(
  url: string,
  onStatus: (status: UploadStatus | null) => void,
  wait: (ms: number) => Promise<void> = pause,
): Promise<UploadStatus> {
  let said = false;
  for (let lost = 0; ; ) {
    try {
      if (!said) await api(`${url}complete/`, { method: 'POST' });
      said = true;
      const status = await api<UploadStatus>(url);
      lost = 0;
      onStatus(status);
      if (status.state === 'done' || status.state === 'failed') return status;
      await wait(POLL_MS);
    } catch (error) {
      if (!(error instanceof Problem) || !error.temporary) throw error;
      onStatus(null);
      await wait(backOff(lost));
      lost += 1;
    }
  }
}
