// The edge cases of db-connections on real servers: odd ways in, odd limits, odd clients, restarts, standbys.
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPostgres } from '../../src/io/postgres.ts';
import { dbConnections } from '../../src/kinds/db-connections/index.ts';
import type { Seen } from '../../src/kinds/db-connections/seen.ts';
import { spec as schema } from '../../src/kinds/db-connections/spec.ts';
import type { Look, PostgresOptions, PostgresSession, Session, Verdict } from '../../src/kit/index.ts';
import { historyOf, samples, tick, worldOf } from '../helpers/kinds.ts';
import { startTestServer, type TestServer } from '../helpers/postgres.ts';

const postgres = createPostgres();
let server: TestServer;

/** 15 slots less 3 for superusers, less 2 for a role with reserved ones, leave 10. */
const settings = {
  max_connections: '15',
  superuser_reserved_connections: '3',
  reserved_connections: '2',
  max_wal_senders: '2',
};

const urlOf = (role: string, database = 'auth'): string => server.url(role, `${role}-password`, database);

const specOf = (changes: object = {}) =>
  schema.parse({ postgres: urlOf('probe'), role: 'auth_svc', limits: { keepFree: 0 }, ...changes });

const open = async (url: string, options: Partial<PostgresOptions> = {}): Promise<PostgresSession> => {
  const session = await postgres.connect(url, { connectTimeout: 3000, statementTimeout: 0, ...options });
  onTestFinished(() => session.close());
  return session;
};

const openMany = async (
  count: number,
  name: string,
  role = 'auth_svc',
  database = 'auth',
): Promise<PostgresSession[]> => {
  const all: PostgresSession[] = [];
  for (let n = 0; n < count; n += 1) all.push(await open(urlOf(role, database), { applicationName: name }));
  return all;
};

const openCheck = async (changes: object = {}) => {
  const spec = specOf(changes);
  const session = await dbConnections.open(spec, worldOf({ postgres }));
  onTestFinished(() => session.close());
  return { spec, session };
};

const looks = async (session: Session<Seen>, times = 1): Promise<Look<Seen>[]> => {
  const all: Look<Seen>[] = [];
  for (let n = 0; n < times; n += 1) all.push(...(await session.sample(tick('hold', n))));
  return all;
};

const judged = (spec: ReturnType<typeof specOf>, all: Look<Seen>[], baseline: Look<Seen>[] = []): Verdict =>
  dbConnections.judge(historyOf(samples(all), baseline), spec);

const seenIn = ([look]: Look<Seen>[]): Seen => {
  if (look && 'seen' in look) return look.seen;
  throw new Error(`nothing was seen: ${JSON.stringify(look)}`);
};

const asSuperuser = async (...statements: string[]): Promise<void> => {
  const admin = await postgres.connect(server.url(), { connectTimeout: 3000, statementTimeout: 0 });
  for (const sql of statements) await admin.query(sql);
  await admin.close();
};

/** Waits until the server has no client. The asker is a walsender: a client that has just left may still be listed. */
const emptied = async (): Promise<void> => {
  const admin = await open(server.url(), { replication: true });
  const sql = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend'`;
  await vi.waitFor(async () => expect(await admin.query(sql)).toEqual([{ n: 0 }]));
  await admin.close();
};

/** A client that says who it is and never answers the question for its password. */
const halfLogin = (): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const body = Buffer.from('\0\x03\0\0user\0auth_svc\0database\0auth\0\0', 'latin1');
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    const socket = connect(server.port, '127.0.0.1', () => socket.write(Buffer.concat([length, body])));
    socket.once('data', () => resolve(socket)).once('error', reject);
    onTestFinished(() => void socket.destroy());
  });

const silentSocket = (): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
    onTestFinished(() => void socket.destroy());
  });

beforeAll(async () => {
  server = await startTestServer(settings);
  for (const role of ['auth_svc', 'probe', 'guard', 'batch', 'root_svc', 'vip'])
    await asSuperuser(`CREATE ROLE ${role} LOGIN PASSWORD '${role}-password'`);
  await asSuperuser(
    'GRANT pg_monitor TO probe, guard, vip',
    'GRANT pg_use_reserved_connections TO vip',
    'ALTER ROLE guard REPLICATION',
    'ALTER ROLE root_svc SUPERUSER',
    'CREATE DATABASE auth OWNER auth_svc',
    'CREATE DATABASE narrow CONNECTION LIMIT 4',
  );
});

afterAll(() => server.stop());

