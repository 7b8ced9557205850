// Opens the store that a URL or a path names: files, or Postgres.
import { isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Io, type Store, UsageError } from '../kit/index.ts';
import { openFileStore } from './files.ts';
import { openPostgresStore } from './postgres/index.ts';

export { openFileStore } from './files.ts';
export { marksOf, markRun, type RunMark } from './run-marks.ts';
export { readBaseline, readRecord } from './formats.ts';

export interface OpenStoreOptions {
  io: Io;
  /** Absolute folder where relative paths begin: the project root. */
  root: string;
  /** Told of each torn or foreign file that was left out. */
  warn: (text: string) => void;
}

/** Whether a URL names a store on Postgres. */
export const isPostgresUrl = (url: string): boolean => /^postgres(ql)?:/i.test(url);

/**
 * A path or a `file:` URL opens a store of files, `postgres:` one on a server of its own. Throws a UsageError for any
 * other scheme. `openStore('.holdpoint', …)` is the default of the command line.
 */
export const openStore = (url: string, { io, root, warn }: OpenStoreOptions): Store => {
  if (isPostgresUrl(url)) return URL.canParse(url) ? openPostgresStore({ url, io, warn }) : fail('postgres://…');
  const folder = folderOf(url, root);
  const short = relative(root, folder);
  const where = short === '' || short.startsWith('..') ? folder : short;
  return openFileStore({ folder, where, io, warn });
};

const folderOf = (url: string, root: string): string => {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return url === '' ? fail(url) : isAbsolute(url) ? url : join(root, url);
  if (scheme !== 'file') return fail(`${scheme}:`);
  return url.startsWith('file://') ? fileURLToPath(url) : join(root, url.slice('file:'.length));
};

const fail = (what: string): never => {
  throw new UsageError(
    `--store "${what}" is not known; expected a folder (.holdpoint), a URL of one (file:///var/lib/holdpoint) or postgres://USER:PASSWORD@HOST/DATABASE`,
  );
};
