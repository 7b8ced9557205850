// The kind db-connections on MySQL and MariaDB: refusals by number, rows read, and what is said differently.
import { describe, expect, it } from 'vitest';
import { dbConnections } from '../../src/kinds/db-connections/index.ts';
import type { Seen } from '../../src/kinds/db-connections/seen.ts';
import { serversOf, spec as schema } from '../../src/kinds/db-connections/spec.ts';
import { refusalOf } from '../../src/kinds/mysql/refusal.ts';
import { type Answers, type HolderRow, pressureOf, readStatus, slotsOf } from '../../src/kinds/mysql/rows.ts';
import { type Look, type Mysql, MysqlFailure, type MysqlSession } from '../../src/kit/index.ts';
import { holder, look } from '../helpers/db-connections.ts';
import { historyOf, samples, seen, tick, worldOf } from '../helpers/kinds.ts';
import { kindContract } from './contract.ts';

const given = { mysql: 'mysql://probe:x@db/auth', role: 'auth_svc' };
const spec = schema.parse(given);

const server = { superuserReserved: 0, version: 101119, roleSuper: null } as const;

const at = (changes: Parameters<typeof look>[0], ...rest: [Parameters<typeof look>[1]?, Partial<Seen>?]): Seen => ({
  ...look({ ...server, ...changes }, ...rest),
  product: 'mysql',
});

const judge = (looks: Look<Seen>[], baseline: Look<Seen>[] = []) =>
  dbConnections.judge(historyOf(samples(looks), baseline), spec);

const three = (one: Seen): Look<Seen>[] => seen(one, one, one);

kindContract({
  kind: dbConnections,
  spec: given,
  unreachable: { ...given, mysql: 'mysql://probe:x@127.0.0.1:1/auth' },
  good: [at({ used: 20 }), at({ used: 21 }), at({ used: 20 })],
  bad: [at({ used: 95 }), at({ used: 96 }), at({ used: 98 })],
});

describe('a refusal', () => {
  const of = (errno: number, sameRole = true, sqlState: string | undefined = 'HY000') =>
    refusalOf(new MysqlFailure('ER_X', { errno, sqlState }, 'zu viele'), { sameRole });
  const before = new MysqlFailure('ER_X', { errno: 1040, sqlState: undefined }, 'zu viele');

  it.each([
    [1040, '1040', 'slots'],
    [1203, '1203', 'role'],
    [1226, '1226', 'role'],
  ])('%i is the measurement, in whatever language', (errno, code, scope) => {
    expect(of(errno)).toEqual({ refused: { code, routine: 'ER_X', scope } });
  });

  it('1040 before the greeting says that the spare slot is taken as well', () => {
    expect(refusalOf(before, { sameRole: false })).toEqual({
      refused: { code: '1040', routine: 'ER_X', scope: 'all_slots' },
    });
  });

  it.each([
    [1203, "the limit of the probe's own role is reached (1203 ER_X: zu viele)"],
    [1226, "the limit of the probe's own role is reached (1226 ER_X: zu viele)"],
  ])('%i of another account is our own trouble', (errno, because) => {
    expect(of(errno, false)).toEqual({ missed: { by: 'ours', reason: 'probe_limit', because } });
  });

  it.each([
    [1044, 'ours', 'probe_refused'],
    [1045, 'ours', 'probe_refused'],
    [1049, 'ours', 'probe_refused'],
    [1129, 'ours', 'host_blocked'],
    [1130, 'ours', 'probe_refused'],
    [1053, 'target', 'not_ready'],
    [1927, 'target', 'not_ready'],
    [3032, 'target', 'not_ready'],
    [4031, 'target', 'not_ready'],
    [1041, 'target', 'target_error'],
    [1135, 'target', 'target_error'],
    [3024, 'target', 'target_timeout'],
    [9999, 'instrument', 'unknown_refusal'],
  ])('%i is missed by %s as %s, which the kind explains', (errno, by, reason) => {
    expect(of(errno)).toMatchObject({
      missed: { by, reason, because: expect.stringContaining(`(${errno} ER_X: zu viele)`) },
    });
    expect(Object.keys(dbConnections.reasons)).toContain(reason);
  });

  it.each([
    ['ECONNREFUSED', 'target', 'target_unreachable'],
    ['ECONNRESET', 'target', 'target_unreachable'],
    ['TIMEOUT', 'target', 'target_timeout'],
    ['ENOTFOUND', 'ours', 'probe_refused'],
    ['HANDSHAKE_NO_SSL_SUPPORT', 'ours', 'probe_refused'],
    ['INVALID_URL', 'ours', 'probe_refused'],
    ['PROTOCOL_X', 'instrument', 'unknown_refusal'],
  ])('%s is missed by %s as %s', (code, by, reason) => {
    expect(refusalOf(new MysqlFailure(code, undefined, 'no'), { sameRole: true })).toMatchObject({
      missed: { by, reason },
    });
  });
});

