/**
 * A folder as one tar, made while it is sent (POSIX.1-2001 ustar with pax headers).
 *
 * The bytes depend on nothing but the sorted list of paths and sizes, so any stretch of them can be
 * made again after a reload: that is what makes a folder resumable. Times of change are left out.
 */

export interface TarSource {
  /** Path with forward slashes, relative to what was dropped. */
  path: string;
  file: Blob;
}

interface Entry extends TarSource {
  /** Where its header begins, where its data begin and where it ends, padded. */
  start: number;
  data: number;
  end: number;
}

export interface TarLayout {
  readonly entries: readonly Entry[];
  /** Bytes of the whole archive. */
  readonly size: number;
}

const BLOCK = 512;
/** Two empty blocks end an archive. */
const END = 2 * BLOCK;
/** Largest size the eleven octal digits of a header hold. */
const MOST_OCTAL = 8 ** 11 - 1;

const encoder = new TextEncoder();
const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

/** Order of paths by code units, the same in every browser and language. */
export function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** Where everything lies. */
export function layOut(sources: readonly TarSource[]): TarLayout {
  let at = 0;
  const entries = [...sources].sort(byPath).map((source) => {
    const start = at;
    const data = start + headerOf(source).length;
    at = data + padded(source.file.size);
    return { ...source, start, data, end: at };
  });
  return { entries, size: at + END };
}

/** The bytes [from, to) of the archive; files are referred to, not read. */
export function cut({ entries, size }: TarLayout, from: number, to: number): Blob {
  const parts: BlobPart[] = [];
  const add = (start: number, end: number, make: (a: number, b: number) => BlobPart): void => {
    const [a, b] = [Math.max(from, start), Math.min(to, end)];
    if (a < b) parts.push(make(a - start, b - start));
  };
  const zeros = (a: number, b: number): BlobPart => new Uint8Array(b - a);
  for (let i = firstAfter(entries, from); i < entries.length; i += 1) {
    const entry = entries[i]!;
    if (entry.start >= to) break;
    const dataEnd = entry.data + entry.file.size;
    add(entry.start, entry.data, (a, b) => headerOf(entry).slice(a, b));
    add(entry.data, dataEnd, (a, b) => entry.file.slice(a, b));
    add(dataEnd, entry.end, zeros);
  }
  add(size - END, size, zeros);
  return new Blob(parts);
}

/** Index of the first entry that ends after `offset`. */
function firstAfter(entries: readonly Entry[], offset: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.end > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Header blocks of an entry, with a pax header in front where ustar is too narrow. */
export function headerOf({ path, file }: TarSource): Uint8Array<ArrayBuffer> {
  const records: string[] = [];
  const plain = /^[\x20-\x7e]+$/.test(path) && path.length <= 100;
  if (!plain) records.push(paxRecord('path', path));
  if (file.size > MOST_OCTAL) records.push(paxRecord('size', String(file.size)));
  const name = plain ? path : 'file';
  const size = Math.min(file.size, MOST_OCTAL);
  if (records.length === 0) return block(name, size, '0');
  const body = encoder.encode(records.join(''));
  const whole = new Uint8Array(BLOCK + padded(body.length) + BLOCK);
  whole.set(block('pax', body.length, 'x'));
  whole.set(body, BLOCK);
  whole.set(block(name, size, '0'), BLOCK + padded(body.length));
  return whole;
}

/** "length key=value\n", where length counts itself (pax, IEEE Std 1003.1). */
export function paxRecord(key: string, value: string): string {
  const rest = encoder.encode(` ${key}=${value}\n`).length;
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${key}=${value}\n`;
}

function block(name: string, size: number, type: '0' | 'x'): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(BLOCK);
  const put = (text: string, at: number): void => header.set(encoder.encode(text), at);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  put(name, 0);
  put(`${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  put(`${octal(size, 11)}\0${octal(0, 11)}\0`, 124);
  put('        ', 148);
  put(type, 156);
  put('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return header;
}
