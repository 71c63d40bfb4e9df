/** Sending a selection by tus 1.0 (https://tus.io/protocols/resumable-upload), resumably. */
import { api, backOff, csrfToken, pause, Problem, problemOf } from '../shared/http';
import type { Selection } from './selection';

export const CHUNK_BYTES = 8 * 2 ** 20;
const TUS = { 'Tus-Resumable': '1.0.0' };

export type LineState = 'sending' | 'lost' | 'paused';

/** An own upload that was not finished, as GET ?state=open lists it. */
interface OpenUpload {
  id: string;
  fingerprint: string;
  offset: number;
  length: number;
}

export interface Listener {
  /** Bytes that are safe on the server, plus those of the chunk on its way. */
  progress: (bytes: number) => void;
  line: (state: LineState, sentence?: string) => void;
}

/** The choice could not be read any more, e.g. because a file was moved or deleted. */
export class UnreadableFile extends Error {}

const base64 = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)));

interface Answer {
  status: number;
  header: (name: string) => string | null;
  text: string;
}

/** One request by XMLHttpRequest, which alone tells how much of a body has gone out. */
function send(
  method: string,
  url: string,
  headers: Record<string, string>,
  body: Blob | ArrayBuffer | null,
  signal: AbortSignal,
  onSent: (bytes: number) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    const fail = (): void => reject(problemOf(0, ''));
    request.open(method, url);
    const all = { ...TUS, ...headers, 'X-CSRFToken': csrfToken(), Accept: 'application/json' };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
    request.addEventListener('error', fail);
    request.addEventListener('abort', fail);
    request.addEventListener('load', () => {
      const { status, responseText: text } = request;
      if (status >= 400 || status === 0) reject(problemOf(status, text));
      else resolve({ status, header: (name) => request.getResponseHeader(name), text });
    });
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    signal.addEventListener('abort', abort);
    request.send(body);
  });
}

export class TusUpload {
  /** Address of the upload on the server, once there is one. */
  url = '';
  private stop = new AbortController();
  private offset = 0;

  constructor(
    private readonly endpoint: string,
    private readonly selection: Selection,
    private readonly listener: Listener,
  ) {}

  /** Send until all is there (true) or `pause` was called (false). Rejects when told no. */
  async run(): Promise<boolean> {
    const stop = new AbortController();
    this.stop = stop;
    for (let lost = 0; ; ) {
      if (stop.signal.aborted) return false;
      try {
        await this.findPlace();
        this.listener.line('sending');
        while (this.offset < this.selection.size) {
          await this.sendChunk(stop.signal);
          lost = 0;
        }
        return true;
      } catch (error) {
        if (stop.signal.aborted) return false;
        if (!(error instanceof Problem)) throw error;
        if (!(error.temporary || error.status === 409)) throw error;
        this.listener.line('lost', error.message);
        await pause(backOff(lost), stop.signal);
        lost += 1;
      }
    }
  }

  /** Stop after what is on its way; `run` goes on from there. */
  pause(): void {
    this.stop.abort();
    this.listener.line('paused');
  }

  /** Find or make the upload on the server and ask how far it is. */
  private async findPlace(): Promise<void> {
    if (!this.url) this.url = (await this.findOpen()) ?? (await this.create());
    try {
      const head = await send('HEAD', this.url, {}, null, this.stop.signal, () => undefined);
      this.offset = Number(head.header('Upload-Offset') ?? 0);
    } catch (error) {
      // Gone (expired or already accepted): begin a new one.
      if (!(error instanceof Problem && (error.status === 404 || error.status === 410)))
        throw error;
      this.url = await this.create();
      this.offset = 0;
    }
    this.listener.progress(this.offset);
  }

  private async findOpen(): Promise<string | null> {
    const query = new URLSearchParams({ state: 'open', fingerprint: this.selection.fingerprint });
    const open = await api<OpenUpload[] | { results: OpenUpload[] }>(`${this.endpoint}?${query}`);
    const same = (Array.isArray(open) ? open : open.results).find(
      ({ fingerprint, length }) =>
        fingerprint === this.selection.fingerprint && length === this.selection.size,
    );
    return same ? `${this.endpoint}${same.id}/` : null;
  }

  private async create(): Promise<string> {
    const { name, fingerprint, size } = this.selection;
    const headers = {
      'Upload-Length': String(size),
      'Upload-Metadata': `filename ${base64(name)},fingerprint ${base64(fingerprint)}`,
    };
    const made = await send(
      'POST',
      this.endpoint,
      headers,
      null,
      this.stop.signal,
      () => undefined,
    );
    const location = made.header('Location');
    if (!location) throw new Error('the server named no address for the upload');
    return new URL(location, document.baseURI).pathname;
  }

  private async sendChunk(signal: AbortSignal): Promise<void> {
    const from = this.offset;
    const to = Math.min(from + CHUNK_BYTES, this.selection.size);
    const bytes = await this.selection
      .cut(from, to)
      .arrayBuffer()
      .catch(() => {
        throw new UnreadableFile();
      });
    const headers = {
      'Upload-Offset': String(from),
      'Content-Type': 'application/offset+octet-stream',
    };
    const onSent = (sent: number): void => this.listener.progress(from + sent);
    const answer = await send('PATCH', this.url, headers, bytes, signal, onSent);
    this.offset = Number(answer.header('Upload-Offset') ?? to);
    this.listener.progress(this.offset);
  }
}