describe('the rows', () => {
  const row = (changes: Partial<HolderRow> = {}): HolderRow => ({
    role: 'auth_svc',
    db: 'auth',
    application: '',
    client: '10.0.0.7',
    mine: 0,
    state: 'idle',
    connections: 1,
    began: 0,
    idle_long: 0,
    idle_oldest: null,
    ...changes,
  });

  const answers = (changes: Partial<Answers> = {}, status: Record<string, string> = {}): Answers => ({
    limits: {
      pid: 7,
      version: '10.11.19-MariaDB-0+deb12u1',
      db_now: 5000.4,
      max_connections: 100,
      role_limit: 0,
      own_limit: 0,
      standby: 0,
      extra_most: 0,
    },
    status: readStatus(
      Object.entries({ Uptime: '1000', ...status }).map(([Variable_name, Value]) => ({ Variable_name, Value })),
    ),
    accounts: [{ role_limit: 0, super: 0 }],
    rows: [row({ connections: 20 }), row({ role: 'probe', mine: 1 })],
    seesAll: true,
    own: { role: 'probe', refused: { aborted: 0, noSlot: 0 }, opened: 1 },
    ...changes,
  });

  it.each([
    ['two of MariaDB, which are not in Threads_connected', 5, '19', 18],
    ['more than may be there: the rest came between the two statements', 1, '19', 19],
    ['none where there is no such port', 0, '19', 20],
    ['none', 5, '21', 20],
    ['none, and somebody left between the two statements', 5, '25', 20],
  ])('leave out connections through extra_port: %s', (_, extra_most, Threads_connected, used) => {
    const told = answers({}, { Threads_connected });
    const slots = slotsOf({ ...told, limits: { ...told.limits, extra_most } }, 'auth_svc', 'auth');
    expect(slots.used).toBe(used);
  });

  it('count what takes a slot, without ours', () => {
    const rows = [
      row({ connections: 20 }),
      row({ state: 'active', connections: 2 }),
      row({ state: 'idle in transaction', connections: 3 }),
      row({ role: 'unauthenticated user', db: '', state: 'starting', connections: 4 }),
      row({ role: 'batch', db: 'other' }),
      row({ role: 'probe', mine: 1 }),
    ];
    expect(slotsOf(answers({ rows }), 'auth_svc', 'auth')).toEqual({
      version: 101119,
      startedAt: 4000,
      standby: false,
      maxConnections: 100,
      superuserReserved: 0,
      reserved: 0,
      roleLimit: -1,
      roleSuper: false,
      databaseLimit: -1,
      used: 30,
      usedByRole: 25,
      usedInDatabase: 25,
      active: 2,
      idle: 21,
      idleInTransaction: 3,
      starting: 4,
      hidden: 0,
      hiddenByRole: 0,
      hiddenInDatabase: 0,
      own: 1,
      ownRole: false,
      ownDatabase: false,
    });
  });

  it('are counted by the server itself when those of others are hidden', () => {
    const blind = answers({ rows: [row({ role: 'probe', mine: 1 })], seesAll: false }, { Threads_connected: '31' });
    expect(slotsOf(blind, 'auth_svc', 'auth')).toMatchObject({
      used: 30,
      usedByRole: 0,
      hidden: 0,
      hiddenByRole: 30,
      unnamed: 30,
    });
  });

  it.each([
    ['no limit', [{ role_limit: 0, super: 0 }], 0, -1],
    ["the server's", [{ role_limit: 0, super: 0 }], 40, 40],
    ["the account's", [{ role_limit: 5, super: 0 }], 40, 5],
    [
      'the sum of two accounts',
      [
        { role_limit: 5, super: 0 },
        { role_limit: 0, super: 0 },
      ],
      40,
      45,
    ],
    [
      'none when one of two has none',
      [
        { role_limit: 5, super: 0 },
        { role_limit: 0, super: 0 },
      ],
      0,
      -1,
    ],
    ['null without such an account', [], 40, null],
    ["the server's when the accounts cannot be read", undefined, 40, 40],
  ])('give the limit of the role: %s', (_, accounts, ofServer, roleLimit) => {
    const { limits } = answers();
    const one = answers({ accounts, limits: { ...limits, role_limit: ofServer } });
    expect(slotsOf(one, 'auth_svc', 'auth').roleLimit).toBe(roleLimit);
  });

  it('leave our own attempts out of what the server counts', () => {
    const status = { Connections: '500', Connection_errors_max_connections: '12', Aborted_connects: '30' };
    const own = { role: 'probe', opened: 4, refused: { aborted: 3, noSlot: 2 } };
    const rows = [
      row({ state: 'idle in transaction', idle_long: 2, idle_oldest: 95 }),
      row({ role: 'batch', idle_long: 9, idle_oldest: 200 }),
    ];
    expect(pressureOf(answers({ own, rows }, status), 'auth_svc')).toEqual({
      idleLong: 2,
      idleOldest: 95,
      sessions: 495,
      refused: { noSlot: 10, aborted: 27 },
    });
  });
});

