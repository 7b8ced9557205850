// The kind db-connections on a real MariaDB that a service fills until it refuses.
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../../src/demo/lab/ports.ts';
import { createMysql } from '../../src/io/mysql.ts';
import { dbConnections } from '../../src/kinds/db-connections/index.ts';
import type { Seen } from '../../src/kinds/db-connections/seen.ts';
import { spec as schema } from '../../src/kinds/db-connections/spec.ts';
import type { Look, MysqlSession, Phase, Sample, Session } from '../../src/kit/index.ts';
import { historyOf, samples, seen, tick, worldOf } from '../helpers/kinds.ts';
import { startMariaDb, type TestMariaDb } from '../helpers/mariadb.ts';
import { isServerPlatform } from '../helpers/postgres-versions.ts';

const mysql = createMysql();
const options = { connectTimeout: 10_000, statementTimeout: 10_000 };
let server: TestMariaDb;
let extraPort: number;

const users = ['auth_svc', 'probe', 'blind', 'batch', 'tight', 'hourly', 'admin', 'named'];

beforeAll(async () => {
  if (!isServerPlatform) return;
  extraPort = await freePort();
  server = await startMariaDb({
    maxConnections: 15,
    settings: {
      performance_schema: '1',
      max_user_connections: '500',
      extra_port: String(extraPort),
      extra_max_connections: '5',
    },
    init: [
      'CREATE DATABASE auth;',
      ...users.map((user) => `CREATE USER ${user} IDENTIFIED BY '${user}-password';`),
      'GRANT ALL ON auth.* TO auth_svc;',
      'GRANT PROCESS ON *.* TO probe;',
      'GRANT PROCESS, CONNECTION ADMIN ON *.* TO admin;',
      'GRANT SELECT ON mysql.* TO admin;',
      'GRANT SELECT ON performance_schema.* TO admin;',
      'ALTER USER tight WITH MAX_USER_CONNECTIONS 4;',
      'ALTER USER hourly WITH MAX_CONNECTIONS_PER_HOUR 1;',
    ],
  });
});

afterAll(() => server?.stop());

/** Names no database: an account without rights to it could not log in. */
const urlOf = (user: string): string => server.url(user, `${user}-password`, '');

const connection = (user = 'auth_svc', programName = 'auth@old'): Promise<MysqlSession> =>
  mysql.connect(urlOf(user), { ...options, programName });

const connections = async (count: number, user?: string, name?: string): Promise<MysqlSession[]> => {
  const all: MysqlSession[] = [];
  onTestFinished(async () => void (await Promise.all(all.map((one) => one.close()))));
  for (let opened = 0; opened < count; opened += 1) all.push(await connection(user, name));
  return all;
};

const specOf = (changes: object = {}) =>
  schema.parse({
    mysql: urlOf('admin'),
    role: 'auth_svc',
    limits: { keepFree: 2 },
    connectTimeout: '10s',
    statementTimeout: '10s',
    ...changes,
  });

const openCheck = async (changes: object = {}) => {
  const spec = specOf(changes);
  const session = await dbConnections.open(spec, worldOf({ mysql }));
  onTestFinished(() => session.close());
  return { spec, session };
};

const patient = (phase: Phase) => ({ ...tick(phase), timeout: 10_000 });

const look = async (session: Session<Seen>, phase: Phase = 'hold'): Promise<Look<Seen>[]> =>
  session.sample(patient(phase));

const looks = async (session: Session<Seen>, times = 3): Promise<Sample<Seen>[]> => {
  const all: Look<Seen>[] = [];
  for (let n = 0; n < times; n += 1) all.push(...(await look(session)));
  return samples(all);
};

const seenIn = (all: readonly Look<Seen>[]): Seen => {
  const [first] = all;
  if (!first || !('seen' in first)) throw new Error(`nothing was seen: ${JSON.stringify(first)}`);
  return first.seen;
};

/** Waits until nobody but `root` is connected. */
const emptied = async (): Promise<number> => {
  const root = await mysql.connect(server.url(), options);
  onTestFinished(() => root.close());
  await vi.waitFor(
    async () => {
      const rows = await root.query('SELECT COUNT(*) AS n FROM information_schema.processlist');
      expect(rows).toEqual([{ n: 1 }]);
    },
    { timeout: 15_000, interval: 100 },
  );
  await root.close();
  return 0;
};

