// Builds dist/: the bundled command line, the demo's programs (one self-contained file each) and the library as plain modules with types.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildQuick, keepCode } from './build-quick.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const src = join(root, 'src');

// `npm ci --omit=dev` runs `prepare` without the tools; whoever asks for that brings a dist/ of their own.
const { build } = await import('esbuild').catch((cause) => {
  if (process.argv.includes('--if-tools-installed')) process.exit(0);
  throw cause;
});

/** What every bundle shares. CommonJS libraries inside an ES module need a `require` of their own. */
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // Optional parts of pg that are never installed here.
  external: ['pg-native', 'pg-cloudflare'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  // The licences of everything bundled stand together in dist/THIRD-PARTY.txt.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

/**
 * A lazily imported CommonJS library keeps its named exports: without this, esbuild gives such an import nothing but
 * `default`, so that `const { request } = await import('undici')` works in the tests and not in the bundle.
 */
const lazyLibraries = {
  name: 'lazy-libraries',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^./]/ }, ({ importer, kind, path, resolveDir }) => {
      const lazy = kind === 'dynamic-import' && importer.startsWith(src) && !path.startsWith('node:');
      const ours = lazy || (kind === 'entry-point' && !isAbsolute(path));
      if (!ours) return undefined;
      // The suffix makes esbuild treat `default` as Node does.
      return { path: `${path}.mjs`, namespace: 'lazy', pluginData: { library: path, resolveDir } };
    });
    onLoad({ filter: /.*/, namespace: 'lazy' }, async ({ pluginData: { library, resolveDir } }) => {
      const names = Object.keys(await import(library)).filter((name) => name !== 'module.exports');
      return { contents: `export { ${names.join(', ')} } from '${library}';`, resolveDir };
    });
  },
};

/** Splitting keeps what is imported lazily (drivers above all) out of the start of every command. */
function buildCommandLine(out, libraries) {
  return build({
    ...common,
    entryPoints: { cli: join(src, 'cli.ts'), ...libraries },
    outdir: join(out, 'bin'),
    splitting: true,
    plugins: [lazyLibraries],
    chunkNames: 'chunks/[name]-[hash]',
  });
}

/** Each program of the demo is one file, so that a release folder needs nothing but a copy of it. */
function buildDemo(out) {
  const entries = join(src, 'demo/entries');
  const names = readdirSync(entries).filter((name) => name.endsWith('.ts'));
  return build({ ...common, entryPoints: names.map((name) => join(entries, name)), outdir: join(out, 'demo') });
}

/** Emits only: whether the types are right is the job of `npm run typecheck`. */
function buildLibrary(out) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--noCheck', '--outDir', out], {
    stdio: 'inherit',
  });
}

/** The folder of the package that a bundled file came from, or undefined for a file of ours. */
function packageOf(input) {
  return input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const files = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const texts = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
}

function writeNotices(out, inputs) {
  const folders = [...new Set(inputs.map(packageOf).filter(Boolean))].sort();
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  const head = 'The files in bin/ and demo/ contain the following packages.';
  writeFileSync(join(out, 'THIRD-PARTY.txt'), `${[head, ...folders.map(notice)].join(rule)}\n`);
}

/** For editors and for those who read records; from the same zod schemas as the program. */
function writeSchemas(out) {
  const words = ['explain', 'schema', '--write', join(out, 'schemas')];
  execFileSync(process.execPath, [join(out, 'bin/cli.js'), ...words], { stdio: ['ignore', 'inherit', 'ignore'] });
}

/** Builds beside dist/ and swaps at the end, so that a build that fails leaves the last good one in place. */
async function main() {
  const out = join(root, `dist.new-${process.pid}`);
  mkdirSync(out);
  try {
    const quick = await buildQuick(common, src, join(out, 'bin'));
    const bundles = [
      ...quick.bundles,
      ...(await Promise.all([buildCommandLine(out, quick.libraries), buildDemo(out)])),
    ];
    keepCode(join(out, 'bin'));
    buildLibrary(out);
    writeSchemas(out);
    writeNotices(
      out,
      bundles.flatMap((bundle) => Object.keys(bundle.metafile.inputs)),
    );
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    renameSync(out, join(root, 'dist'));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

await main();
