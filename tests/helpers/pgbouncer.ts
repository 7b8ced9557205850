// PgBouncer of a test's own, in one process or several on the same port, in front of a real server.
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, type RunAs, startChild } from '../../src/demo/lab/children.ts';
import { freePort } from '../../src/demo/lab/ports.ts';
import { unprivilegedHere } from '../../src/demo/lab/unprivileged.ts';
import { installedProgram, pgBouncerProgram } from './system-packages.ts';

export interface PgBouncerPlan {
  /** The server and database behind it, with the user and password that clients have, too. */
  target: string;
  poolMode: 'session' | 'transaction' | 'statement';
  /** Server connections per database and user. */
  poolSize: number;
  /** More of the section [pgbouncer], e.g. `{ max_client_conn: '20' }`. */
  settings?: Record<string, string>;
  /** More lines of the section [databases]: name → connection string. */
  databases?: Record<string, string>;
  /** More users: name → password, the same on both sides. */
  users?: Record<string, string>;
  /** Processes that share the port with so_reuseport. Default 1. */
  processes?: number;
}

/** One process of it. */
export interface PgBouncerProcess {
  pid: number;
  /** Its own console over its own Unix socket, whoever answers on the shared port. */
  consoleUrl: string;
  output(): string;
  stop(): Promise<void>;
}

export interface TestPgBouncer {
  port: number;
  processes: PgBouncerProcess[];
  /** A client's URL; the target's user and database unless told otherwise. */
  url(user?: string, password?: string, database?: string): string;
  /** The console on the port, as a user who may only look; with several processes any of them answers. */
  statsUrl: string;
  /** The same as a user who may PAUSE, RESUME, RELOAD. */
  adminUrl: string;
  stop(): Promise<void>;
}

const password = 'console-password';

const section = (name: string, entries: Record<string, string>): string =>
  [`[${name}]`, ...Object.entries(entries).map(([key, value]) => `${key} = ${value}`), ''].join('\n');

/** The names and passwords of everybody, in plain text: so PgBouncer can log in with SCRAM on both sides. */
const authFile = (users: Record<string, string>): string =>
  Object.entries(users)
    .map(([name, word]) => `"${name}" "${word}"\n`)
    .join('');

const iniOf = (plan: PgBouncerPlan, folder: string, port: number): string => {
  const target = new URL(plan.target);
  const database = target.pathname.slice(1);
  const several = (plan.processes ?? 1) > 1;
  return [
    section('databases', {
      [database]: `host=${target.hostname} port=${target.port} dbname=${database}`,
      ...plan.databases,
    }),
    section('pgbouncer', {
      listen_addr: '127.0.0.1',
      listen_port: String(port),
      unix_socket_dir: folder,
      auth_type: 'scram-sha-256',
      auth_file: join(folder, 'users.txt'),
      admin_users: 'admin',
      stats_users: 'stats',
      pool_mode: plan.poolMode,
      default_pool_size: String(plan.poolSize),
      ...(several ? { so_reuseport: '1' } : {}),
      ...plan.settings,
    }),
  ].join('\n');
};

const usersOf = ({ target, users }: PgBouncerPlan): Record<string, string> => {
  const url = new URL(target);
  return {
    [decodeURIComponent(url.username)]: decodeURIComponent(url.password),
    admin: password,
    stats: password,
    ...users,
  };
};

const handOver = async (path: string, { uid, gid }: RunAs): Promise<void> => {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
};

const startProcess = async (plan: PgBouncerPlan, folder: string, port: number, as: RunAs): Promise<Child> => {
  const { file, env } = installedProgram(pgBouncerProgram);
  const ini = join(folder, 'pgbouncer.ini');
  await mkdir(folder);
  await writeFile(ini, iniOf(plan, folder, port));
  await writeFile(join(folder, 'users.txt'), authFile(usersOf(plan)));
  await handOver(folder, as);
  return startChild({
    name: 'PgBouncer',
    argv: [file, ini],
    cwd: folder,
    env,
    as,
    ready: 'process up',
    farewell: [['SIGTERM', 1000]],
  });
};

const processOf = (child: Child, folder: string, port: number): PgBouncerProcess => ({
  pid: child.pid,
  consoleUrl: `postgres://admin:${password}@localhost/pgbouncer?host=${encodeURIComponent(folder)}&port=${port}`,
  output: child.output,
  stop: child.stop,
});

/** Starts it. As root it runs as an unprivileged account, because it refuses root. Stop it. */
export const startPgBouncer = async (plan: PgBouncerPlan): Promise<TestPgBouncer> => {
  const as = unprivilegedHere();
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-pgbouncer-'));
  await chmod(folder, 0o711);
  const port = await freePort();
  const processes: PgBouncerProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map((one) => one.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (let number = 0; number < (plan.processes ?? 1); number += 1) {
      const own = join(folder, String(number));
      processes.push(processOf(await startProcess(plan, own, port, as), own, port));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const target = new URL(plan.target);
  const urlOf = (user: string, word: string, database: string): string =>
    `postgres://${user}:${word}@127.0.0.1:${port}/${database}`;
  return {
    port,
    processes,
    url: (user = target.username, word = target.password, database = target.pathname.slice(1)) =>
      urlOf(user, word, database),
    statsUrl: urlOf('stats', password, 'pgbouncer'),
    adminUrl: urlOf('admin', password, 'pgbouncer'),
    stop,
  };
};
