// The kind db-connections on a real server that a service fills until it refuses.
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPostgres } from '../../src/io/postgres.ts';
import { dbConnections } from '../../src/kinds/db-connections/index.ts';
import type { Seen } from '../../src/kinds/db-connections/seen.ts';
import { spec as schema } from '../../src/kinds/db-connections/spec.ts';
import type { Look, Phase, PostgresSession, Sample, Session, Verdict } from '../../src/kit/index.ts';
import { historyOf, samples, tick, worldOf } from '../helpers/kinds.ts';
import { startTestServer, type TestServer } from '../helpers/postgres.ts';

const postgres = createPostgres();
let server: TestServer;

/** 15 slots less 3 for superusers leave 12. */
const settings = { max_connections: '15', superuser_reserved_connections: '3', max_wal_senders: '0' };

const specOf = (changes: object = {}) =>
  schema.parse({
    postgres: server.url('probe', 'probe-password', 'auth'),
    role: 'auth_svc',
    limits: { keepFree: 2 },
    ...changes,
  });

const connections = async (count: number, name: string, role = 'auth_svc'): Promise<PostgresSession[]> => {
  const all: PostgresSession[] = [];
  onTestFinished(() => Promise.all(all.map((one) => one.close())) as never);
  for (let opened = 0; opened < count; opened += 1) all.push(await connection(name, role));
  return all;
};

const connection = (name: string, role: string): Promise<PostgresSession> =>
  postgres.connect(server.url(role, `${role}-password`, 'auth'), {
    connectTimeout: 3000,
    statementTimeout: 0,
    applicationName: name,
  });

const openCheck = async (changes: object = {}) => {
  const spec = specOf(changes);
  const session = await dbConnections.open(spec, worldOf({ postgres }));
  onTestFinished(() => session.close());
  return { spec, session };
};

const look = async (session: Session<Seen>, phase: Phase): Promise<Look<Seen>[]> => session.sample(tick(phase));

const looks = async (session: Session<Seen>, times: number): Promise<Sample<Seen>[]> => {
  const all: Look<Seen>[] = [];
  for (let n = 0; n < times; n += 1) all.push(...(await look(session, 'hold')));
  return samples(all);
};

/** Waits until the server has no client but the asker; returns how many others are left: none. */
const emptied = async (): Promise<number> => {
  const admin = await postgres.connect(server.url(), { connectTimeout: 3000, statementTimeout: 0 });
  onTestFinished(() => admin.close());
  await vi.waitFor(async () => {
    const sql = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;
    expect(await admin.query(sql)).toEqual([{ n: 0 }]);
  });
  await admin.close();
  return 0;
};

const judged = (spec: ReturnType<typeof specOf>, all: Sample<Seen>[], baseline: Look<Seen>[] = []): Verdict =>
  dbConnections.judge(historyOf(all, baseline), spec);

beforeAll(async () => {
  server = await startTestServer(settings);
  const admin = await postgres.connect(server.url(), { connectTimeout: 3000, statementTimeout: 0 });
  for (const role of ['auth_svc', 'probe', 'blind', 'batch', 'tight'])
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}-password'`);
  await admin.query('GRANT pg_monitor TO probe');
  await admin.query('ALTER ROLE tight CONNECTION LIMIT 4');
  await admin.query('CREATE DATABASE auth OWNER auth_svc');
  await admin.close();
});

afterAll(() => server.stop());