describe('db-connections', () => {
  beforeEach(emptied);

  it('breaks the glass when every ordinary slot is taken, and still names the holders', async () => {
    await openMany(10, 'auth@new');
    const closed = await openCheck({ postgres: urlOf('guard') });
    expect(judged(closed.spec, await looks(closed.session, 3)).because).toBe(
      'ordinary slots exhausted on 127.0.0.1 (53300 InitPostgres, 3 of 3 tries); nobody could be counted, because no session was left to ask; new logins fail now; this is not the network',
    );
    const broken = await openCheck({ postgres: urlOf('guard'), breakGlass: 'walsender' });
    const verdict = judged(broken.spec, await looks(broken.session, 3));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'slots_exhausted', value: 10, limit: 9 });
    expect(verdict.because).toBe(
      'ordinary slots exhausted on 127.0.0.1 (53300 InitPostgres, 3 of 3 tries); 10 usable of 15 (3 superuser, 2 reserved), 10 in use; auth@new holds 10; counted through a walsender, because no slot was left (breakGlass); new logins fail now; this is not the network',
    );
  });

  it('leaves no walsender behind, and says so when it may not be one', async () => {
    await openMany(10, 'auth@new');
    const broken = await openCheck({ postgres: urlOf('guard'), breakGlass: 'walsender' });
    await looks(broken.session);
    const admin = await open(server.url());
    const sql = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'walsender'`;
    await vi.waitFor(async () => expect(await admin.query(sql)).toEqual([{ n: 0 }]));
    const denied = await openCheck({ breakGlass: 'walsender' });
    expect(judged(denied.spec, await looks(denied.session, 3)).because).toContain(
      'breakGlass did not get in either (42501)',
    );
  });

  it('gets in through a reserved slot, and says that the ordinary ones are gone', async () => {
    await openMany(10, 'auth@new');
    const { spec, session } = await openCheck({ postgres: urlOf('vip') });
    const verdict = judged(spec, await looks(session, 3));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'slots_exhausted' });
    expect(verdict.because).toBe('10 of 10 usable slots in use (limit 95 %); auth@new holds 10');
    await expect(open(urlOf('auth_svc'))).rejects.toMatchObject({ code: '53300' });
  });

  it('knows that nothing is reserved from a superuser’s service', async () => {
    await openMany(10, 'root@new', 'root_svc');
    const { spec, session } = await openCheck({ role: 'root_svc', postgres: urlOf('vip') });
    expect(judged(spec, await looks(session, 3))).toMatchObject({
      outcome: 'pass',
      because: '10 of 15 usable slots in use (limit 95 %)',
    });
  });

  it('judges the limit of a database from another one, and counts itself where it is inside', async () => {
    await openMany(3, 'narrow@new', 'auth_svc', 'narrow');
    const outside = await openCheck({ database: 'narrow' });
    expect(judged(outside.spec, await looks(outside.session, 3))).toMatchObject({
      reason: 'over_rollback_limit',
      value: 3,
    });
    await outside.session.close();
    const inside = await openCheck({ postgres: urlOf('probe', 'narrow') });
    const verdict = judged(inside.spec, await looks(inside.session, 3));
    expect(verdict).toMatchObject({ reason: 'slots_exhausted', value: 4 });
    expect(verdict.because).toContain(
      '4 of the 4 connections that the database may have in use, 1 of them by this check; narrow@new holds 3',
    );
  });

  it('counts connections that still log in', async () => {
    await openMany(4, 'auth@new');
    await Promise.all(Array.from({ length: 6 }, halfLogin));
    const { spec, session } = await openCheck({ postgres: urlOf('vip') });
    expect(judged(spec, await looks(session, 3)).because).toBe(
      '10 of 10 usable slots in use (limit 95 %); role unknown holds 6, auth@new 4; 6 of them still log in',
    );
  });

  it('finds the sockets that never log in, which no view shows', async () => {
    const { spec, session } = await openCheck();
    await looks(session);
    await Promise.all(Array.from({ length: 40 }, silentSocket));
    const verdict = judged(spec, await looks(session, 3));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'slots_exhausted' });
    expect(verdict.because).toContain(
      'server processes exhausted by sockets that never log in on 127.0.0.1 (53300 BackendInitialize, 3 of 3 tries); 10 usable of 15',
    );
  });

  it('tells transactions left open, with their age', async () => {
    const [one, two] = await openMany(2, 'auth@new');
    await one?.query('BEGIN');
    await two?.query('BEGIN');
    const other = await open(urlOf('batch'));
    await other.query('BEGIN');
    const { spec, session } = await openCheck({ idleInTransaction: { max: 1, olderThan: '300ms' } });
    await vi.waitFor(async () => expect(seenIn(await looks(session)).pressure?.idleLong).toBe(2));
    const verdict = judged(spec, await looks(session, 3));
    expect(verdict).toMatchObject({ asks: 'block', reason: 'idle_in_transaction', value: 2, limit: 1 });
    expect(verdict.because).toMatch(
      /^2 sessions of role auth_svc idle in a transaction for longer than 300 ms, the oldest for [\d.]+ m?s \(limit 1\); auth@new has 2 in that state$/,
    );
  });

  it('counts the sessions that began, without its own', async () => {
    const { session } = await openCheck();
    const sessionsNow = async (): Promise<number> => seenIn(await looks(session)).pressure?.sessions ?? Number.NaN;
    const before = await sessionsNow();
    for (let n = 0; n < 5; n += 1) await (await open(urlOf('auth_svc'))).close();
    await vi.waitFor(async () => expect((await sessionsNow()) - before).toBe(5), { timeout: 5000, interval: 200 });
  });

  it('foretells a full server while a release leaks, and blames the release', async () => {
    await openMany(1, 'auth@old');
    const { spec, session } = await openCheck({ limits: { block: '90%', rollback: '100%', keepFree: 0 } });
    const baseline = await looks(session);
    const all: Look<Seen>[] = [];
    for (let n = 0; n < 6; n += 1) {
      await openMany(1, 'auth@new');
      all.push(...(await looks(session)));
    }
    const verdict = judged({ ...spec, forecast: { within: 120_000, from: 0.2 } }, all, baseline);
    expect(verdict).toMatchObject({ outcome: 'pass', reason: 'wobble' });
    await openMany(1, 'auth@new');
    all.push(...(await looks(session)));
    const confirmed = judged({ ...spec, forecast: { within: 120_000, from: 0.2 } }, all, baseline);
    expect(confirmed).toMatchObject({ outcome: 'fail', reason: 'filling_up', introduced: true, value: 8 });
  });

  it('projects what the new instances hold to all of them', async () => {
    await openMany(2, 'auth@old');
    const { spec, session } = await openCheck({ instances: { target: 4 } });
    const baseline = await looks(session);
    await openMany(3, 'auth@new');
    expect(judged(spec, await looks(session, 3), baseline)).toMatchObject({
      asks: 'block',
      reason: 'will_not_fit',
      because:
        '5 of 10 usable slots in use now, but the whole roll-out will not fit: 4 instances x 3 connections (the mean of 1 new) + 0 others = 12 > 10; full at instance 4',
    });
  });

  it('judges servers apart: one that answers, one that is gone', async () => {
    const servers = { primary: urlOf('probe'), replica: 'postgres://probe:x@127.0.0.1:1/auth' };
    const { session } = await openCheck({ postgres: undefined, servers });
    expect(await looks(session)).toMatchObject([
      { group: 'primary', seen: { attempt: { ok: true } } },
      { group: 'replica', missed: { by: 'target', reason: 'target_unreachable' } },
    ]);
  });

  it('is deaf to PGOPTIONS', async () => {
    vi.stubEnv('PGOPTIONS', '-c default_transaction_isolation=nonsense');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { session } = await openCheck();
    expect(seenIn(await looks(session)).attempt).toEqual({ ok: true });
  });
});

describe('a server that was started again', () => {
  it('with fewer slots has nothing to compare with; as a standby it says so', async () => {
    await emptied();
    await openMany(2, 'auth@old');
    const first = await openCheck();
    const baseline = await looks(first.session);
    await first.session.close();
    await server.restart({ max_connections: '14' });
    await openMany(9, 'auth@new');
    const { spec, session } = await openCheck({ postgres: urlOf('vip') });
    const verdict = judged(spec, await looks(session, 3), baseline);
    expect(verdict.introduced).toBeUndefined();
    expect(verdict.because.replace(/\d\d:\d\d:\d\d/, 'TIME')).toBe(
      '9 of 9 usable slots in use (limit 95 %); auth@new holds 9 (+9 since TIME UTC); the growth is unattributed: the server was restarted after the baseline; max_connections was 15 in the baseline and is 14 now',
    );
    await session.close();
    await server.restart({}, 'standby');
    const standby = await openCheck();
    expect(judged(standby.spec, await looks(standby.session, 3)).because).toBe(
      '0 of 10 usable slots in use (limit 95 %); the server is a standby',
    );
  });
});
