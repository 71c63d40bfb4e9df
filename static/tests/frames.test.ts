import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetchFrame, transferSyntax } from '../src/viewer/frames';
import { manifestProvider } from '../src/viewer/metadata';
import { hangingOrder, paneCount } from '../src/viewer/manifest';
import { Tokens } from '../src/viewer/tokens';
import { answerWith } from './answers';
import { madeSeries } from './made';

afterEach(() => vi.unstubAllGlobals());

const bytes = new Uint8Array([1, 2, 3]);
const noWait = (): Promise<void> => Promise.resolve();

function tokens(clock: { now: number } = { now: 0 }): { tokens: Tokens; renewals: () => number } {
  let count = 0;
  const source = {
    tokens: { s1: 'first' },
    expiresIn: 60,
    now: () => clock.now,
    renew: () => {
      count += 1;
      return Promise.resolve({ tokens: { s1: `renewed-${count}` }, expires_in: 60 });
    },
  };
  return { tokens: new Tokens(source), renewals: () => count };
}

describe('tokens', () => {
  it('are renewed after two thirds of their life and not before', async () => {
    const clock = { now: 0 };
    const made = tokens(clock);
    clock.now = 39_999;
    expect(await made.tokens.of('s1')).toBe('first');
    clock.now = 40_000;
    expect(await made.tokens.of('s1')).toBe('renewed-1');
    clock.now = 79_999;
    expect(await made.tokens.of('s1')).toBe('renewed-1');
  });

  it('are renewed once for many askers', async () => {
    const clock = { now: 50_000 };
    const made = tokens({ now: 0 });
    await Promise.all([made.tokens.renew(), made.tokens.renew(), made.tokens.renew()]);
    expect(made.renewals()).toBe(1);
    expect(clock.now).toBe(50_000);
  });
});

describe('frames', () => {
  it('are asked for with their token', async () => {
    const asked = answerWith({ bytes });
    expect((await fetchFrame(madeSeries(), 7, tokens().tokens)).bytes).toEqual(bytes);
    expect(asked[0]?.url).toBe('/frames/s1/7/?token=first');
  });

  it('say their own transfer syntax, which may differ from the first frame’s', async () => {
    answerWith({ bytes, type: 'image/jls; transfer-syntax=1.2.840.10008.1.2.4.81' }, { bytes });
    const syntax = async (): Promise<string> =>
      (await fetchFrame(madeSeries(), 0, tokens().tokens)).syntax;
    expect(await syntax()).toBe('1.2.840.10008.1.2.4.81');
    expect(await syntax()).toBe('1.2.840.10008.1.2.1');
  });

  it('are tried once more with a new token after 403', async () => {
    const asked = answerWith({ status: 403, json: {} }, { bytes });
    await fetchFrame(madeSeries(), 0, tokens().tokens);
    expect(asked.map(({ url }) => url.split('=')[1])).toEqual(['first', 'renewed-1']);
  });

  it('fail when a new token is refused, too', async () => {
    const asked = answerWith({ status: 403, json: { detail: 'No.' } });
    await expect(fetchFrame(madeSeries(), 0, tokens().tokens)).rejects.toThrow('No.');
    expect(asked).toHaveLength(2);
  });

  it('outlast a lost line, four attempts long', async () => {
    answerWith('lost', 'lost', 'lost', { bytes });
    expect((await fetchFrame(madeSeries(), 0, tokens().tokens, noWait)).bytes).toEqual(bytes);
    const asked = answerWith('lost');
    await expect(fetchFrame(madeSeries(), 0, tokens().tokens, noWait)).rejects.toThrow();
    expect(asked).toHaveLength(4);
  });
});

describe('transfer syntaxes', () => {
  it('are taken from the content type, else from the media type', () => {
    expect(transferSyntax('image/jls')).toBe('1.2.840.10008.1.2.4.80');
    expect(transferSyntax('image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.57')).toBe(
      '1.2.840.10008.1.2.4.57',
    );
    expect(() => transferSyntax('text/html')).toThrow();
  });
});

describe('metadata from the manifest', () => {
  const series = madeSeries({
    frames: [
      { position_mm: [0, 0, 0] },
      { position_mm: [0, 0, 5], rescale: { slope: 2, intercept: 7 } },
    ],
  });
  const provide = manifestProvider([series]);

  it('places frames and lets one override the rescale', () => {
    expect(provide('imagePlaneModule', 'rr:s1/1')).toMatchObject({
      imagePositionPatient: [0, 0, 5],
      rowPixelSpacing: 2,
      columnPixelSpacing: 0.5,
      usingDefaultValues: false,
    });
    expect(provide('modalityLutModule', 'rr:s1/0')).toEqual({
      rescaleSlope: 1,
      rescaleIntercept: -1024,
    });
    expect(provide('modalityLutModule', 'rr:s1/1')).toEqual({
      rescaleSlope: 2,
      rescaleIntercept: 7,
    });
  });

  it('says when spacing is made up, and nothing about what it does not know', () => {
    const bare = manifestProvider([madeSeries({ id: 'b', spacing_mm: null })]);
    expect(bare('imagePlaneModule', 'rr:b/0')).toMatchObject({
      rowPixelSpacing: 1,
      usingDefaultValues: true,
    });
    expect(provide('imagePlaneModule', 'rr:other/0')).toBeUndefined();
    expect(provide('petModule', 'rr:s1/0')).toBeUndefined();
  });
});

it('hangs phases in the order of time, unknown ones last', () => {
  const phases = ['delayed', null, 'arterial', 'non_contrast', 'portal_venous'] as const;
  const hung = hangingOrder(phases.map((phase, i) => madeSeries({ id: String(i), phase })));
  expect(hung.map(({ phase }) => phase)).toEqual([
    'non_contrast',
    'arterial',
    'portal_venous',
    'delayed',
    null,
  ]);
  expect([0, 1, 2, 3, 9].map(paneCount)).toEqual([1, 1, 2, 4, 4]);
});