describe('the verdict', () => {
  const before = at({ used: 20 }, [holder('', 20)]);

  it('names the account and a statement of MySQL where there is no program_name', () => {
    const full = at({ used: 100 }, [holder('', 100, { began: 80 })]);
    expect(judge(three(full), seen(before))).toMatchObject({
      outcome: 'fail',
      reason: 'slots_exhausted',
      introduced: true,
      because: '100 of 100 usable slots in use (limit 95 %); role auth_svc holds 100 (+80 since 13:02:10 UTC)',
      next: "scale role auth_svc down, or end its connections: SELECT CONCAT('KILL ', id, CHAR(59 USING utf8mb4)) FROM information_schema.processlist WHERE user = 'auth_svc'; rolling back first may need more slots while both releases run",
    });
  });

  it('says that PROCESS is missing, whatever the outcome', () => {
    const hidden = { unnamed: 20, hiddenByRole: 20, hiddenInDatabase: 20, usedByRole: 0 };
    expect(judge(three(at({ used: 20, ...hidden })))).toMatchObject({
      outcome: 'pass',
      because:
        "20 of 100 usable slots in use (limit 95 %); 20 connections hidden from the probe's role, which needs PROCESS",
    });
    const full = judge(
      three(at({ used: 98, ...hidden, unnamed: 97 }, [holder('seen', 1, { role: 'probe' })])),
      seen(at({ used: 20, ...hidden })),
    );
    expect(full).not.toHaveProperty('introduced');
    expect(full).toMatchObject({
      outcome: 'fail',
      reason: 'over_rollback_limit',
      because:
        "98 of 100 usable slots in use (limit 95 %); seen holds 1 (+1 since 13:02:10 UTC); the growth is unattributed: 117 rows are hidden from the probe's role, which needs PROCESS",
      next: 'ask the server with an account that has CONNECTION ADMIN, for which one slot is spare: SELECT user, count(*) FROM information_schema.processlist GROUP BY 1 ORDER BY 2 DESC',
    });
  });

  it('is open when the limit of a role may be passed by connections that are hidden', () => {
    const hidden = at({ used: 48, roleLimit: 50, usedByRole: 0, hiddenByRole: 48, unnamed: 48 });
    expect(judge(three(hidden))).toMatchObject({
      outcome: 'inconclusive',
      reason: 'needs_process',
      because:
        "at most 48 of the 50 connections that role auth_svc may have in use (limit 95 %), but 48 of them are hidden from the probe's role",
      next: 'GRANT PROCESS ON *.* TO the account of the probe; without it nobody knows whose connections these are',
    });
  });

  it('knows the growth of its own role without PROCESS', () => {
    const own = (used: number) =>
      at({ used, roleLimit: 50, usedByRole: used, ownRole: true, unnamed: 3 }, [
        holder('', used, { began: used - 20 }),
      ]);
    expect(judge(three(own(49)), seen(own(20)))).toMatchObject({ outcome: 'fail', introduced: true });
  });

  const refused = (noSlot: number, aborted: number, used = 20): Seen =>
    at({ used }, [holder('', used)], {
      pressure: { idleLong: 0, idleOldest: null, sessions: 0, refused: { noSlot, aborted } },
    });

  it('fails for logins that found no slot although each look found some', () => {
    const looks = seen(refused(5, 9), refused(7, 20), refused(7, 20), refused(8, 21));
    expect(judge(looks)).toMatchObject({
      outcome: 'fail',
      asks: 'block',
      reason: 'refused_logins',
      value: 3,
      limit: 0,
      because:
        '3 logins found no slot between the looks (Connection_errors_max_connections), 12 failed in all (Aborted_connects)',
    });
  });

  it.each([
    ['failed for other reasons', [refused(5, 9), refused(5, 90), refused(5, 90), refused(5, 91)]],
    ['counters that began anew', [refused(5, 9), refused(0, 0), refused(1, 1), refused(2, 2)]],
  ])('passes with logins that %s', (_, looks) => {
    expect(judge(seen(...looks))).toMatchObject({ outcome: 'pass' });
  });

  it('adds the failed logins to what is full', () => {
    expect(judge(three(refused(5, 39, 98)), seen(refused(5, 9)))).toMatchObject({
      because: expect.stringMatching(/; 30 logins failed since the baseline \(Aborted_connects\)$/),
    });
  });
});

