// A throw-away Postgres on the loopback interface: small, without durability, gone when the lab ends.
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownPackage } from '../../io/package.ts';
import { UsageError } from '../../kit/errors.ts';
import { type Child, type RunAs, runToEnd, startChild } from './children.ts';
import { freePort } from './ports.ts';
import { type Binaries, nativeFolder, runnableBinaries } from './postgres-binaries.ts';
import { unprivilegedHere } from './unprivileged.ts';

/** A running server. */
export interface Postgres {
  child: Child;
  port: number;
  /** A connection string with password, for the superuser `postgres` unless told otherwise. */
  url(user?: string, password?: string, database?: string): string;
}

/** Slots that ordinary roles can use: 40 less 3 for superusers. Small, so that a leak fills it in seconds. */
export const usableSlots = 37;

const settings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '40',
  superuser_reserved_connections: '3',
  shared_buffers: '16MB',
  // Nothing here outlives the lab: no waiting for disks.
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Fewer processes of its own on two cores (io_method is new in Postgres 18).
  io_method: 'sync',
  max_parallel_workers_per_gather: '0',
};

const serverEnv = { LC_ALL: 'C', TZ: 'UTC' };

/** A file or folder that the user whom Postgres runs as owns, and nobody else may read. */
const handOver = async (path: string, as: RunAs, mode: number): Promise<void> => {
  await chmod(path, mode);
  if (as.uid !== undefined && as.gid !== undefined) await chown(path, as.uid, as.gid);
};

/** As root, a temp folder in somebody's closed home keeps the other user out: the caller's to mend, not a bug. */
const initdbError = (folder: string, { uid }: RunAs, code: number, output: string): Error =>
  uid !== undefined && output.includes('Permission denied')
    ? new UsageError(
        `Postgres runs as user ${uid}, not as root, and that user cannot reach ${folder}; set TMPDIR to a folder that others can pass, such as /tmp`,
      )
    : new Error(`initdb ended with ${code}: ${output}`);

const initialise = async (binaries: Binaries, folder: string, password: string, as: RunAs): Promise<string> => {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  await mkdir(data);
  await handOver(data, as, 0o700);
  await writeFile(passwordFile, password, { mode: 0o600 });
  await handOver(passwordFile, as, 0o600);
  const flags = [
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ];
  const { code, output } = await runToEnd([binaries.initdb, '-D', data, ...flags], { cwd: folder, env: serverEnv, as });
  if (code !== 0) throw initdbError(folder, as, code, output);
  return data;
};

const flagsOf = (port: number): string[] =>
  Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/**
 * Starts a server whose files stand in `folder`, an empty folder that the user whom it runs as can reach. As root it runs
 * as an unprivileged account. Throws a UsageError when the binaries are not installed.
 */
export const startPostgres = async (folder: string, taken: readonly number[] = []): Promise<Postgres> => {
  const as = unprivilegedHere();
  await chmod(folder, 0o711);
  const native = nativeFolder([ownPackage().root, process.cwd()]);
  const binaries = await runnableBinaries(native, folder, as);
  const superPassword = randomBytes(16).toString('base64url');
  const data = await initialise(binaries, folder, superPassword, as);
  const port = await freePort(taken);
  const child = await startChild({
    name: 'Postgres',
    argv: [binaries.postgres, '-D', data, ...flagsOf(port)],
    cwd: folder,
    env: serverEnv,
    as,
    ready: 'database system is ready to accept connections',
    // Fast shutdown, then immediate shutdown: https://www.postgresql.org/docs/18/server-shutdown.html
    farewell: [
      ['SIGINT', 3000],
      ['SIGQUIT', 2000],
    ],
  });
  return {
    child,
    port,
    url: (user = 'postgres', password = superPassword, database = 'postgres') =>
      `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
  };
};