describe.skipIf(!isServerPlatform)('db-connections on MariaDB', () => {
  it('says what is in use, and leaves no connection behind', async () => {
    await emptied();
    await connections(3);
    const { spec, session } = await openCheck();
    const all = await looks(session);
    const { slots, pressure, holders, product } = seenIn(all);
    expect(product).toBe('mysql');
    expect(slots).toMatchObject({
      maxConnections: 15,
      roleLimit: 500,
      used: 3,
      usedByRole: 3,
      own: 1,
      idle: 3,
      hidden: 0,
    });
    expect(pressure).toMatchObject({ idleLong: 0, idleOldest: null, refused: { noSlot: 0 } });
    expect(holders).toEqual([
      {
        role: 'auth_svc',
        database: '',
        application: 'auth@old',
        client: '127.0.0.1',
        state: 'idle',
        connections: 3,
        began: 0,
      },
    ]);
    expect(dbConnections.judge(historyOf(all), spec)).toMatchObject({
      outcome: 'pass',
      because: '3 of 15 usable slots in use (limit 95 %)',
    });
    await session.close();
    const root = await mysql.connect(server.url(), options);
    const listed = await root.query(
      'SELECT USER AS user FROM information_schema.processlist WHERE ID <> CONNECTION_ID()',
    );
    await root.close();
    expect(listed).toEqual([{ user: 'auth_svc' }, { user: 'auth_svc' }, { user: 'auth_svc' }]);
  });

  it('names the release that leaks connections until none is left', async () => {
    await emptied();
    await connections(4);
    const { spec, session } = await openCheck();
    const before = await look(session, 'baseline');
    await connections(10, 'auth_svc', 'auth@new');
    const verdict = dbConnections.judge(historyOf(await looks(session), before), spec);
    expect(verdict).toMatchObject({
      outcome: 'fail',
      reason: 'slots_exhausted',
      introduced: true,
      value: 15,
      limit: 14,
    });
    expect(verdict.because).toMatch(
      /^15 of 15 usable slots in use \(limit 95 %\), 1 of them by this check; auth@new holds 10 \(\+10 since \d\d:\d\d:\d\d UTC\), auth@old 4/,
    );
    expect(verdict.next).toBe(
      "scale auth@new down, or end its connections: SELECT CONCAT('KILL ', processlist_id, CHAR(59 USING utf8mb4)) FROM performance_schema.session_connect_attrs WHERE attr_name = 'program_name' AND attr_value = 'auth@new'; rolling back first may need more slots while both releases run",
    );
  });

  it('gives the growth of another account to that account', async () => {
    await emptied();
    await connections(4);
    const { spec, session } = await openCheck();
    const before = await look(session, 'baseline');
    await connections(10, 'batch', 'nightly');
    expect(dbConnections.judge(historyOf(await looks(session), before), spec)).toMatchObject({
      outcome: 'fail',
      reason: 'slots_exhausted',
      introduced: false,
    });
  });

  it('gets in through the spare slot when the server is full, and leaves it to whoever mends that', async () => {
    await emptied();
    await connections(15, 'auth_svc', 'auth@new');
    const { spec, session } = await openCheck();
    const all = await looks(session);
    expect(all.map((one) => ('seen' in one ? one.seen : one))).toMatchObject(
      all.map(() => ({ attempt: { ok: true }, slots: { used: 15, own: 1 } })),
    );
    expect(dbConnections.judge(historyOf(all), spec)).toMatchObject({
      outcome: 'fail',
      reason: 'slots_exhausted',
      because: '15 of 15 usable slots in use (limit 95 %); auth@new holds 15',
    });
    const [mender] = await connections(1, 'admin');
    expect(mender?.alive()).toBe(true);
  });

  it('tells when not even the spare slot is free', async () => {
    await emptied();
    await connections(14, 'auth_svc', 'auth@new');
    const { spec, session } = await openCheck();
    await look(session);
    // With our own session the server is full; the mender takes the spare slot.
    await connections(1, 'admin', 'mender');
    const refused = seenIn(await look(session));
    expect(refused).toMatchObject({
      attempt: { refused: { code: '1040', routine: 'ER_CON_COUNT_ERROR', scope: 'all_slots' } },
      slots: { used: 15, own: 1 },
      pressure: { refused: { noSlot: 0 } },
    });
    const verdict = dbConnections.judge(historyOf(samples(seen(refused, refused, refused))), spec);
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'slots_exhausted' });
    expect(verdict.because).toContain(
      "all slots exhausted including the superuser's on 127.0.0.1 (1040 ER_CON_COUNT_ERROR, 3 of 3 tries); 15 usable, 15 in use",
    );
  });

  it('counts no slot for a connection through extra_port', async () => {
    await emptied();
    await connections(3);
    const through = server.url().replace(`:${server.port}/`, `:${extraPort}/`);
    for (let n = 0; n < 2; n += 1) {
      const one = await mysql.connect(through, options);
      onTestFinished(() => one.close());
    }
    const { session } = await openCheck();
    expect(seenIn(await look(session)).slots).toMatchObject({ used: 3, maxConnections: 15 });
  });

  it('fails without having counted when an ordinary account is refused from the start', async () => {
    await emptied();
    await connections(15);
    const { spec, session } = await openCheck({ mysql: urlOf('probe') });
    const all = await looks(session);
    expect(seenIn(all)).toEqual({
      host: '127.0.0.1',
      product: 'mysql',
      attempt: { refused: { code: '1040', routine: 'ER_CON_COUNT_ERROR', scope: 'slots' } },
      holders: [],
    });
    expect(dbConnections.judge(historyOf(all), spec)).toMatchObject({
      outcome: 'fail',
      reason: 'slots_exhausted',
      because:
        'ordinary slots exhausted on 127.0.0.1 (1040 ER_CON_COUNT_ERROR, 3 of 3 tries); nobody could be counted, because no session was left to ask; new logins fail now; this is not the network',
    });
  });

  it('counts the logins that found no slot, without its own', async () => {
    await emptied();
    const { session } = await openCheck();
    const before = seenIn(await look(session));
    const held = await connections(14);
    const refusals = await Promise.allSettled([1, 2, 3].map(() => connection()));
    expect(refusals.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await look(session);
    await Promise.all(held.map((one) => one.close()));
    await vi.waitFor(async () => expect(seenIn(await look(session)).attempt).toEqual({ ok: true }), {
      timeout: 10_000,
    });
    const after = seenIn(await look(session));
    expect((after.pressure?.refused?.aborted ?? 0) - (before.pressure?.refused?.aborted ?? 0)).toBe(3);
  });

  it('tells the limit of the account, from the accounts or from its own session', async () => {
    await emptied();
    await connections(3, 'tight');
    const watched = await openCheck({ role: 'tight' });
    expect(seenIn(await look(watched.session)).slots).toMatchObject({ roleLimit: 4, usedByRole: 3, ownRole: false });
    const own = await openCheck({ role: 'tight', mysql: urlOf('tight') });
    expect(seenIn(await look(own.session)).slots).toMatchObject({
      roleLimit: 4,
      usedByRole: 3,
      ownRole: true,
      unnamed: 1,
    });
    const refused = await looks(own.session);
    expect(dbConnections.judge(historyOf(refused), own.spec)).toMatchObject({
      outcome: 'fail',
      reason: 'slots_exhausted',
      value: 4,
      limit: 3,
      because: expect.stringContaining('4 of the 4 connections that role tight may have in use'),
    });
    expect(seenIn(refused).attempt).toEqual({
      refused: { code: '1226', routine: 'ER_USER_LIMIT_REACHED', scope: 'role' },
    });
  });

  it('tells a limit that counts no connections by its number', async () => {
    await emptied();
    const { spec, session } = await openCheck({ role: 'hourly', mysql: urlOf('hourly') });
    await look(session);
    const verdict = dbConnections.judge(historyOf(await looks(session)), spec);
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'slots_exhausted' });
    expect(verdict.because).toContain('limit of role hourly exhausted on 127.0.0.1 (1226 ER_USER_LIMIT_REACHED, ');
  });

  it("tells the server's limit per account, and the probe's own as an error", async () => {
    await emptied();
    const root = await mysql.connect(server.url(), options);
    onTestFinished(async () => {
      await root.query('SET GLOBAL max_user_connections = 500');
      await root.close();
    });
    await root.query('SET GLOBAL max_user_connections = 1');
    await connections(1);
    const own = await openCheck({ mysql: urlOf('auth_svc') });
    expect(seenIn(await look(own.session)).attempt).toEqual({
      refused: { code: '1203', routine: 'ER_TOO_MANY_USER_CONNECTIONS', scope: 'role' },
    });
    await connections(1, 'probe');
    const foreign = await openCheck({ mysql: urlOf('probe') });
    expect(await look(foreign.session)).toMatchObject([{ missed: { by: 'ours', reason: 'probe_limit' } }]);
  });

  it('says that PROCESS is missing, and still counts all', async () => {
    await emptied();
    await connections(4);
    const { spec, session } = await openCheck({ mysql: urlOf('blind') });
    const before = await look(session, 'baseline');
    expect(seenIn(before)).toMatchObject({
      slots: { used: 4, usedByRole: 0, hiddenByRole: 4, unnamed: 4 },
      holders: [],
    });
    await connections(10);
    const verdict = dbConnections.judge(historyOf(await looks(session), before), spec);
    expect(verdict).toMatchObject({ outcome: 'fail', value: 15, limit: 14 });
    expect(verdict).not.toHaveProperty('introduced');
    expect(verdict.because).toContain(
      "the growth is unattributed: 18 rows are hidden from the probe's role, which needs PROCESS",
    );
  });

  it('sees transactions that are left open', async () => {
    await emptied();
    const [idle] = await connections(1, 'auth_svc', 'auth@new');
    await idle?.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    const { spec, session } = await openCheck({ idleInTransaction: { max: 0, olderThan: '1s' } });
    await vi.waitFor(async () => expect(seenIn(await look(session)).pressure).toMatchObject({ idleLong: 1 }), {
      timeout: 15_000,
      interval: 500,
    });
    const verdict = dbConnections.judge(historyOf(await looks(session)), spec);
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'idle_in_transaction', asks: 'block' });
    expect(verdict.because).toMatch(
      /^1 session of role auth_svc idle in a transaction for longer than 1 s, the oldest for \d+ s \(limit 0\); auth@new has 1 in that state$/,
    );
  });

  it.each([
    [
      'a wrong password',
      () => server.url('probe', 'wrong', ''),
      'probe_refused',
      /^the probe cannot log in \(1045 ER_ACCESS_DENIED_ERROR: /,
    ],
    [
      'an unknown database',
      () => server.url('root', undefined, 'nowhere'),
      'probe_refused',
      /\(1049 ER_BAD_DB_ERROR: Unknown database 'nowhere'\)/,
    ],
    [
      'a database that is not ours',
      () => server.url('blind', 'blind-password', 'auth'),
      'probe_refused',
      /\(1044 ER_DBACCESS_DENIED_ERROR: /,
    ],
    [
      'the wrong scheme',
      () => server.url().replace('mysql:', 'postgres:'),
      'probe_refused',
      /must begin with mysql:\/\/ or mariadb:\/\/, not postgres:\/\//,
    ],
  ])('is an error with %s', async (_, url, reason, because) => {
    const { session } = await openCheck({ mysql: url() });
    expect(await look(session)).toEqual([{ missed: { by: 'ours', reason, because: expect.stringMatching(because) } }]);
  });

  it('looks again with a session that the server killed', async () => {
    await emptied();
    const { session } = await openCheck();
    await look(session);
    const root = await mysql.connect(server.url(), options);
    onTestFinished(() => root.close());
    const [row] = await root.query("SELECT ID AS id FROM information_schema.processlist WHERE USER = 'admin'");
    await root.query(`KILL ${String(row?.['id'])}`);
    expect(seenIn(await look(session))).toMatchObject({ attempt: { ok: true }, slots: { own: 1 } });
  });

  it('judges several servers apart', async () => {
    await emptied();
    const { spec, session } = await openCheck({
      mysql: undefined,
      servers: { primary: urlOf('admin'), gone: 'mariadb://probe:x@127.0.0.1:1/auth' },
    });
    const all = [...(await looks(session))];
    expect(all.slice(0, 2)).toMatchObject([
      { group: 'primary', seen: { attempt: { ok: true } } },
      { group: 'gone', missed: { by: 'target', reason: 'target_unreachable' } },
    ]);
    expect(dbConnections.judge(historyOf(all), spec).parts?.map(({ name }) => name)).toEqual(['primary', 'gone']);
  });
});

