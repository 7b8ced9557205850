// The PgBouncer that tests start: two pool modes, two processes on one port, a console that answers.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createPostgres } from '../../src/io/postgres.ts';
import { dbConnections } from '../../src/kinds/db-connections/index.ts';
import { spec as schema } from '../../src/kinds/db-connections/spec.ts';
import type { PostgresSession } from '../../src/kit/index.ts';
import { tick, worldOf } from '../helpers/kinds.ts';
import { type PgBouncerPlan, startPgBouncer, type TestPgBouncer } from '../helpers/pgbouncer.ts';
import { startTestServer, type TestServer } from '../helpers/postgres.ts';
import { isServerPlatform } from '../helpers/postgres-versions.ts';

const postgres = createPostgres();
let server: TestServer;

const start = async (plan: Partial<PgBouncerPlan> = {}): Promise<TestPgBouncer> => {
  const bouncer = await startPgBouncer({ target: server.url(), poolMode: 'transaction', poolSize: 2, ...plan });
  onTestFinished(() => bouncer.stop());
  return bouncer;
};

const open = async (url: string): Promise<PostgresSession> => {
  // A pooler refuses startup parameters.
  const session = await postgres.connect(url, { connectTimeout: 3000, statementTimeout: 0 });
  onTestFinished(() => session.close());
  return session;
};

const backendPid = async (session: PostgresSession): Promise<unknown> =>
  (await session.query('SELECT pg_backend_pid() AS pid'))[0]?.['pid'];

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

describe.skipIf(!isServerPlatform)('PgBouncer of the tests', () => {
  it('lets two clients take turns on one server connection in transaction mode', async () => {
    const bouncer = await start({ poolSize: 1 });
    const [one, two] = [await open(bouncer.url()), await open(bouncer.url())];
    expect(await backendPid(one)).toBe(await backendPid(two));
  });

  it('keeps a server connection for each client in session mode', async () => {
    const bouncer = await start({ poolMode: 'session' });
    const [one, two] = [await open(bouncer.url()), await open(bouncer.url())];
    expect(await backendPid(one)).not.toBe(await backendPid(two));
  });

  it('shows its pool to a user who may only look, and refuses a PAUSE of his', async () => {
    const bouncer = await start();
    await backendPid(await open(bouncer.url()));
    const stats = await open(bouncer.statsUrl);
    const pools = await stats.query('SHOW POOLS');
    expect(pools.find(({ database }) => database === 'postgres')).toMatchObject({
      pool_mode: 'transaction',
      sv_idle: 1,
    });
    await expect(stats.query('PAUSE')).rejects.toThrow('admin access needed');
  });

  it('pauses for its administrator', async () => {
    const bouncer = await start();
    const admin = await open(bouncer.adminUrl);
    await admin.query('PAUSE postgres');
    const databases = await admin.query('SHOW DATABASES');
    expect(databases.find(({ name }) => name === 'postgres')).toMatchObject({ paused: 1, pool_size: 2 });
  });

  it('runs two processes on one port, each with a console of its own', async () => {
    const bouncer = await start({ processes: 2, settings: { max_client_conn: '20' } });
    await backendPid(await open(bouncer.url()));
    const pools = await Promise.all(
      bouncer.processes.map(async ({ consoleUrl }) => (await open(consoleUrl)).query('SHOW POOLS')),
    );
    const busy = pools.filter((rows) => rows.some(({ database }) => database === 'postgres'));
    expect([new Set(bouncer.processes.map(({ pid }) => pid)).size, busy.length]).toEqual([2, 1]);
  });

  it.each([
    ['refuses the statement timeout', {}, '08P01: unsupported startup parameter: statement_timeout'],
    ['lets the statement timeout pass', { ignore_startup_parameters: 'statement_timeout' }, 'the process ids differ'],
  ])('is told apart from a server by db-connections, when it %s', async (_, settings, why) => {
    const bouncer = await start({ settings });
    const spec = schema.parse({ postgres: bouncer.url(), role: 'auth_svc' });
    const session = await dbConnections.open(spec, worldOf({ postgres }));
    onTestFinished(() => session.close());
    expect(await session.sample(tick('hold'))).toEqual([
      {
        missed: {
          by: 'ours',
          reason: 'is_a_pooler',
          because: `the URL leads to a connection pooler, not to the server (${why}); give the server's own address`,
        },
      },
    ]);
  });

  it('is gone when it is stopped', async () => {
    const bouncer = await start();
    await bouncer.stop();
    await expect(open(bouncer.url())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
