// Postgres sessions against a real server: refusals by code and routine, limits in time, a deaf ear for PG* variables.
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPostgres } from '../../src/io/postgres.ts';
import type { PostgresFailure, PostgresOptions, PostgresSession } from '../../src/kit/index.ts';
import { startTestServer, type TestServer } from '../helpers/postgres.ts';

const postgres = createPostgres();
const options: PostgresOptions = { connectTimeout: 3000, statementTimeout: 2000 };

let server: TestServer;

const open = async (url: string, more: Partial<PostgresOptions> = {}): Promise<PostgresSession> => {
  const session = await postgres.connect(url, { ...options, ...more });
  onTestFinished(() => session.close());
  return session;
};

const failure = async (work: Promise<unknown>): Promise<PostgresFailure> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Error && error.name === 'PostgresFailure') return error as PostgresFailure;
  throw new Error(`expected a PostgresFailure, got ${String(error)}`);
};

beforeAll(async () => {
  server = await startTestServer({ max_connections: '6', superuser_reserved_connections: '2', max_wal_senders: '2' });
  const admin = await postgres.connect(server.url(), options);
  await admin.query(`CREATE ROLE plain LOGIN PASSWORD 'plain-password'`);
  await admin.query(`CREATE ROLE narrow LOGIN PASSWORD 'narrow-password' CONNECTION LIMIT 1`);
  await admin.query(`CREATE ROLE replica LOGIN REPLICATION PASSWORD 'replica-password' IN ROLE pg_monitor`);
  await admin.query('CREATE DATABASE small CONNECTION LIMIT 0');
  await admin.close();
});

afterAll(() => server.stop());

describe('a session', () => {
  it('asks with the simple protocol and gives rows by name', async () => {
    const session = await open(server.url());
    expect(await session.query('SELECT 1::int AS one, 2.5::float8 AS half, NULL AS nothing')).toEqual([
      { one: 1, half: 2.5, nothing: null },
    ]);
  });

  it('knows its backend', async () => {
    const session = await open(server.url());
    expect(await session.query('SELECT pg_backend_pid() AS pid')).toEqual([{ pid: session.pid }]);
  });

  it('quotes a text so that the server reads the same text', async () => {
    const session = await open(server.url());
    for (const text of ["it's", 'a\\b', "mix\\'; DROP TABLE x; --", '']) {
      expect(await session.query(`SELECT ${postgres.literal(text)}::text AS text`)).toEqual([{ text }]);
    }
  });

  it('answers overlapping queries in order', async () => {
    const session = await open(server.url());
    const answers = await Promise.all([1, 2, 3].map((one) => session.query(`SELECT ${one} AS one`)));
    expect(answers).toEqual([[{ one: 1 }], [{ one: 2 }], [{ one: 3 }]]);
  });

  it('shows its name, its statement timeout and nothing of PG* variables', async () => {
    vi.stubEnv('PGOPTIONS', '-c work_mem=77MB');
    vi.stubEnv('PGAPPNAME', 'somebody-else');
    vi.stubEnv('PGUSER', 'somebody');
    vi.stubEnv('PGDATABASE', 'somewhere');
    vi.stubEnv('PGPORT', '1');
    vi.stubEnv('PGSSLMODE', 'require');
    vi.stubEnv('PGREPLICATION', 'database');
    onTestFinished(() => vi.unstubAllEnvs() && undefined);
    const session = await open(`postgres://postgres:postgres-password@127.0.0.1:${server.port}`);
    const sql = `SELECT current_setting('work_mem') AS work_mem, current_setting('application_name') AS name,
      current_setting('statement_timeout') AS timeout, current_database() AS database, current_user AS role`;
    expect(await session.query(sql)).toEqual([
      { work_mem: '4MB', name: 'holdpoint', timeout: '2s', database: 'postgres', role: 'postgres' },
    ]);
  });

  it('sends no password of the environment', async () => {
    vi.stubEnv('PGPASSWORD', 'postgres-password');
    onTestFinished(() => vi.unstubAllEnvs() && undefined);
    const refused = await failure(postgres.connect(`postgres://postgres@127.0.0.1:${server.port}/postgres`, options));
    expect(refused.message).toContain('password must be a non-empty string');
  });

  it('sends no startup parameter for a statement timeout of 0', async () => {
    const session = await open(server.url(), { statementTimeout: 0 });
    expect(await session.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '0' }]);
  });

  it('opens a walsender, which needs no ordinary slot', async () => {
    const session = await open(server.url('replica', 'replica-password'), { replication: true });
    const sql = 'SELECT backend_type FROM pg_stat_activity WHERE pid = pg_backend_pid()';
    expect(await session.query(sql)).toEqual([{ backend_type: 'walsender' }]);
  });

  it('survives that the server ends it, and says so', async () => {
    const [victim, admin] = [await open(server.url()), await open(server.url())];
    await admin.query(`SELECT pg_terminate_backend(${victim.pid})`);
    await vi.waitFor(() => expect(victim.alive()).toBe(false));
    expect((await failure(victim.query('SELECT 1'))).code).toMatch(/^(?:57P01|ECONNRESET|DRIVER)$/);
    await victim.close();
  });

  it('is not alive after it was closed, and may be closed twice', async () => {
    const session = await open(server.url());
    await session.close();
    await session.close();
    expect(session.alive()).toBe(false);
  });
});

