/** Files from a drop or a file field, with their paths. */
import type { TarSource } from './tar';

/** Files the operating system leaves in folders; never worth sending. */
const CLUTTER = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini)$|(^|\/)__MACOSX\//i;

export const isClutter = (path: string): boolean => CLUTTER.test(path);

/** Everything that was dropped, folders walked to the bottom. */
export async function fromDrop(transfer: DataTransfer): Promise<TarSource[]> {
  // Entries are only to be had while the event is handled, so all are taken before waiting.
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const found = await Promise.all(entries.map(walk));
  return found.flat().filter(({ path }) => !isClutter(path));
}

/** The files of a field; with `webkitdirectory` they carry their folder's path. */
export function fromField(files: FileList): TarSource[] {
  return [...files]
    .map((file) => ({ path: file.webkitRelativePath || file.name, file }))
    .filter(({ path }) => !isClutter(path));
}

async function walk(entry: FileSystemEntry): Promise<TarSource[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    return [{ path: entry.fullPath.replace(/^\//, ''), file }];
  }
  const children = await readAll((entry as FileSystemDirectoryEntry).createReader());
  return (await Promise.all(children.map(walk))).flat();
}

/** A reader gives its entries in portions; an empty one is the last. */
async function readAll(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}
