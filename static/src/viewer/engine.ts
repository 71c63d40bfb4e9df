/** Starting Cornerstone: rendering back end, decode workers, frame loader, metadata. */
import * as core from '@cornerstonejs/core';
import { createImage, internal } from '@cornerstonejs/dicom-image-loader/imageLoader';
import { init as startTools } from '@cornerstonejs/tools';
import { api } from '../shared/http';
import { fetchFrame } from './frames';
import type { Manifest, SeriesManifest } from './manifest';
import { manifestProvider } from './metadata';
import { Tokens, type TokenAnswer } from './tokens';

const ENGINE_ID = 'reading-room';

/** Decoded frames kept in memory, in bytes; the rest is fetched again when it is shown. */
const CACHE_BYTES = 1.5 * 2 ** 30;

const TOKEN_LIFETIME_SECONDS = 60;

export interface EngineOptions {
  workerUrl: string;
  wasmUrl: string;
  /** "auto" takes the CPU where WebGL is missing or only emulated, which is then faster. */
  rendering: 'auto' | 'cpu' | 'gpu';
}

function rendersOnCpu(rendering: EngineOptions['rendering']): boolean {
  if (rendering !== 'auto') return rendering === 'cpu';
  const capabilities = core.getRenderingCapabilities();
  return !capabilities.webgl || capabilities.softwareRasterizer;
}

/** Start Cornerstone once per page and give the engine that owns all viewports. */
export function startEngine({
  workerUrl,
  wasmUrl,
  rendering,
}: EngineOptions): core.RenderingEngine {
  core.init({
    rendering: { useCPURendering: rendersOnCpu(rendering) },
    debug: { statsOverlay: false },
  });
  startTools();
  core.cache.setMaxCacheSize(CACHE_BYTES);
  internal.setOptions({ wasmBasePath: wasmUrl });
  const workers = Math.min(4, Math.max(1, Math.floor(navigator.hardwareConcurrency / 2)));
  core.getWebWorkerManager().registerWorker('dicomImageLoader', () => new Worker(workerUrl), {
    maxWorkerInstances: workers,
  });
  return new core.RenderingEngine(ENGINE_ID);
}

function tokensOf(manifest: Manifest): Tokens {
  return new Tokens({
    tokens: Object.fromEntries(manifest.series.map(({ id, token }) => [id, token])),
    expiresIn: manifest.expires_in ?? TOKEN_LIFETIME_SECONDS,
    renew: () => api<TokenAnswer>(manifest.tokens_url, { method: 'POST' }),
  });
}

/** Make the frames of a manifest loadable as `rr:<series>/<frame>`. */
export function registerManifest(manifest: Manifest): void {
  const tokens = tokensOf(manifest);
  const series = new Map<string, SeriesManifest>(manifest.series.map((one) => [one.id, one]));
  core.metaData.addProvider(manifestProvider(manifest.series), 10_000);
  core.imageLoader.registerImageLoader('rr', (imageId, options) => {
    const [id = '', frame = '0'] = imageId.slice(3).split('/');
    const found = series.get(id);
    if (!found) throw new Error(`no series ${id} in this manifest`);
    const load = async (): Promise<core.Types.IImage> => {
      const { bytes, syntax } = await fetchFrame(found, Number(frame), tokens);
      return (await createImage(imageId, bytes, syntax, { ...options })) as core.Types.IImage;
    };
    return { promise: load() };
  });
}