describe('the spec', () => {
  it.each([
    [
      { ...given, postgres: 'postgres://p:x@db/a' },
      'name exactly one: postgres or mysql (one server), or servers (name → URL, each judged by itself)',
    ],
    [
      { role: 'auth_svc' },
      'name exactly one: postgres or mysql (one server), or servers (name → URL, each judged by itself)',
    ],
    [
      { ...given, breakGlass: 'walsender' },
      'is for Postgres; MySQL and MariaDB keep a spare slot for an account with CONNECTION ADMIN',
    ],
  ])('%#', (input, message) => {
    expect(schema.safeParse(input).error?.issues[0]?.message).toBe(message);
  });

  it('knows the sort of each of several servers by its URL', () => {
    const servers = { one: 'postgres://a@b/c', two: 'mysql://a@b/c', three: 'MariaDB://a@b' };
    expect(serversOf(schema.parse({ servers, role: 'r' })).map(({ product }) => product)).toEqual([
      'postgres',
      'mysql',
      'mysql',
    ]);
  });
});

describe('a look', () => {
  const denied = new MysqlFailure('ER_TABLEACCESS_DENIED_ERROR', { errno: 1142, sqlState: '42000' }, 'denied');
  const limits = {
    pid: 7,
    version: '8.4.3',
    db_now: '5000.5',
    max_connections: 100,
    role_limit: 0,
    own_limit: 0,
    standby: 0,
  };

  /** Answers the four statements; `greeted` is the id of the greeting. */
  const serverOf = (greeted: number, asked: string[] = []): Mysql => ({
    connect: async (): Promise<MysqlSession> => ({
      pid: greeted,
      alive: () => true,
      close: async () => undefined,
      query: async (sql) => {
        asked.push(sql);
        if (sql.includes('CONNECTION_ID()')) return [limits];
        if (sql.includes('SHOW GLOBAL STATUS')) return [{ Variable_name: 'Uptime', Value: '10' }];
        if (/mysql\.user|INNODB_TRX|session_connect_attrs/.test(sql)) throw denied;
        return [];
      },
    }),
  });

  it('does not ask again for what may not be read', async () => {
    const asked: string[] = [];
    const session = await dbConnections.open(spec, worldOf({ mysql: serverOf(7, asked) }));
    await session.sample(tick());
    const first = asked.length;
    expect(await session.sample(tick())).toMatchObject([
      { seen: { product: 'mysql', slots: { used: 0, roleSuper: null } } },
    ]);
    expect([first, asked.length - first]).toEqual([7, 3]);
    await session.close();
  });

  it('knows a pooler by the connection id that it made up', async () => {
    const session = await dbConnections.open(spec, worldOf({ mysql: serverOf(99) }));
    expect(await session.sample(tick())).toMatchObject([{ missed: { by: 'ours', reason: 'is_a_pooler' } }]);
    await session.close();
  });

  it('takes a URL with a stray % for what it is', async () => {
    const mysql = { connect: async () => Promise.reject(new MysqlFailure('INVALID_URL', undefined, 'no')) };
    const session = await dbConnections.open({ ...spec, mysql: 'mysql://a%zz:b@db' }, worldOf({ mysql }));
    expect(await session.sample(tick())).toMatchObject([{ missed: { by: 'ours', reason: 'probe_refused' } }]);
    await session.close();
  });
});
