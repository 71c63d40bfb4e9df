import { describe, expect, it } from 'vitest';
import { isClutter } from '../src/upload/collect';
import { rowsInSight } from '../src/upload/fileList';
import { kindOf } from '../src/upload/kinds';
import { Rate } from '../src/upload/rate';
import { selectionOf } from '../src/upload/selection';
import { cut, headerOf, layOut, paxRecord, type TarSource } from '../src/upload/tar';

const source = (path: string, text: string): TarSource => ({ path, file: new Blob([text]) });
const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());
const textAt = (bytes: Uint8Array, at: number, length: number): string =>
  new TextDecoder().decode(bytes.slice(at, at + length)).replace(/\0.*$/s, '');

const files = [source('case/b.dcm', 'bbb'), source('case/a.dcm', 'a'.repeat(513))];

describe('a folder as tar', () => {
  it('has ustar headers, padded data and two empty blocks, sorted by path', async () => {
    const layout = layOut(files);
    expect(layout.size).toBe(512 + 1024 + 512 + 512 + 1024);
    const all = await bytesOf(cut(layout, 0, layout.size));
    expect(all).toHaveLength(layout.size);
    expect(textAt(all, 0, 100)).toBe('case/a.dcm');
    expect(textAt(all, 124, 12)).toBe((513).toString(8).padStart(11, '0'));
    expect(textAt(all, 257, 6)).toBe('ustar');
    expect(textAt(all, 1536, 100)).toBe('case/b.dcm');
    expect(textAt(all, 2048, 512)).toBe('bbb');
    expect(all.slice(2560).every((byte) => byte === 0)).toBe(true);
  });

  it('has right header sums (the field itself counts as eight spaces)', () => {
    const header = headerOf(files[0]!);
    const sum = header.reduce((a, byte, i) => a + (i >= 148 && i < 156 ? 32 : byte), 0);
    expect(parseInt(textAt(header, 148, 6), 8)).toBe(sum);
  });

  it('can be made again from any place, in any pieces', async () => {
    const layout = layOut(files);
    const all = await bytesOf(cut(layout, 0, layout.size));
    for (const step of [13, 511, 512, 513, 1000]) {
      const parts: number[] = [];
      for (let at = 0; at < layout.size; at += step)
        parts.push(...(await bytesOf(cut(layout, at, Math.min(at + step, layout.size)))));
      expect(Uint8Array.from(parts)).toEqual(all);
    }
  });

  it('does not depend on the order files were found in', async () => {
    const [one, other] = [layOut(files), layOut([...files].reverse())];
    expect(await bytesOf(cut(one, 0, one.size))).toEqual(await bytesOf(cut(other, 0, other.size)));
  });

  it('carries long and non-ASCII paths in a pax header', () => {
    const long = headerOf(source(`Müller/${'x'.repeat(120)}.dcm`, 'z'));
    expect(long).toHaveLength(3 * 512);
    expect(textAt(long, 156, 1)).toBe('x');
    expect(textAt(long, 512, 200)).toMatch(/^\d+ path=Müller\/x+\.dcm\n$/);
    expect(headerOf(source('plain.dcm', 'z'))).toHaveLength(512);
  });

  it('counts the length of a pax record with itself', () => {
    expect(paxRecord('path', 'a')).toBe('9 path=a\n');
    // 9 and 98 bytes without the number, which then needs one digit more than a first count gives.
    expect(paxRecord('path', 'ab')).toBe('11 path=ab\n');
    expect(paxRecord('path', 'v'.repeat(91))).toMatch(/^101 path=v/);
    const record = paxRecord('path', 'ü'.repeat(60));
    expect(Number(record.split(' ')[0])).toBe(new TextEncoder().encode(record).length);
  });
});

describe('a choice', () => {
  it('goes as it is when it is one archive or one file', () => {
    expect(selectionOf([source('exam.zip', 'PK')])).toMatchObject({ name: 'exam.zip', size: 2 });
    expect(selectionOf([source('one.dcm', 'abc')])).toMatchObject({ size: 3 });
    expect(selectionOf([source('folder/one.dcm', 'abc')])).toMatchObject({ name: 'folder.tar' });
  });

  it('has the same fingerprint for the same files only', () => {
    const print = (list: TarSource[]): string => selectionOf(list).fingerprint;
    expect(print(files)).toBe(print([...files].reverse()));
    expect(print(files)).not.toBe(print([files[0]!, source('case/a.dcm', 'a'.repeat(512))]));
    expect(print(files)).toMatch(/^[0-9a-f]{16}$/);
  });

  it('counts the files that have arrived completely', () => {
    const selection = selectionOf(files);
    expect([0, 1535, 1536, 2559, 2560].map(selection.filesDone)).toEqual([0, 0, 1, 1, 2]);
  });
});

it('leaves out what operating systems put into folders', () => {
  expect(['a/.DS_Store', 'Thumbs.db', '__MACOSX/a/b'].every(isClutter)).toBe(true);
  expect(isClutter('a/DS_Store.dcm')).toBe(false);
});

it('names kinds by their ending', () => {
  expect(['a/1.dcm', 'IM.0001', 'x.JPG', 'e.zip', 'f.docx'].map(kindOf)).toEqual([
    'DICOM',
    'DICOM',
    'JPEG',
    'ZIP',
    'DOCX',
  ]);
});

it('forecasts from the last seconds', () => {
  let now = 0;
  const rate = new Rate(() => now);
  rate.add(0);
  expect(rate.secondsTo(100)).toBe(Infinity);
  for (now = 1000; now <= 20_000; now += 1000) rate.add(now * 2);
  expect(rate.perSecond).toBe(2000);
  expect(rate.secondsTo(50_000)).toBe(5);
  rate.add(100);
  expect(rate.perSecond).toBe(0);
});

it('draws only the rows in sight', () => {
  expect(rowsInSight(0, 280, 10_000)).toEqual({ first: 0, end: 18 });
  expect(rowsInSight(2800, 280, 10_000)).toEqual({ first: 92, end: 118 });
  expect(rowsInSight(0, 280, 4)).toEqual({ first: 0, end: 4 });
});
