/** After the last byte: the server checks, de-identifies and stores; this shows how far it is. */
import { api, backOff, pause, Problem } from '../shared/http';
import type { Report } from './report';

export interface UploadStatus {
  state: 'open' | 'ingesting' | 'done';
  /** 0..1 */
  progress: number;
  /** Files that have been looked at, and how many there are. */
  ingested: number;
  total: number;
  report: Report | null;
}

/** What the user says about the files. */
export interface How {
  pixels_checked: boolean;
  /** Modality of pictures without DICOM: OT for slices, US. */
  pictures_are: string;
}

const POLL_MS = 800;

/**
 * Have the upload taken in; resolves with the report.
 *
 * The answer to the request that did the work is the only one with file names in it, so it is
 * waited for while the progress is asked for beside it. When its line breaks, asking again brings
 * the report without names.
 */
export async function completeUpload(
  url: string,
  how: How,
  onStatus: (status: UploadStatus | null) => void,
  wait: (ms: number) => Promise<void> = pause,
): Promise<Report> {
  let work: Promise<Report> | null = null;
  for (let lost = 0; ; ) {
    try {
      work ??= take(url, how);
      const report = await Promise.race([work, wait(POLL_MS).then(() => null)]);
      if (report) return report;
      onStatus(await api<UploadStatus>(url));
      lost = 0;
    } catch (error) {
      work = null;
      if (!(error instanceof Problem)) throw error;
      const busy = error.code === 'ingesting';
      if (!busy && !error.temporary) throw error;
      if (!busy) onStatus(null);
      await wait(busy ? POLL_MS : backOff(lost));
      lost += 1;
    }
  }
}

function take(url: string, json: How): Promise<Report> {
  const work = api<Report>(`${url}complete/`, { method: 'POST', json });
  work.catch(() => undefined); // whoever waits hears of it; nobody may be waiting any more
  return work;
}
