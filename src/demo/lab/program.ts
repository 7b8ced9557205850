// The lab's programs: each runs as a process of its own, from the folder that the build writes them to.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ownPackage } from '../../io/package.ts';
import { UsageError } from '../../kit/errors.ts';

/** The path of one of the lab's programs, `dist/demo/NAME.js`. Throws a UsageError when it is not built. */
export const program = (name: string): string => {
  const file = join(ownPackage().root, 'dist', 'demo', `${name}.js`);
  if (!existsSync(file)) throw new UsageError(`the demo's program ${file} is missing; build it first: npm run build`);
  return file;
};
