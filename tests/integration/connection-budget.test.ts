// The kind connection-budget with the limits of a real server: what it allows is what can really be opened.
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createPostgres } from '../../src/io/postgres.ts';
import type { PostgresSession } from '../../src/kit/index.ts';
import { judgedBudget } from '../helpers/connection-budget.ts';
import { startTestServer, type TestServer } from '../helpers/postgres.ts';

const postgres = createPostgres();
let server: TestServer;

beforeAll(async () => {
  // 18 slots less 3 for superusers and 2 reserved ones leave 13.
  server = await startTestServer({
    max_connections: '18',
    superuser_reserved_connections: '3',
    reserved_connections: '2',
    max_wal_senders: '1',
  });
  const admin = await postgres.connect(server.url(), { connectTimeout: 3000, statementTimeout: 0 });
  for (const role of ['auth_svc', 'probe', 'batch', 'tight'])
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}-password'`);
  await admin.query('GRANT pg_monitor TO probe');
  await admin.query('ALTER ROLE tight CONNECTION LIMIT 4');
  await admin.query('CREATE DATABASE auth OWNER auth_svc');
  await admin.close();
});

afterAll(() => server.stop());

/** A walsender takes no slot: it watches until the connections of the last test are really gone. */
beforeEach(async () => {
  const options = { connectTimeout: 3000, statementTimeout: 0, replication: true };
  const watcher = await postgres.connect(server.url(), options);
  const sql = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend'`;
  await vi.waitFor(async () => {
    const [row] = await watcher.query(sql);
    if (row?.['n'] !== 0) throw new Error(`${String(row?.['n'])} connections are left`);
  });
  await watcher.close();
});

const connections = async (count: number, role: string): Promise<PostgresSession[]> => {
  const all: PostgresSession[] = [];
  onTestFinished(async () => void (await Promise.all(all.map((one) => one.close()))));
  const url = server.url(role, `${role}-password`, 'auth');
  for (let n = 0; n < count; n += 1)
    all.push(await postgres.connect(url, { connectTimeout: 3000, statementTimeout: 0 }));
  return all;
};

const judged = (changes: object, asker = 'probe') =>
  judgedBudget({ postgres }, { postgres: server.url(asker, `${asker}-password`, 'auth'), ...changes });

it('reads the usable slots and the connections of other roles, and counts itself nowhere', async () => {
  await connections(2, 'auth_svc');
  await connections(3, 'batch');
  const { verdict } = await judged({ others: 'observed' });
  expect(verdict).toMatchObject({
    outcome: 'pass',
    because:
      'the budget fits: auth 3 replicas (+1 surge) × 1 process × 2 = 8; + 3 others = 11 of 13 usable slots (limit 100 %: 13); poolMax of auth may be at most 2',
  });
});

it('promises exactly as many connections as an ordinary role can open', async () => {
  const { verdict } = await judged({ clients: { auth: { replicas: 14, surge: 0, poolMax: 1 } } });
  expect(verdict).toMatchObject({ outcome: 'fail', value: 14, limit: 13 });
  expect(verdict.because).toContain('full at replica 14 of auth');
  // The probe of the line above is closed when the test ends: its slot is free for nobody else.
  const all = await connections(12, 'auth_svc');
  expect(all).toHaveLength(12);
  await expect(connections(1, 'auth_svc')).rejects.toMatchObject({ code: '53300' });
});

it('holds the limits of the role and of the database against the clients', async () => {
  const role = await judged({ role: 'tight' });
  expect(role.verdict).toMatchObject({
    outcome: 'fail',
    because:
      '0 connections are in use now, but the budget does not fit: auth 3 replicas (+1 surge) × 1 process × 2 = 8 of the 4 connections that role tight may have (limit 100 %: 4); full at replica 3 of auth',
    next: 'set poolMax of auth to at most 1, or put PgBouncer in front of the database',
  });
  const admin = await postgres.connect(server.url(), { connectTimeout: 3000, statementTimeout: 0 });
  onTestFinished(() => admin.close());
  await admin.query('ALTER DATABASE auth CONNECTION LIMIT 6');
  onTestFinished(async () => void (await admin.query('ALTER DATABASE auth CONNECTION LIMIT -1')));
  const { verdict } = await judged({ jobs: 1 });
  expect(verdict.because).toContain('+ 1 for jobs = 9 of the 6 connections that the database may have');
});

it('reserves nothing against a superuser, and takes what a provider keeps', async () => {
  expect((await judged({ role: 'postgres' })).verdict).toMatchObject({ outcome: 'pass', limit: 18 });
  expect((await judged({ extraReserved: 6 })).verdict).toMatchObject({ outcome: 'fail', limit: 7 });
});

it('a server without a free slot is a failing target, a wrong password is ours', async () => {
  const wrong = { postgres: server.url('probe', 'no-password', 'auth') };
  expect((await judged(wrong)).looks).toMatchObject([{ missed: { by: 'ours', reason: 'probe_refused' } }]);
  await connections(13, 'auth_svc');
  expect((await judged({})).looks).toEqual([
    {
      missed: {
        by: 'target',
        reason: 'slots_exhausted',
        because: 'the server refuses new connections for lack of slots (53300 InitPostgres); this is not the network',
      },
    },
  ]);
});
