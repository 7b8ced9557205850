// The edge of the world, put together; the drivers behind it are loaded when they are first needed.
import type { Io } from '../kit/index.ts';
import { createClock } from './clock.ts';
import { createFiles } from './files.ts';
import { createHttp } from './http.ts';
import { createModules } from './modules.ts';
import { createMysql } from './mysql.ts';
import { createPostgres } from './postgres.ts';
import { createProcesses } from './processes.ts';

export interface IoOptions {
  /** Of holdpoint, for the User-Agent of its requests. */
  version: string;
  /** The environment: `process.env` of the command line, or what an embedding program gives. */
  env: Readonly<Record<string, string | undefined>>;
}

/** The real world. `http.close()` gives back what its requests left open. */
export const createIo = ({ version, env }: IoOptions): Io => ({
  clock: createClock(),
  files: createFiles(),
  http: createHttp({ version }),
  postgres: createPostgres(),
  mysql: createMysql(),
  processes: createProcesses(env),
  modules: createModules(),
  env: (name) => env[name],
});
