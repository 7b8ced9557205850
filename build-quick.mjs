// Builds the bundles that start fast, dist/bin/validate.cjs and cli.cjs: one script each, with the code that V8 made of it kept beside it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';
import { Script } from 'node:vm';
import { modulesAtNeed } from './build-at-need.mjs';

const self = fileURLToPath(import.meta.url);

/** As bin/holdpoint.cjs looks for it: kept code is for one Node exactly. */
const keptFor = (filename) => `${filename}.${process.version}-${process.platform}-${process.arch}.cache`;

/** V8's kept code forgets the loader of its script: `import()` fails in it, and is done by a module beside it. */
const loader = 'import.cjs';
const banner = `((require, __filename) => {
const __beside = (name) => require('node:path').join(__filename, '..', name);
const __import = (name) => require(__beside('${loader}'))(name);
const __url = () => require('node:url').pathToFileURL(__filename).href;
const module = { exports: {} };`;

const lazyFile = (library) => `lazy/${library.split(/\W+/).filter(Boolean).join('-')}`;

/** undici's HTTP/2 is never asked for (`allowH2: false`), and loading node:http2 costs as much as the rest of a start. */
const withoutHttp2 = {
  name: 'without-http2',
  setup({ onLoad }) {
    onLoad({ filter: /undici[/\\]lib[/\\]dispatcher[/\\]client-h2\.js$/ }, () => ({
      contents: "module.exports = () => { throw new Error('HTTP/2 is not part of this build'); };",
    }));
  },
};

/**
 * What undici takes of Node at its start and never uses here: of node:http a limit that we replace and a class to know
 * bodies by that we never send, of node:assert what is thrown when undici is wrong.
 */
const unused = {
  'node:http': 'module.exports = { maxHeaderSize: 16384, IncomingMessage: class {} };',
  'node:assert': "module.exports = (value, message) => value || require('node:assert')(value, message);",
};

const withoutUnused = {
  name: 'without-unused',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:(?:http|assert)$/ }, ({ path, importer, namespace }) =>
      namespace === 'file' && /undici[/\\]lib[/\\]/.test(importer) ? { path, namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({ contents: unused[path] }));
  },
};

/** Always or mostly needed. */
const isInside = (path) => path === 'yaml' || path.startsWith('undici/');

/** Libraries that are imported lazily stay outside, as files of the command line's own build. */
const outside = (src, libraries) => ({
  name: 'outside',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ importer, kind, path }) => {
      if (kind !== 'dynamic-import' || !importer.startsWith(src) || isInside(path)) return undefined;
      libraries[lazyFile(path)] = path;
      return { path: `./${lazyFile(path)}.js`, external: true };
    });
  },
});

/** Parts of Node that most runs never need and that are slow to load: each is loaded when one of its names is used. */
const atNeed = ['node:child_process', 'node:crypto', 'node:fs/promises', 'node:module', 'node:readline', 'node:zlib'];

const builtinsAtNeed = {
  name: 'builtins-at-need',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
      atNeed.includes(path) && namespace !== 'at-need' ? { path, namespace: 'at-need' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'at-need' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => !['default', 'module.exports'].includes(name));
      const getters = names.map((name) => `get ${name}() { return require('${path}').${name}; }`);
      return { contents: `module.exports = { ${getters.join(', ')} };` };
    });
  },
};

/** A script, its entry below src/, and what is run once so that V8 has compiled what a run needs. */
const scripts = [
  { name: 'validate.cjs', entry: 'commands/quick.ts' },
  { name: 'cli.cjs', entry: 'cli.ts' },
];

/**
 * Scripts whose value is a function of `require` and its own file name: bin/holdpoint.cjs runs them with node:vm, because
 * Node 20 keeps code for scripts only, not for modules. `libraries`: what they need beside themselves, as entries of a build.
 */
export async function buildQuick(common, src, folder) {
  const libraries = {};
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, loader), 'module.exports = (name) => import(name);\n');
  const bundles = await Promise.all(scripts.map((script) => buildScript(script, common, src, folder, libraries)));
  return { bundles, libraries };
}

async function buildScript({ name, entry }, common, src, folder, libraries) {
  const { build } = await import('esbuild');
  const file = join(folder, name);
  const bundle = await build({
    ...common,
    entryPoints: [join(src, entry)],
    outfile: file,
    format: 'cjs',
    plugins: [outside(src, libraries), modulesAtNeed(src), builtinsAtNeed, withoutUnused, withoutHttp2],
    define: { 'import.meta.url': '__url' },
    // A megabyte less to keep in memory; names stay, so that stacks can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    banner: { js: banner },
    footer: { js: '})' },
    write: false,
  });
  writeFileSync(
    file,
    inAscii(
      bundle.outputFiles[0].text
        .replaceAll(/(?<![.\w$])import\(/g, '__import(')
        .replaceAll(/\b__url\b(?! =)/g, '__url()'),
    ),
  );
  return bundle;
}

/**
 * bin/holdpoint.cjs reads the scripts as latin1, which is quick. esbuild escapes what is beyond ASCII in strings alone:
 * regular expressions and tagged templates would mean something else.
 */
const inAscii = (text) =>
  text.replaceAll(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Runs each bundle once, when everything that it needs stands beside it, and keeps what V8 made of it. */
export function keepCode(folder) {
  for (const { name } of scripts) {
    const file = join(folder, name);
    spawnSync(process.execPath, [self, file], { cwd: dirname(self), stdio: 'ignore', timeout: 60_000 });
    if (!existsSync(keptFor(file))) throw new Error(`running ${file} once left no ${keptFor(file)}`);
  }
}

/** A check of one request on a server of our own: what most runs need of the command line. */
async function checkOnce() {
  const { createServer } = await import('node:http');
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const server = createServer((_, response) => response.end('{"status":"ok"}')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  server.unref();
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-build-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'deploy-profiles'));
  const check = `{ use: http, target: "http://127.0.0.1:${server.address().port}", request: { get: / }, expect: { status: 200, json: { status: ok } } }`;
  writeFileSync(join(folder, 'deploy-profiles/once.yaml'), `service: once\nhold: once\nchecks: { one: ${check} }\n`);
  return ['check', join(folder, 'deploy-profiles/once.yaml')];
}

/**
 * Runs a bundle once, the quick one over the shipped profiles: then V8 has compiled what a run needs, and hands it over.
 * The name of the script stays in its code, and would tell the folder of this build in every stack.
 */
async function remember(filename) {
  const isWhole = basename(filename) === 'cli.cjs';
  const words = isWhole ? await checkOnce() : [];
  process.argv = [process.argv[0], 'holdpoint', ...words];
  const script = new Script(readFileSync(filename, 'latin1'), { filename: `dist/bin/${basename(filename)}` });
  // Code that was made under other flags of V8 is refused by a process that begins without them.
  v8.setFlagsFromString = () => undefined;
  process.on('exit', () => writeFileSync(keptFor(filename), script.createCachedData()));
  script.runInThisContext()(createRequire(filename), filename);
}

if (process.argv[1] === self) await remember(process.argv[2]);
