// The world of a command that only reads a few small files: anything else that is asked of it is a mistake of ours.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Files, Io } from '../kit/io.ts';
import { createFiles } from './files.ts';
import { createModules } from './modules.ts';

const refuse = (what: string) => (): never => {
  throw new Error(`${what} was asked of a command that is offline`);
};

/** What `read` gives; `otherwise` in place of an error with one of these codes. */
const unless = <T>(read: () => T, otherwise: T, ...codes: string[]): T => {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && codes.includes(String(error.code))) return otherwise;
    throw error;
  }
};

const statAtOnce: Files['stat'] = async (path) => {
  const found = statSync(path);
  return { mode: found.mode & 0o7777, size: found.size, changedAt: found.mtimeMs, folder: found.isDirectory() };
};

/** As `createFiles`, but nothing is waited for: handing a small file to another thread costs more than reading it. */
const filesAtOnce = (): Files => ({
  ...createFiles(),
  read: async (path) => readFileSync(path, 'utf8'),
  list: async (folder) => unless(() => readdirSync(folder), [], 'ENOENT').sort(),
  exists: async (path) => unless(() => statSync(path) !== undefined, false, 'ENOENT', 'ENOTDIR'),
  stat: statAtOnce,
});

/** Files and modules; no clock, no network, no commands. `env`: as for `createIo`. */
export const createOfflineIo = (env: Readonly<Record<string, string | undefined>>): Io => ({
  clock: { now: refuse('the time'), monotonic: refuse('the time'), sleep: refuse('a wait'), alarm: refuse('a wait') },
  files: filesAtOnce(),
  http: { request: refuse('a request'), close: refuse('a request') },
  postgres: { connect: refuse('a connection to Postgres'), literal: refuse('a statement') },
  mysql: { connect: refuse('a connection to MySQL') },
  processes: { run: refuse('a command'), self: refuse('a process'), isRunning: refuse('a process') },
  modules: createModules(),
  env: (name) => env[name],
});