describe('a refusal', () => {
  const cases: [string, () => string, string, string | undefined][] = [
    ['a wrong password', () => server.url('plain', 'wrong'), '28P01', 'auth_failed'],
    ['an unknown database', () => server.url('postgres', 'postgres-password', 'nowhere'), '3D000', 'InitPostgres'],
    ['a full database', () => server.url('plain', 'plain-password', 'small'), '53300', 'CheckMyDatabase'],
    ['a port without a server', () => 'postgres://a:b@127.0.0.1:1/a', 'ECONNREFUSED', undefined],
  ];
  it.each(cases)('of %s has its code and routine', async (_, url, code, routine) => {
    expect(await failure(postgres.connect(url(), options))).toMatchObject({ code, routine });
  });

  it('of a full role names the routine', async () => {
    await open(server.url('narrow', 'narrow-password'));
    const refused = await failure(postgres.connect(server.url('narrow', 'narrow-password'), options));
    expect(refused).toMatchObject({ code: '53300', routine: 'InitializeSessionUserId' });
  });

  it('of a full server names the routine', async () => {
    // Four ordinary slots; sessions of the test before may still be on their way out.
    const fill = async () => {
      for (let taken = 0; taken < 5; taken += 1) await open(server.url('plain', 'plain-password'));
    };
    expect(await failure(fill())).toMatchObject({ code: '53300', routine: 'InitPostgres' });
  });

  it('of a statement that takes too long is 57014, and the session goes on', async () => {
    const session = await open(server.url(), { statementTimeout: 100 });
    expect((await failure(session.query('SELECT pg_sleep(5)'))).code).toBe('57014');
    expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('a server that says nothing', () => {
  const silent = async (): Promise<{ server: Server; port: number }> => {
    const sockets = new Set<{ destroy(): void }>();
    const listener = createServer((socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      listener.close();
    });
    const address = listener.address();
    return { server: listener, port: typeof address === 'object' && address ? address.port : 0 };
  };

  it('ends in TIMEOUT at connect', async () => {
    const { port } = await silent();
    const late = await failure(
      postgres.connect(`postgres://a:b@127.0.0.1:${port}/a`, { ...options, connectTimeout: 200 }),
    );
    expect(late).toMatchObject({ code: 'TIMEOUT', message: 'no session after 200 ms' });
  });

  it('ends in TIMEOUT in a query, gives the session up and closes at once', async () => {
    // Without a statement timeout only our own limit ends it, as with the console of a pooler.
    const session = await open(server.url(), { statementTimeout: 0, connectTimeout: 300 });
    const late = await failure(session.query('SELECT pg_sleep(30)'));
    expect(late).toMatchObject({ code: 'TIMEOUT', message: 'no answer after 300 ms; the session was given up' });
    expect(session.alive()).toBe(false);
    await session.close();
  });
});
