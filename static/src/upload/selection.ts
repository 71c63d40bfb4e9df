/** What the user chose, as one stream of bytes with a fingerprint to find it again. */
import { byPath, cut, layOut, type TarSource } from './tar';

export interface Selection {
  /** Name for the server's list of the user's own uploads. */
  name: string;
  files: readonly TarSource[];
  size: number;
  fingerprint: string;
  /** The bytes [from, to) of the stream. */
  cut: (from: number, to: number) => Blob;
  /** How many files are sent completely once `offset` bytes are. */
  filesDone: (offset: number) => number;
}

const ARCHIVE = /\.(zip|tar)$/i;

/** A single archive or DICOM file goes as it is; a folder or several files go as one tar. */
export function selectionOf(chosen: readonly TarSource[]): Selection {
  const files = [...chosen].sort(byPath);
  const only = files.length === 1 ? files[0]! : null;
  const fingerprint = fingerprintOf(files);
  if (only && (ARCHIVE.test(only.path) || !only.path.includes('/')))
    return {
      name: only.path,
      files,
      size: only.file.size,
      fingerprint,
      cut: (from, to) => only.file.slice(from, to),
      filesDone: (offset) => Number(offset >= only.file.size),
    };
  const layout = layOut(files);
  return {
    name: `${files[0]?.path.split('/')[0] ?? 'folder'}.tar`,
    files,
    size: layout.size,
    fingerprint,
    cut: (from, to) => cut(layout, from, to),
    filesDone: (offset) => layout.entries.filter(({ end }) => end <= offset).length,
  };
}

/**
 * 64 bits over all paths, sizes and times of change (two FNV-1a runs, 16 hex digits).
 *
 * Only tells the same choice from another one of the same user; it protects nothing.
 */
export function fingerprintOf(files: readonly TarSource[]): string {
  const text = files.map(({ path, file }) => `${path}\0${file.size}\0${changed(file)}`).join('\n');
  return hash(text, 0x811c9dc5) + hash(text, 0x01000193);
}

const changed = (file: Blob): number => (file instanceof File ? file.lastModified : 0);

function hash(text: string, seed: number): string {
  let state = seed;
  for (let i = 0; i < text.length; i += 1)
    state = Math.imul(state ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return state.toString(16).padStart(8, '0');
}
