// The kind db-errors on a real server: what its log and its own counters tell of refused, ended and killed sessions.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { createFiles } from '../../src/io/files.ts';
import { createPostgres } from '../../src/io/postgres.ts';
import { dbErrors } from '../../src/kinds/db-errors/index.ts';
import type { Seen } from '../../src/kinds/db-errors/seen.ts';
import { spec as schema } from '../../src/kinds/db-errors/spec.ts';
import type { Look, PostgresSession, Session } from '../../src/kit/index.ts';
import { log } from '../../src/sources/log/index.ts';
import { fakeIo, realClock } from '../helpers/fake-io.ts';
import { historyOf, samples, tick, worldOf } from '../helpers/kinds.ts';
import { startTestServer, type TestServer } from '../helpers/postgres.ts';
import { majorsHere, startPostgres } from '../helpers/postgres-versions.ts';

const postgres = createPostgres();
const files = createFiles();
const options = { connectTimeout: 3000, statementTimeout: 0 };
let server: TestServer;
let logs: string;

beforeAll(async () => {
  logs = await mkdtemp(join(tmpdir(), 'holdpoint-log-'));
  // The server runs as another user when the tests run as root.
  await chmod(logs, 0o777);
  const settings = {
    max_connections: '12',
    superuser_reserved_connections: '3',
    max_wal_senders: '0',
    logging_collector: 'on',
    log_destination: 'stderr,csvlog',
    log_directory: logs,
    log_filename: 'server.log',
    log_file_mode: '0644',
    log_error_verbosity: 'verbose',
  };
  // From then on the server writes to its log alone, so that only a connection tells when it is ready.
  server = await startTestServer(settings, { ready: 'redirecting log output to logging collector process' });
  const admin = await vi.waitFor(() => postgres.connect(server.url(), options), { timeout: 15_000, interval: 100 });
  for (const role of ['auth_svc', 'probe']) await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}-password'`);
  await admin.query('GRANT pg_monitor TO probe');
  await admin.query('CREATE DATABASE auth OWNER auth_svc');
  await admin.close();
});

afterAll(() => rm(logs, { recursive: true, force: true }));
afterAll(() => server.stop());

const connection = (): Promise<PostgresSession> =>
  postgres.connect(server.url('auth_svc', 'auth_svc-password', 'auth'), options);

const connections = async (count: number): Promise<PostgresSession[]> => {
  const all: PostgresSession[] = [];
  onTestFinished(async () => void (await Promise.all(all.map((one) => one.close()))));
  for (let n = 0; n < count; n += 1) all.push(await connection());
  return all;
};

const spec = (changes: object = {}) =>
  schema.parse({
    from: { source: 'log', settings: {}, query: {} },
    postgres: server.url('probe', 'probe-password', 'auth'),
    ...changes,
  });

const openCheck = async (file: string): Promise<Session<Seen>> => {
  const io = fakeIo({ files, postgres, clock: realClock });
  const settings = log.settings.parse({ file, format: 'postgres' });
  const source = await log.open(settings, { io, root: logs, learn: () => undefined });
  const session = await dbErrors.open(spec(), worldOf({ postgres, clock: realClock }, source));
  onTestFinished(() => session.close());
  await session.sample(tick());
  return session;
};

type Expected = Partial<Record<'log' | 'server', NonNullable<Seen['counts']>>>;

/** Looks until these were counted (the log and the statistics are written a moment later); all looks. */
const lookedUntil = async (session: Session<Seen>, expected: Expected): Promise<Look<Seen>[]> => {
  const all: Look<Seen>[] = [];
  await vi.waitFor(
    async () => {
      all.push(...(await session.sample(tick())));
      for (const [group, counts] of Object.entries(expected)) expect(sumOf(all, group)).toMatchObject(counts);
    },
    { timeout: 8000, interval: 100 },
  );
  return all;
};

const sumOf = (looks: readonly Look<Seen>[], group: string): Record<string, number> => {
  const sum: Record<string, number> = {};
  for (const look of looks)
    if (look.group === group && 'seen' in look)
      for (const [name, count] of Object.entries(look.seen.counts ?? {})) sum[name] = (sum[name] ?? 0) + count;
  return sum;
};

