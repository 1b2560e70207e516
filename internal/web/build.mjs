// Builds the front-end into dist/: style sheet, scripts, icon sprite, map
// library. Every file also gets a .gz beside it, so that nothing is compressed
// while somebody waits.
import { build } from 'esbuild';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
// Old phones: the oldest browsers with cascade layers and WebGL 2.
const browsers = ['chrome100', 'safari15.4', 'firefox100'];
const resolve = createRequire(import.meta.url).resolve;

mkdirSync(dist, { recursive: true });
for (const name of readdirSync(dist)) {
  if (name !== '.gitkeep') rmSync(join(dist, name), { recursive: true });
}

await build({
  entryPoints: ['app', 'acts', 'judge', 'map'].map((name) => join(here, 'island', `${name}.ts`)),
  outdir: dist,
  bundle: true,
  minify: true,
  format: 'esm',
  splitting: true,
  target: browsers,
  chunkNames: 'part-[hash]',
  legalComments: 'none',
  logLevel: 'warning',
});
// Workers are plain scripts: browsers of their time import nothing into one.
for (const name of ['worker', 'heic']) {
  await build({
    entryPoints: [join(here, 'island', 'worker', `${name}.ts`)],
    outfile: join(dist, `${name}.js`),
    bundle: true,
    minify: true,
    format: 'iife',
    target: browsers,
    external: ['fs', 'path'], // which libheif asks for where there is no browser
    legalComments: 'none',
    logLevel: 'warning',
  });
}
// HEIC photos are converted by libheif, unchanged, in files of their own.
const heif = dirname(resolve('libheif-js/libheif-wasm/libheif.js'));
for (const [from, to] of [['libheif.wasm', 'libheif.wasm'], ['LICENSE', 'libheif-license.txt']]) {
  writeFileSync(join(dist, to), readFileSync(join(heif, from)));
}
// A system keeps the style of a page beside its template; all of them go into
// the layer "pages".
const systems = join(here, '..', 'system');
const pages = readdirSync(systems, { recursive: true }).filter((name) => name.endsWith('.css')).sort();
const sheets = {
  app: ['@import "./css/app.css";', ...pages.map((name) => `@import "../system/${name}" layer(pages);`)],
  map: ['@import "./css/library.css";'],
};
for (const [name, lines] of Object.entries(sheets)) {
  await build({
    stdin: { contents: lines.join('\n'), resolveDir: here, loader: 'css' },
    outfile: join(dist, `${name}.css`),
    bundle: true,
    minify: true,
    target: browsers,
    loader: { '.svg': 'dataurl' },
    logLevel: 'warning',
  });
}

// MapLibre starts its worker from an address; a worker cannot be bundled in.
writeFileSync(join(dist, 'map-worker.mjs'), readFileSync(resolve('maplibre-gl/dist/maplibre-gl-worker.mjs'), 'utf8')
  .replace(/\/\/# sourceMappingURL=.*\s*$/, ''));

// icon.go is the list of the icons that the product uses.
const names = [...readFileSync(join(here, 'icon.go'), 'utf8').matchAll(/Icon\s*=\s*"([a-z0-9-]+)"/g)].map((m) => m[1]);
const symbols = names.map((name) => {
  const svg = readFileSync(resolve(`lucide-static/icons/${name}.svg`), 'utf8');
  const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>')).replace(/\s+/g, ' ').trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`;
});
writeFileSync(join(dist, 'icons.svg'), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`);
writeFileSync(join(dist, 'mark.svg'), readFileSync(join(here, 'css', 'mark.svg')));

// Paper carries its own face: PDF needs TrueType, and no server has a Chinese one
// to count on. It is ten megabytes, so the binary holds it compressed only.
const face = dirname(resolve('@expo-google-fonts/noto-sans-sc/package.json'));
writeFileSync(join(dist, 'paper-license.txt'), readFileSync(join(face, 'LICENSE_FONT')));

for (const name of readdirSync(dist)) {
  if (!name.startsWith('.')) writeFileSync(join(dist, `${name}.gz`), gzipSync(readFileSync(join(dist, name)), { level: 9 }));
}
writeFileSync(join(dist, 'paper.ttf.gz'), gzipSync(readFileSync(join(face, '400Regular', 'NotoSansSC_400Regular.ttf')), { level: 9 }));
