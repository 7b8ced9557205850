// The project's own modules and the servers of its tests, which are TypeScript, for measurements.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');

/** The named exports of these modules: `{ './src/io/postgres.ts': 'createPostgres' }`. */
export async function parts(name, exported) {
  const outfile = resolve(root, `node_modules/.cache/holdpoint-bench/${name}.mjs`);
  mkdirSync(resolve(outfile, '..'), { recursive: true });
  const contents = Object.entries(exported).map(([file, names]) => `export { ${names} } from '${file}';`);
  const stdin = { contents: contents.join('\n'), resolveDir: root, loader: 'ts' };
  const options = { bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'error' };
  await build({ stdin, outfile, ...options });
  return import(pathToFileURL(outfile).href);
}
