// Servers of all the PostgreSQL majors that holdpoint is tested on.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ownPackage } from '../../src/io/package.ts';
import { nativeFolder } from '../../src/demo/lab/postgres-binaries.ts';
import { startTestServer, type TestServer, type TestServerPlan } from './postgres.ts';

/** Whether the binaries of the other majors, PgBouncer and MariaDB are to be had: Debian's and npm's are for Linux on x64. */
export const isServerPlatform = process.platform === 'linux' && process.arch === 'x64';

/** The majors of tests/servers/package.json. */
export const packagedMajors = [12, 14, 16, 17] as const;

/** 18 comes with the main package, for every platform. */
const majors = [...packagedMajors, 18] as const;

export type Major = (typeof majors)[number];

/** The majors that can be started on this machine. */
export const majorsHere: readonly Major[] = isServerPlatform ? majors : [18];

const nativeOf = (major: Major): string => {
  if (major === 18) return nativeFolder([ownPackage().root]);
  const native = join(ownPackage().root, 'tests', 'servers', 'node_modules', `pg${major}`, 'native');
  if (existsSync(native)) return native;
  throw new Error(`PostgreSQL ${major} is not installed; install it: npm ci --prefix tests/servers --ignore-scripts`);
};

/** Starts a server of this major with these settings. Stop it. */
export const startPostgres = (
  major: Major,
  settings: Record<string, string> = {},
  plan: TestServerPlan = {},
): Promise<TestServer> => startTestServer(settings, { native: nativeOf(major), ...plan });
