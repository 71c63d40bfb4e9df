/** Fetching one frame's bytes, as stored, with a token. No Cornerstone here. */
import { backOff, pause, Problem, problemOf } from '../shared/http';
import type { SeriesManifest } from './manifest';
import type { Tokens } from './tokens';

/** Attempts on a lost line before a frame counts as failed. */
const ATTEMPTS = 4;

/** Transfer syntaxes (PS3.5 A) by the media type a server may give without naming one (PS3.18). */
const BY_MEDIA_TYPE: Record<string, string> = {
  'application/octet-stream': '1.2.840.10008.1.2.1',
  'image/jpeg': '1.2.840.10008.1.2.4.50',
  'image/jll': '1.2.840.10008.1.2.4.70',
  'image/jls': '1.2.840.10008.1.2.4.80',
  'image/jp2': '1.2.840.10008.1.2.4.90',
  'image/jphc': '1.2.840.10008.1.2.4.201',
  'image/dicom-rle': '1.2.840.10008.1.2.5',
};

/** Transfer syntax UID of a content type. */
export function transferSyntax(contentType: string): string {
  const named = /transfer-syntax="?([\d.]+)/.exec(contentType)?.[1];
  const media = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const found = named ?? BY_MEDIA_TYPE[media];
  if (!found) throw new Error(`no transfer syntax known for ${contentType}`);
  return found;
}

/** A frame as it is stored. */
export interface StoredFrame {
  bytes: Uint8Array;
  /** Transfer syntax UID; frames of one series may differ in it. */
  syntax: string;
}

async function fetchOnce(url: string, token: string, usual: string): Promise<StoredFrame> {
  let response: Response;
  try {
    response = await fetch(`${url}?token=${encodeURIComponent(token)}`, {
      credentials: 'same-origin',
    });
  } catch {
    throw problemOf(0, '');
  }
  if (!response.ok) throw problemOf(response.status, await response.text());
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { bytes, syntax: transferSyntax(response.headers.get('Content-Type') ?? usual) };
}

/**
 * Frame `n` (0-based, manifest order).
 *
 * One renewal and retry on 403, because a token may have run out on the way; a lost line is tried
 * again a few times. Rejects with `Problem`.
 */
export async function fetchFrame(
  series: SeriesManifest,
  n: number,
  tokens: Tokens,
  wait: (ms: number) => Promise<void> = pause,
): Promise<StoredFrame> {
  const url = `${series.frames_url}${n}/`;
  let renewed = false;
  for (let attempt = 0; ; ) {
    try {
      return await fetchOnce(url, await tokens.of(series.id), series.content_type);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 403 && !renewed) {
        renewed = true;
        await tokens.renew();
      } else if (error.temporary && attempt < ATTEMPTS - 1) {
        await wait(backOff(attempt, 500, 4000));
        attempt += 1;
      } else throw error;
    }
  }
}
