/**
 * Builds the front end into public/viewer/: `viewer.js`, `pages.js`, `decode-worker.js` and wasm/.
 *
 * Classic IIFE scripts, because django-compressor drops type="module". The same sources always give
 * the same bytes; `node build.mjs --out=FOLDER` builds elsewhere (the test compares two builds).
 */
import { build } from 'esbuild';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const cornerstone = path.join(here, 'node_modules', '@cornerstonejs');
const out = path.resolve(
  here,
  process.argv.find((argument) => argument.startsWith('--out='))?.slice(6) ?? 'public/viewer',
);

/** Decoders the worker fetches by these published names; not JPEG XL, which PACS do not send. */
const WASM = {
  'codec-charls': 'charlswasm_decode.wasm',
  'codec-libjpeg-turbo-8bit': 'libjpegturbowasm_decode.wasm',
  'codec-openjpeg': 'openjpegwasm_decode.wasm',
  'codec-openjph': 'openjphjs.wasm',
};

/** Whole-slide imaging, which this product does not show: replaced by stubs that throw. */
const WHOLE_SLIDE = [
  /core\/dist\/esm\/RenderingEngine\/WSIViewport\.js$/,
  /core\/dist\/esm\/RenderingEngine\/GenericViewport\/WSI\/(index|WSIViewport|WSIViewportLegacyAdapter)\.js$/,
  /core\/dist\/esm\/utilities\/WSIUtilities\.js$/,
  /core\/dist\/esm\/constants\/microscopyViewportCss\.js$/,
];

/** Decoding happens in the worker only, so its code stays out of the page's bundle. */
const DECODERS_IN_PAGE = [
  /dicom-image-loader\/dist\/esm\/decodeImageFrameWorker\.js$/,
  /dicom-image-loader\/dist\/esm\/shared\/decoders\/index\.js$/,
];

const JPEG_XL = [/dicom-image-loader\/dist\/esm\/shared\/decoders\/decodeJPEGXL\.js$/];

/** Node modules that vtk.js' XML reader asks for and the viewer never calls. */
const NODE_ONLY = /^(fs|path|url|events|xmlbuilder2)$/;

/** The names a module exports, from its `export` statements. */
function exportedNames(source) {
  const names = new Set();
  for (const [, list] of source.matchAll(/export\s*\{([^}]*)\}/g))
    for (const item of list.split(','))
      if (item.trim())
        names.add(
          item
            .trim()
            .split(/\s+as\s+/)
            .pop(),
        );
  for (const [, name] of source.matchAll(
    /export\s+(?:async\s+)?(?:const|let|var|function\*?|class)\s+(\w+)/g,
  ))
    names.add(name);
  if (/export\s+default/.test(source)) names.add('default');
  return [...names];
}

/** An esbuild plug-in that replaces the matching files by modules whose every export throws. */
function leaveOut(patterns) {
  return {
    name: 'leave-out',
    setup({ onLoad }) {
      for (const filter of patterns)
        onLoad({ filter }, async ({ path: file }) => {
          const names = exportedNames(await readFile(file, 'utf8'));
          const body = names.map((name) =>
            name === 'default'
              ? 'export default absent;'
              : `const $${name} = absent; export { $${name} as ${name} };`,
          );
          const absent = `function absent() { throw new Error('not part of this build'); }`;
          return { contents: [absent, ...body].join('\n'), loader: 'js' };
        });
    },
  };
}

const emptyNodeModules = {
  name: 'empty-node-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: NODE_ONLY }, ({ path: name }) => ({ path: name, namespace: 'empty' }));
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** The worker entry has effects although its package says it has none. */
const keepWorker = {
  name: 'keep-worker',
  setup({ onResolve }) {
    onResolve({ filter: /decodeImageFrameWorker\.js$/ }, ({ path: file, kind }) =>
      kind === 'entry-point' ? { path: file, sideEffects: true } : undefined,
    );
  },
};

const common = {
  bundle: true,
  format: 'iife',
  target: 'es2020',
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'warning',
  define: { 'import.meta.url': 'self.location.href', 'process.env.NODE_ENV': '"production"' },
};

await rm(out, { recursive: true, force: true });
await mkdir(path.join(out, 'wasm'), { recursive: true });
await Promise.all([
  build({
    ...common,
    entryPoints: [path.join(here, 'src/viewer/main.ts')],
    outfile: path.join(out, 'viewer.js'),
    plugins: [leaveOut([...WHOLE_SLIDE, ...DECODERS_IN_PAGE]), emptyNodeModules],
  }),
  build({
    ...common,
    entryPoints: [path.join(here, 'src/pages/main.ts')],
    outfile: path.join(out, 'pages.js'),
  }),
  build({
    ...common,
    entryPoints: [path.join(cornerstone, 'dicom-image-loader/dist/esm/decodeImageFrameWorker.js')],
    outfile: path.join(out, 'decode-worker.js'),
    plugins: [keepWorker, leaveOut(JPEG_XL), emptyNodeModules],
  }),
  ...Object.entries(WASM).map(([codec, file]) =>
    cp(path.join(cornerstone, codec, 'dist', file), path.join(out, 'wasm', file)),
  ),
]);
