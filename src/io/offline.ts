// The world of a command that only reads files: anything else that is asked of it is a mistake of ours.
import type { Io } from '../kit/io.ts';
import { createFiles } from './files.ts';
import { createModules } from './modules.ts';

const refuse = (what: string) => (): never => {
  throw new Error(`${what} was asked of a command that is offline`);
};

/** Files and modules; no clock, no network, no commands. `env`: as for `createIo`. */
export const createOfflineIo = (env: Readonly<Record<string, string | undefined>>): Io => ({
  clock: { now: refuse('the time'), monotonic: refuse('the time'), sleep: refuse('a wait') },
  files: createFiles(),
  http: { request: refuse('a request'), close: refuse('a request') },
  postgres: { connect: refuse('a connection to Postgres'), literal: refuse('a statement') },
  processes: { run: refuse('a command'), self: refuse('a process'), isRunning: refuse('a process') },
  modules: createModules(),
  env: (name) => env[name],
});
