// MariaDB of a test's own: small, on a free loopback port, gone afterwards.
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunAs, runToEnd, startChild } from '../../src/demo/lab/children.ts';
import { freePort } from '../../src/demo/lab/ports.ts';
import { unprivilegedHere } from '../../src/demo/lab/unprivileged.ts';
import { type Installed, installedProgram, mariaDbProgram } from './system-packages.ts';

export interface MariaDbPlan {
  /** max_connections; one more is kept for a user with CONNECTION ADMIN. Default 10. */
  maxConnections?: number;
  /** More of the server's settings, e.g. `{ max_user_connections: '5' }`. */
  settings?: Record<string, string>;
  /** Statements that run before it listens, each ending with `;` on one line. */
  init?: readonly string[];
}

export interface TestMariaDb {
  port: number;
  pid: number;
  /** A connection URL; the password of `root`, who may do everything, is `root-password`. */
  url(user?: string, password?: string, database?: string): string;
  output(): string;
  stop(): Promise<void>;
}

const rootPassword = 'root-password';

const handOver = async (path: string, { uid, gid }: RunAs): Promise<void> => {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
};

const initialise = async ({ base, env }: Installed, folder: string, as: RunAs): Promise<string> => {
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  await handOver(data, as);
  const flags = ['--no-defaults', `--basedir=${base}`, `--datadir=${data}`, '--skip-test-db', '--skip-log-bin'];
  const argv = [join(base, 'bin', 'mariadb-install-db'), ...flags, '--auth-root-authentication-method=normal'] as const;
  const { code, output } = await runToEnd([argv[0], ...argv.slice(1)], {
    cwd: data,
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', ...env },
    as,
  });
  if (code !== 0) throw new Error(`mariadb-install-db ended with ${code}: ${output}`);
  return data;
};

const flagsOf = (data: string, port: number, init: string, plan: MariaDbPlan): string[] => {
  const settings = {
    datadir: data,
    port: String(port),
    bind_address: '127.0.0.1',
    socket: join(data, 'mariadb.sock'),
    pid_file: join(data, 'mariadb.pid'),
    init_file: init,
    max_connections: String(plan.maxConnections ?? 10),
    skip_log_bin: '1',
    skip_name_resolve: '1',
    // Nothing here outlives the test: small, and no waiting for disks.
    innodb_buffer_pool_size: '8M',
    innodb_flush_log_at_trx_commit: '0',
    performance_schema: '0',
    ...plan.settings,
  };
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
};

/** Starts it. As root it runs as an unprivileged account. Stop it. */
export const startMariaDb = async (plan: MariaDbPlan = {}): Promise<TestMariaDb> => {
  const as = unprivilegedHere();
  const installed = installedProgram(mariaDbProgram);
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-mariadb-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await chmod(folder, 0o711);
    const data = await initialise(installed, folder, as);
    const init = join(folder, 'init.sql');
    const root = `ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '${rootPassword}';`;
    await writeFile(init, `${[root, ...(plan.init ?? [])].join('\n')}\n`);
    const port = await freePort();
    const child = await startChild({
      name: 'MariaDB',
      argv: [installed.file, '--no-defaults', `--basedir=${installed.base}`, ...flagsOf(data, port, init, plan)],
      cwd: data,
      env: installed.env,
      as,
      ready: 'ready for connections',
      farewell: [['SIGTERM', 5000]],
    });
    return {
      port,
      pid: child.pid,
      url: (user = 'root', password = rootPassword, database = 'mysql') =>
        `mysql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
      output: child.output,
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