const killAll = async (): Promise<void> => {
  const admin = await postgres.connect(server.url(), options);
  await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'auth_svc'`);
  await admin.close();
};

/** Waits until the server has let go of the service's connections. */
const emptied = async (): Promise<void> => {
  const admin = await postgres.connect(server.url(), options);
  const sql = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = 'auth_svc'`;
  await vi.waitFor(async () => {
    expect(await admin.query(sql)).toEqual([{ n: 0 }]);
  });
  await admin.close();
};

it.each(['server.log', 'server.csv'])(
  '%s tells of logins that are refused; the counters of the server do not',
  async (file) => {
    const session = await openCheck(file);
    const all = await connections(8);
    for (let n = 0; n < 3; n += 1) await expect(connection()).rejects.toMatchObject({ code: '53300' });
    // First room again: a look of ours that is refused stands in the server's log like any other.
    await Promise.all(all.map((one) => one.close()));
    await emptied();
    const looks = await lookedUntil(session, { log: { slots: 3, ended: 0, lost: 0, waiting: 0 } });
    expect(sumOf(looks, 'server')).toEqual({ fatal: 0, killed: 0, abandoned: 0 });
    expect(dbErrors.judge(historyOf(samples([...looks, ...looks])), spec())).toMatchObject({
      outcome: 'fail',
      asks: 'block',
      reason: 'connection_errors',
      next: 'no slot is free: see db-connections for who holds them',
    });
  },
);

it("a database's own limit is the one refusal that the server counts", async () => {
  const session = await openCheck('server.csv');
  const admin = await postgres.connect(server.url(), options);
  onTestFinished(() => admin.close());
  await admin.query('ALTER DATABASE auth CONNECTION LIMIT 2');
  onTestFinished(async () => void (await admin.query('ALTER DATABASE auth CONNECTION LIMIT -1')));
  await connections(1);
  await expect(connection()).rejects.toMatchObject({ code: '53300' });
  const looks = await lookedUntil(session, { server: { fatal: 1, killed: 0 } });
  // Each look is refused from now on, too: the server counts that, we do not.
  for (let n = 0; n < 5; n += 1) looks.push(...(await session.sample(tick())));
  await expect(connection()).rejects.toMatchObject({ code: '53300' });
  looks.push(...(await lookedUntil(session, { server: { fatal: 1 } })));
  expect(sumOf(looks, 'server')).toEqual({ fatal: 2, killed: 0, abandoned: 0 });
});

it('sessions that are terminated are told by both', async () => {
  const session = await openCheck('server.csv');
  await connections(2);
  await killAll();
  const looks = await lookedUntil(session, { server: { killed: 2, fatal: 0 }, log: { ended: 2 } });
  expect(sumOf(looks, 'log')).toMatchObject({ slots: 0 });
});

it('statistics that begin again are compared with nothing', async () => {
  const session = await openCheck('server.csv');
  await connections(1);
  await killAll();
  await lookedUntil(session, { server: { killed: 1 } });
  const admin = await postgres.connect(server.url('postgres', undefined, 'auth'), options);
  await admin.query('SELECT pg_stat_reset()');
  await admin.close();
  const looks = await session.sample(tick());
  expect(looks.filter(({ group }) => group === 'server')).toEqual([{ group: 'server', seen: {} }]);
  const next = await session.sample(tick());
  expect(sumOf(next, 'server')).toEqual({ fatal: 0, killed: 0, abandoned: 0 });
});

it('a database that does not exist is ours', async () => {
  const given = schema.parse({ postgres: server.url('probe', 'probe-password', 'auth'), database: 'none' });
  const session = await dbErrors.open(given, worldOf({ postgres, clock: realClock }));
  onTestFinished(() => session.close());
  expect(await session.sample(tick())).toEqual([
    { missed: { by: 'ours', reason: 'unknown_database', because: 'the server has no database none' } },
  ]);
});

it.each(majorsHere.filter((major) => major < 16))('PostgreSQL %i counts how sessions end from 14 on', async (major) => {
  const old = await startPostgres(major);
  onTestFinished(() => old.stop());
  const session = await dbErrors.open(schema.parse({ postgres: old.url() }), worldOf({ postgres, clock: realClock }));
  onTestFinished(() => session.close());
  const [look] = await session.sample(tick());
  const because = expect.stringMatching(
    /^PostgreSQL 12\.\d+ does not count how sessions end \(14 and later do\); name a log$/,
  );
  expect(look).toEqual(major < 14 ? { missed: { by: 'ours', reason: 'too_old', because } } : { seen: {} });
});