describe('db-connections on a real server', () => {
  it('counts the service and not itself', async () => {
    await emptied();
    await connections(3, 'auth@old');
    const { spec, session } = await openCheck();
    const all = await looks(session, 3);
    const verdict = judged(spec, all);
    expect(verdict).toMatchObject({ outcome: 'pass', settled: true, reason: 'ok', value: 3, limit: 11 });
    expect(verdict.because).toBe('3 of 12 usable slots in use (limit 95 %)');
  });

  it('names the release that leaks, and counts a refusal as the measurement', async () => {
    await emptied();
    await connections(2, 'auth@old');
    const { spec, session } = await openCheck();
    const baseline = await look(session, 'baseline');
    const leaked: PostgresSession[] = [];
    onTestFinished(() => Promise.all(leaked.map((one) => one.close())) as never);
    // The kept session holds the last slot but one, so that at most nine more get in.
    const refused = await (async () => {
      for (let opened = 0; opened < 20; opened += 1) leaked.push(await connection('auth@new', 'auth_svc'));
    })().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: '53300' });
    const all = await looks(session, 3);
    const verdict = judged(spec, all, baseline);
    expect(verdict).toMatchObject({
      outcome: 'fail',
      settled: true,
      reason: 'slots_exhausted',
      introduced: true,
      value: 12,
      limit: 11,
    });
    expect(verdict.asks).toBeUndefined();
    expect(verdict.because.replace(/\d\d:\d\d:\d\d/, 'TIME')).toBe(
      'ordinary slots exhausted on 127.0.0.1 (53300 InitPostgres, 3 of 3 tries); 12 usable of 15 (3 superuser), 12 in use, 1 of them by this check; auth@new holds 9 (+9 since TIME UTC), auth@old 2; new logins fail now; this is not the network',
    );
    expect(verdict.next).toBe(
      "scale auth@new down, or end its connections: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'auth@new'; rolling back first may need more slots while both releases run",
    );
  });

  it("says that the growth is not the release's when another role holds it", async () => {
    await emptied();
    await connections(2, 'auth@old');
    const { spec, session } = await openCheck();
    const baseline = await look(session, 'baseline');
    await connections(8, 'nightly', 'batch');
    const verdict = judged(spec, await looks(session, 3), baseline);
    expect(verdict).toMatchObject({ outcome: 'fail', introduced: false, asks: 'block', reason: 'over_block_limit' });
    expect(verdict.next).toContain("the growth is not the release's: scale nightly down");
  });

  it('needs pg_monitor when hidden rows would pass a limit', async () => {
    await emptied();
    await connections(10, 'auth@new');
    const { spec, session } = await openCheck({ postgres: server.url('blind', 'blind-password', 'auth') });
    const verdict = judged(spec, await looks(session, 3));
    expect(verdict).toMatchObject({ outcome: 'inconclusive', reason: 'needs_pg_monitor' });
    expect(verdict.because).toBe(
      "at most 10 of 12 usable slots in use (limit 80 %), but 10 of them are hidden from the probe's role",
    );
  });

  it('judges the limit of the role', async () => {
    await emptied();
    await connections(4, 'narrow@new', 'tight');
    const { spec, session } = await openCheck({ role: 'tight', limits: { keepFree: 0 } });
    const verdict = judged(spec, await looks(session, 3));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'slots_exhausted', value: 4, limit: 3 });
    expect(verdict.because).toBe(
      '4 of the 4 connections that role tight may have in use (limit 95 %); narrow@new holds 4',
    );
  });

  it("takes the refusal of the service's own role as the measurement, and that of another as its own trouble", async () => {
    await emptied();
    await connections(4, 'narrow@new', 'tight');
    const url = server.url('tight', 'tight-password', 'auth');
    const same = await openCheck({ postgres: url, role: 'tight' });
    expect(await look(same.session, 'hold')).toMatchObject([{ seen: { attempt: { refused: { scope: 'role' } } } }]);
    const other = await openCheck({ postgres: url });
    expect(await look(other.session, 'hold')).toMatchObject([{ missed: { by: 'ours', reason: 'probe_limit' } }]);
  });

  it.each([
    ['a wrong password', () => server.url('probe', 'wrong', 'auth'), 'ours', 'probe_refused'],
    ['an unknown database', () => server.url('probe', 'probe-password', 'nowhere'), 'ours', 'probe_refused'],
    ['a closed port', () => 'postgres://probe:x@127.0.0.1:1/auth', 'target', 'target_unreachable'],
  ])('%s is missed by the right party', async (_, url, by, reason) => {
    const { session } = await openCheck({ postgres: url() });
    expect(await look(session, 'hold')).toMatchObject([{ missed: { by, reason } }]);
  });

  it('goes on after the server ended the kept session', async () => {
    await emptied();
    const { session } = await openCheck();
    await look(session, 'hold');
    const admin = await postgres.connect(server.url(), { connectTimeout: 3000, statementTimeout: 0 });
    onTestFinished(() => admin.close());
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdpoint' AND pid <> pg_backend_pid()`,
    );
    expect(await look(session, 'hold')).toMatchObject([{ seen: { attempt: { ok: true } } }]);
  });

  it('leaves no session behind', async () => {
    await emptied();
    const { session } = await openCheck();
    await look(session, 'hold');
    await session.close();
    await session.close();
    expect(await emptied()).toBe(0);
  });
});
