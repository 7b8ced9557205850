// Makes the modules of a script wait: each is run when one of its names is first used, not when its importer is.
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';

/** Used by nearly every run and by every other module: a call through a wrapper costs more there than it saves. */
const atOnce = new Set(['kit', 'io', 'cli.ts']);

const folderOf = (src, path) => relative(src, path).split(sep)[0];

/** `var import_x = require("./x.ts");`, as esbuild writes an import in CommonJS. */
const imported = /^var (\w+) = (?:__toESM\()?require\("([^"]+)"\)(?:(?:, 1)?\))?;\n/gm;

/** The names of a module, as esbuild writes them: `name: () => value`. */
const exported = /^__export\(\w+, \{\n([^]*?)\n\}\);\nmodule\.exports = __toCommonJS\(\w+\);\n/m;

/**
 * `waits(path)`: whether a relative import is put off. What is not keeps its form, so that esbuild still drops what nobody
 * uses of it; parts of Node are objects that are taken as they are.
 */
function putOff(code, waits) {
  const names = code.match(exported)?.[1] ?? '';
  const getters = names.replaceAll(/^ *(\w+): \(\) => (.*?),?$/gm, 'get $1() { return $2; },');
  const body = code.slice(code.search(/^(?:var \w+_exports = |var import_)/m)).replace(/^var \w+_exports = .*\n/, '');
  const inPlace = new Map();
  const text = `${body.replace(exported, '').replace(/^\/\/ Annotate the CommonJS[^]*$/m, '')}\nmodule.exports = { ${getters} };\n`;
  const kept = text.replaceAll(imported, (line, name, path) => {
    if (path.startsWith('node:')) return `var ${name} = require("${path}");\n`;
    if (!waits(path) || !name.startsWith('import_')) return `import * as ${name} from "${path}";\n`;
    // In brackets, for `new import_x.Name()`.
    inPlace.set(name, `(require("${path}"))`);
    return '';
  });
  return kept.replaceAll(/\bimport_\w+\b/g, (name) => inPlace.get(name) ?? name);
}

/** Whether this is a module of ours that waits. */
const isPutOff = (src, path) =>
  path.startsWith(`${src}${sep}`) && path.endsWith('.ts') && !atOnce.has(folderOf(src, path));

/** A plugin for esbuild, for scripts whose modules do nothing when they are loaded but make their values. */
export const modulesAtNeed = (src) => ({
  name: 'modules-at-need',
  setup({ onResolve, onLoad, esbuild }) {
    // In a namespace of their own: as files they would be held to the `"type": "module"` of the package.
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path);
      return isPutOff(src, file) ? { path: file, namespace: 'put-off' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'put-off' }, async ({ path }) => {
      const options = { loader: 'ts', format: 'cjs', platform: 'node', target: 'node20.19', sourcefile: path };
      const define = { 'import.meta.url': '__url' };
      const { code } = await esbuild.transform(readFileSync(path, 'utf8'), { ...options, define });
      const waits = (to) => to.startsWith('.') && isPutOff(src, resolve(dirname(path), to));
      return { contents: putOff(code, waits), loader: 'js', resolveDir: dirname(path) };
    });
  },
});
