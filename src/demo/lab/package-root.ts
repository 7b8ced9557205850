// Finds the folder of the holdpoint package, from the sources as well as from any bundle inside dist.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../kit/errors.ts';

const isOurs = (folder: string): boolean => {
  const file = join(folder, 'package.json');
  return existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'holdpoint';
};

/** The nearest folder above this module whose package.json says `holdpoint`. */
export const packageRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isOurs(folder)) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error(`no package.json of holdpoint stands above ${fileURLToPath(import.meta.url)}`);
    folder = parent;
  }
  return folder;
};

/** The path of one of the lab's programs, `dist/demo/NAME.js`. */
export const program = (name: string): string => {
  const file = join(packageRoot(), 'dist', 'demo', `${name}.js`);
  if (!existsSync(file)) throw new UsageError(`the demo's program ${file} is missing; build it first: npm run build`);
  return file;
};
