import { afterEach, describe, expect, it, vi } from 'vitest';
import { completeUpload, type UploadStatus } from '../src/upload/ingest';
import { answerWith } from './answers';

const how = { pixels_checked: true, pictures_are: 'US' };

afterEach(() => vi.unstubAllGlobals());

const report = { cases: [], rejected: [], quarantined: [], warnings: [] };
const atOnce = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const never = (): Promise<void> => new Promise(() => undefined);

describe('taking an upload in', () => {
  it('resolves with the answer to the request that did the work', async () => {
    const asked = answerWith({ json: report });
    expect(await completeUpload('/u/1/', how, () => undefined, never)).toEqual(report);
    expect(asked[0]).toMatchObject({ method: 'POST', body: how });
  });

  it('asks again when the line breaks, and waits while another request is at work', async () => {
    const busy = { status: 409, json: { detail: 'Wait.', code: 'ingesting' } };
    answerWith('lost', busy, { json: report });
    const told: (UploadStatus | null)[] = [];
    const found = await completeUpload('/u/1/', how, (status) => told.push(status), atOnce);
    expect(found).toEqual(report);
    expect(told).toContain(null);
  });

  it('gives up with the server’s sentence when told no', async () => {
    answerWith({ status: 409, json: { detail: 'Only 3 of 9 bytes.', code: 'incomplete' } });
    const failed = completeUpload('/u/1/', how, () => undefined, never);
    await expect(failed).rejects.toThrow('Only 3 of 9 bytes.');
  });
});
