// Builds dist/bin/validate.cjs, the bundle that starts fast: one script, with the code that V8 made of it kept beside it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const self = fileURLToPath(import.meta.url);

/** As bin/holdpoint.cjs looks for it: kept code is for one Node exactly. */
const keptFor = (filename) => `${filename}.${process.version}-${process.platform}-${process.arch}.cache`;

/** V8's kept code forgets the loader of its script: `import()` fails in it, and is done by a module beside it. */
const loader = 'import.cjs';
const banner = `((require, __filename) => {
const __beside = (name) => require('node:path').join(__filename, '..', name);
const __import = (name) => require(__beside('${loader}'))(name);
const __url = require('node:url').pathToFileURL(__filename).href;
const module = { exports: {} };`;

const lazyFile = (library) => `lazy/${library.split(/\W+/).filter(Boolean).join('-')}`;

/** Libraries that are imported lazily stay outside, as files of the command line's own build; `yaml` is always needed. */
const outside = (src, libraries) => ({
  name: 'outside',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ importer, kind, path }) => {
      if (kind !== 'dynamic-import' || !importer.startsWith(src) || path === 'yaml') return undefined;
      libraries[lazyFile(path)] = path;
      return { path: `./${lazyFile(path)}.js`, external: true };
    });
  },
});

/** Parts of Node that validating rarely needs and that are slow to load: each is loaded when one of its names is used. */
const atNeed = ['node:crypto', 'node:fs/promises', 'node:module'];

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

/**
 * A script whose value is a function of `require` and its own file name: bin/holdpoint.cjs runs it with node:vm, because
 * Node 20 keeps code for scripts only, not for modules. `libraries`: what it needs beside itself, as entries of a build.
 */
export async function buildQuick(common, src, folder) {
  const { build } = await import('esbuild');
  const libraries = {};
  const file = join(folder, 'validate.cjs');
  const bundle = await build({
    ...common,
    entryPoints: [join(src, 'commands/quick.ts')],
    outfile: file,
    format: 'cjs',
    plugins: [outside(src, libraries), builtinsAtNeed],
    define: { 'import.meta.url': '__url' },
    banner: { js: banner },
    footer: { js: '})' },
    write: false,
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, loader), 'module.exports = (name) => import(name);\n');
  writeFileSync(file, bundle.outputFiles[0].text.replaceAll(/(?<![.\w$])import\(/g, '__import('));
  spawnSync(process.execPath, [self, file], { cwd: dirname(self), stdio: 'ignore' });
  if (!existsSync(keptFor(file))) throw new Error(`running ${file} once left no ${keptFor(file)}`);
  return { bundle, libraries };
}

/**
 * Runs the bundle once over the shipped profiles: then V8 has compiled what a run needs, and hands it over. The name of
 * the script stays in its code, and would tell the folder of this build in every stack.
 */
function remember(filename) {
  const script = new Script(readFileSync(filename, 'latin1'), { filename: 'dist/bin/validate.cjs' });
  process.on('exit', () => writeFileSync(keptFor(filename), script.createCachedData()));
  script.runInThisContext()(createRequire(filename), filename);
}

if (process.argv[1] === self) remember(process.argv[2]);