describe.skipIf(!isServerPlatform)('a MariaDB that stops', () => {
  it('is a failure of the target, and nothing stays open', async () => {
    const short = await startMariaDb();
    onTestFinished(() => short.stop());
    const { spec, session } = await openCheck({ mysql: short.url(), role: 'root' });
    await look(session);
    await short.stop();
    const all = await looks(session);
    expect(all).toMatchObject([1, 2, 3].map(() => ({ missed: { by: 'target', reason: 'target_unreachable' } })));
    expect(dbConnections.judge(historyOf(all), spec)).toMatchObject({ outcome: 'fail', reason: 'target_unreachable' });
  });

  it('is too slow when it is frozen, and is looked at again when it goes on', async () => {
    const frozen = await startMariaDb();
    onTestFinished(() => frozen.stop());
    const { session } = await openCheck({ mysql: frozen.url(), role: 'root', connectTimeout: '500ms' });
    process.kill(frozen.pid, 'SIGSTOP');
    const slow = await look(session).finally(() => process.kill(frozen.pid, 'SIGCONT'));
    expect(slow).toEqual([
      {
        missed: {
          by: 'target',
          reason: 'target_timeout',
          because: 'the server did not answer in time (no session after 500 ms)',
        },
      },
    ]);
    await vi.waitFor(async () => expect(await look(session)).toMatchObject([{ seen: { attempt: { ok: true } } }]), {
      timeout: 20_000,
    });
  });

  it('gives up a statement that takes too long, with its session', async () => {
    const slow = await startMariaDb();
    onTestFinished(() => slow.stop());
    const session = await mysql.connect(slow.url(), { connectTimeout: 10_000, statementTimeout: 200 });
    await expect(session.query('SELECT SLEEP(30)')).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: 'no answer after 200 ms; the session was given up',
    });
    expect(session.alive()).toBe(false);
    await session.close();
    await expect(session.query('SELECT 1')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
