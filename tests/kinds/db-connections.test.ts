// db-connections without a server: refusals, limits, who owns the growth, and the sentences of every verdict.
import { describe, expect, it } from 'vitest';
import type { Refusal, Scope, Slots } from '../../src/kinds/database/slots.ts';
import { dbConnections } from '../../src/kinds/db-connections/index.ts';
import type { Seen } from '../../src/kinds/db-connections/seen.ts';
import { spec as schema } from '../../src/kinds/db-connections/spec.ts';
import { openDoor } from '../../src/kinds/postgres/door.ts';
import { refusalOf } from '../../src/kinds/postgres/refusal.ts';
import { type Look, type Phase, type Postgres, PostgresFailure, type PostgresSession } from '../../src/kit/index.ts';
import { clock, holder, look } from '../helpers/db-connections.ts';
import { historyOf, missed, samples, seen, start, tick, worldOf } from '../helpers/kinds.ts';
import { kindContract } from './contract.ts';

const given = { postgres: 'postgres://probe:x@db/auth', role: 'auth_svc' };
const spec = schema.parse(given);

const refused = (scope: Scope, routine: string) => ({ attempt: { refused: { code: '53300', routine, scope } } });

const three = (one: Seen): Look<Seen>[] => seen(one, one, one);

const before = look({ used: 36, usedByRole: 36 }, [holder('auth@77ab0', 13), holder('auth@9f2c1', 23)]);

const judge = (looks: Look<Seen>[], baseline: Look<Seen>[] = [], phase: Phase = 'hold', settings = spec) =>
  dbConnections.judge(historyOf(samples(looks, phase), baseline), settings);

kindContract({
  kind: dbConnections,
  spec: given,
  unreachable: { ...given, postgres: 'postgres://probe:x@127.0.0.1:1/auth' },
  good: [look({ used: 20 }), look({ used: 21 }), look({ used: 20 })],
  bad: [look({ used: 93 }), look({ used: 94 }), look({ used: 96 })],
});

describe('a refusal', () => {
  const same = { sameRole: true, sameDatabase: true };
  const other = { sameRole: false, sameDatabase: false };
  const of = (code: string, routine?: string, asker = same): Refusal =>
    refusalOf(new PostgresFailure(code, routine, 'das Limit ist erreicht'), asker);

  it.each([
    ['InitPostgres', 'slots'],
    ['InitProcess', 'all_slots'],
    ['ProcessStartupPacket', 'processes'],
    ['BackendInitialize', 'processes'],
    ['InitializeSessionUserId', 'role'],
    ['CheckMyDatabase', 'database'],
    [undefined, 'slots'],
  ])('53300 of %s is about %s, in whatever language', (routine, scope) => {
    expect(of('53300', routine)).toEqual({ refused: { code: '53300', routine: routine ?? '', scope } });
  });

  it.each([
    ['InitializeSessionUserId', "the limit of the probe's own role is reached (53300: das Limit ist erreicht)"],
    ['CheckMyDatabase', "the limit of the probe's own database is reached (53300: das Limit ist erreicht)"],
  ])('53300 of %s for another role or database is our own trouble', (routine, because) => {
    expect(of('53300', routine, other)).toEqual({ missed: { by: 'ours', reason: 'probe_limit', because } });
  });

  it('53300 of the server is the measurement for whoever asks', () => {
    expect(of('53300', 'InitPostgres', other)).toHaveProperty('refused');
  });

  it.each([
    ['57P03', 'target', 'not_ready'],
    ['57P01', 'target', 'not_ready'],
    ['ECONNREFUSED', 'target', 'target_unreachable'],
    ['ECONNRESET', 'target', 'target_unreachable'],
    ['TIMEOUT', 'target', 'target_timeout'],
    ['57014', 'target', 'target_timeout'],
    ['53200', 'target', 'target_error'],
    ['XX000', 'target', 'target_error'],
    ['28P01', 'ours', 'probe_refused'],
    ['28000', 'ours', 'probe_refused'],
    ['3D000', 'ours', 'probe_refused'],
    ['42501', 'ours', 'probe_refused'],
    ['55000', 'ours', 'probe_refused'],
    ['INVALID_URL', 'ours', 'probe_refused'],
    ['ENOTFOUND', 'ours', 'probe_refused'],
    ['08P01', 'ours', 'is_a_pooler'],
    ['0A000', 'instrument', 'unknown_refusal'],
  ])('%s is missed by %s as %s, which the kind explains', (code, by, reason) => {
    expect(of(code)).toMatchObject({ missed: { by, reason } });
    expect(Object.keys(dbConnections.reasons)).toContain(reason);
  });

  it.each([
    ['28P01', 'cannot log in', 'check the password in its URL, and whether it has expired (rolvaliduntil in pg_roles)'],
    ['3D000', 'cannot log in', 'check its URL'],
    ['ENOTFOUND', 'does not find the server', 'check the name in its URL'],
  ])('%s says that the probe %s, and where to look', (code, what, hint) => {
    expect(of(code)).toMatchObject({
      missed: {
        because: expect.stringMatching(new RegExp(`^the probe ${what} \\(${code}: .*\\); `)) as string,
      },
    });
    expect(of(code)).toMatchObject({
      missed: { because: expect.stringContaining(`; ${hint}, this says nothing about the release`) as string },
    });
  });
});

describe('the verdict', () => {
  it.each([
    ['far below', { used: 21 }, 'pass', 'ok', undefined, 21, 92, '21 of 97 usable slots in use (limit 95 %)'],
    [
      'one below the block limit',
      { used: 76 },
      'pass',
      'ok',
      undefined,
      76,
      92,
      '76 of 97 usable slots in use (limit 95 %)',
    ],
    [
      'at the block limit',
      { used: 77 },
      'fail',
      'over_block_limit',
      'block',
      77,
      77,
      '77 of 97 usable slots in use (limit 80 %)',
    ],
    [
      'at the rollback limit',
      { used: 92 },
      'fail',
      'over_rollback_limit',
      undefined,
      92,
      92,
      '92 of 97 usable slots in use (limit 95 %)',
    ],
    [
      'with the last one ours',
      { used: 96 },
      'fail',
      'slots_exhausted',
      undefined,
      97,
      92,
      '97 of 97 usable slots in use (limit 95 %), 1 of them by this check',
    ],
    [
      'with reserved ones',
      { used: 90, reserved: 5 },
      'fail',
      'over_rollback_limit',
      undefined,
      90,
      87,
      '90 of 92 usable slots in use (limit 95 %)',
    ],
    [
      'of a superuser',
      { used: 94, roleSuper: true, roleLimit: 5, usedByRole: 5 },
      'fail',
      'over_block_limit',
      'block',
      94,
      80,
      '94 of 100 usable slots in use (limit 80 %)',
    ],
    [
      'of a role',
      { used: 60, roleLimit: 50, usedByRole: 48 },
      'fail',
      'over_rollback_limit',
      undefined,
      48,
      47,
      '48 of the 50 connections that role auth_svc may have in use (limit 95 %)',
    ],
    [
      'of a database',
      { used: 60, databaseLimit: 62, usedInDatabase: 60 },
      'fail',
      'over_rollback_limit',
      undefined,
      60,
      58,
      '60 of the 62 connections that the database may have in use (limit 95 %)',
    ],
    [
      'of a dropped database',
      { used: 20, databaseLimit: -2 },
      'pass',
      'ok',
      undefined,
      20,
      92,
      '20 of 97 usable slots in use (limit 95 %)',
    ],
  ] as const)('%s', (_, changes, outcome, reason, asks, value, limit, because) => {
    const verdict = judge(three(look(changes)));
    expect(verdict).toMatchObject({ outcome, settled: true, reason, value, limit, unit: 'connections', because });
    expect(verdict.asks).toBe(asks);
    expect(Object.keys(dbConnections.reasons)).toContain(reason);
  });

  it('blocks when fewer than keepFree are free, although no share is reached', () => {
    const small = schema.parse({ ...given, limits: { block: '90%', rollback: '99%', keepFree: 20 } });
    const verdict = judge(three(look({ used: 78 })), [], 'hold', small);
    expect(verdict).toMatchObject({ reason: 'few_free', asks: 'block', value: 78, limit: 77 });
    expect(verdict.because).toBe('78 of 97 usable slots in use (at least 20 must stay free)');
  });

  it('takes limits as counts and slots that the provider keeps', () => {
    const counted = schema.parse({ ...given, extraReserved: 7, limits: { block: 30, rollback: 60, keepFree: 0 } });
    expect(judge(three(look({ used: 30 })), [], 'hold', counted).because).toBe(
      '30 of 90 usable slots in use (limit 30)',
    );
  });

  it('judges the server when it is worse off than the role, although the role has fewer free', () => {
    const verdict = judge(three(look({ used: 960, usedByRole: 30, roleLimit: 50, maxConnections: 1003 })));
    expect(verdict).toMatchObject({ reason: 'over_rollback_limit', value: 960 });
  });

  it('names the holders with their growth, and that it is not the network', () => {
    const holders = [holder('auth@9f2c1', 84, { began: 61 }), holder('auth@77ab0', 12)];
    const where = { host: 'auth-db', ...refused('slots', 'InitPostgres') };
    const full = look({ used: 96, usedByRole: 96 }, holders, where);
    const verdict = judge(three(full), seen(before));
    expect(verdict).toMatchObject({ outcome: 'fail', introduced: true, value: 97, limit: 92 });
    expect(verdict.because).toBe(
      'ordinary slots exhausted on auth-db (53300 InitPostgres, 3 of 3 tries); 97 usable of 100 (3 superuser), 97 in use, 1 of them by this check; auth@9f2c1 holds 84 (+61 since 13:02:10 UTC), auth@77ab0 12 (-1); new logins fail now; this is not the network',
    );
    expect(verdict.next).toBe(
      "scale auth@9f2c1 down, or end its connections: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'auth@9f2c1'; rolling back first may need more slots while both releases run",
    );
  });

  it('names the role where there is no application name, quoted for SQL', () => {
    const verdict = judge(three(look({ used: 93 }, [holder('', 93, { role: "o'auth" })])));
    expect(verdict.because).toBe("93 of 97 usable slots in use (limit 95 %); role o'auth holds 93");
    expect(verdict.next).toContain("WHERE usename = 'o''auth'");
  });

  it('says so when the counts are old, and when there never were any', () => {
    const old = look({ used: 96 }, [holder('auth@9f2c1', 96)], { ...refused('all_slots', 'InitProcess'), stale: true });
    expect(judge(three(old)).because).toBe(
      "all slots exhausted including the superuser's (53300 InitProcess, 3 of 3 tries); 97 usable of 100 (3 superuser), 97 in use, 1 of them by this check; auth@9f2c1 holds 96; counted at an earlier look; new logins fail now; this is not the network",
    );
    const blind: Seen = { ...refused('processes', 'BackendInitialize'), holders: [] };
    expect(judge(three(blind))).toMatchObject({
      outcome: 'fail',
      reason: 'slots_exhausted',
      because:
        'server processes exhausted by sockets that never log in (53300 BackendInitialize, 3 of 3 tries); nobody could be counted, because no session was left to ask; new logins fail now; this is not the network',
    });
  });

  it.each([
    ['role', {}, 'limit of role auth_svc exhausted (53300 X, 3 of 3 tries)', 'new logins of role auth_svc fail now'],
    ['database', {}, 'limit of the database exhausted (53300 X, 3 of 3 tries)', 'new logins to the database fail now'],
    ['database', { database: 'auth' }, 'limit of database auth exhausted (53300 X', 'new logins to database auth fail'],
  ] as const)('names the limit of the %s that refuses, with %o', (scope, changes, first, last) => {
    const settings = schema.parse({ ...given, ...changes });
    const full = look({ roleLimit: 20, databaseLimit: 20 }, [], refused(scope, 'X'));
    const { because } = judge(three(full), [], 'hold', settings);
    expect(because).toContain(first);
    expect(because).toContain('20 of the 20 connections that');
    expect(because).toContain(last);
  });

  it('says what is kept from an ordinary role, and from nobody else', () => {
    const because = (changes: Partial<Slots>, settings = {}) =>
      judge(three(look(changes, [], refused('slots', 'X'))), [], 'hold', schema.parse({ ...given, ...settings }))
        .because;
    const kept = because({ used: 88, reserved: 5 }, { extraReserved: 4 });
    expect(kept).toContain("; 88 usable of 100 (3 superuser, 5 reserved, 4 the provider's), 88 in use");
    expect(because({ used: 100, superuserReserved: 0 })).toContain('; 100 usable, 100 in use');
    expect(because({ used: 100, roleSuper: true })).toContain('; 100 usable, 100 in use');
  });

  it('counts the tries that would confirm it', () => {
    const free = look({ used: 20 });
    const full = look({ used: 96 }, [], refused('slots', 'InitPostgres'));
    const { because } = judge(seen(full, free, full));
    expect(because).toContain('ordinary slots exhausted (53300 InitPostgres, 2 of 3 tries)');
    expect(judge(seen(full)).because).toContain('(53300 InitPostgres, 1 of 1 try)');
  });

  it('takes the sessions of another run for nobody’s growth, and ends none of them', () => {
    const other = holder('holdpoint', 60, { began: 60 });
    const full = look({ used: 96, usedByRole: 96 }, [holder('auth@77ab0', 36), other]);
    const verdict = judge(three(full), seen(look({ used: 36, usedByRole: 36 }, [holder('auth@77ab0', 36)])));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'slots_exhausted' });
    expect(verdict.introduced).toBeUndefined();
    expect(verdict.next).toMatch(/^scale auth@77ab0 down/);
  });

  it.each([
    ['target_unreachable', 'look whether the server runs, then at the network between'],
    ['target_timeout', 'look at the load of the server, then at its log'],
  ])('says of %s where to look first, which is not at the slots', (reason, next) => {
    const gone = missed('target', reason);
    expect(judge([gone, gone, gone])).toMatchObject({ outcome: 'fail', reason, next });
  });

  it('says what hidden rows may change', () => {
    expect(judge(three(look({ used: 1, hidden: 20, usedByRole: 0 }))).because).toBe(
      "21 of 97 usable slots in use (limit 95 %) (at most: 20 of them are hidden from the probe's role)",
    );
    expect(judge(three(look({ used: 1, hidden: 80 })))).toMatchObject({
      outcome: 'inconclusive',
      reason: 'needs_pg_monitor',
      because: "at most 81 of 97 usable slots in use (limit 80 %), but 80 of them are hidden from the probe's role",
    });
  });
});

describe('confirmation', () => {
  const good = look({ used: 20 });
  const blocked = look({ used: 80 });
  const bad = look({ used: 93 });
  const full = look({ used: 96 });

  it.each([
    ['nothing', [], 'inconclusive', 'no_samples'],
    [
      'only our own misses',
      [missed('ours', 'probe_refused'), missed('ours', 'probe_refused')],
      'inconclusive',
      'no_samples',
    ],
    ['too few', seen(good), 'pass', 'ok'],
    ['one bad', seen(good, bad), 'pass', 'wobble'],
    ['three bad', seen(good, bad, bad, bad), 'fail', 'over_rollback_limit'],
    ['three refusals to connect', Array(3).fill(missed('target', 'target_unreachable')), 'fail', 'target_unreachable'],
  ] as [string, Look<Seen>[], string, string][])('%s', (_, looks, outcome, reason) => {
    expect(judge(looks)).toMatchObject({ outcome, reason });
  });

  it('of a milder fault is not lifted by one severe look', () => {
    expect(judge(seen(blocked, blocked, bad)).asks).toBe('block');
    expect(judge(seen(blocked, bad, bad, bad)).asks).toBeUndefined();
    const verdict = judge(seen(bad, blocked, blocked, blocked));
    expect(verdict).toMatchObject({ outcome: 'fail', asks: 'block', reason: 'over_block_limit' });
  });

  it.each(['deploy', 'rollout', 'warmup'] as const)('in %s counts exhaustion, and nothing milder', (phase) => {
    expect(judge(three(full), [], phase)).toMatchObject({ outcome: 'fail', settled: true, reason: 'slots_exhausted' });
    expect(judge(three(bad), [], phase)).toMatchObject({ outcome: 'inconclusive', reason: 'no_samples' });
    expect(judge(seen(full, full, good), [], phase)).toMatchObject({ outcome: 'inconclusive', reason: 'no_samples' });
  });
});

describe('whose growth it is', () => {
  const now = (ours: number, others: number, changes: Partial<Seen> = {}): Look<Seen>[] =>
    three(
      look(
        { used: ours + others, usedByRole: ours },
        [holder('auth@new', ours, { began: ours }), holder('nightly', others, { role: 'batch' })],
        changes,
      ),
    );
  const then = (ours: number, others: number, changes: Partial<Slots> = {}): Look<Seen>[] =>
    seen(
      look({ used: ours + others, usedByRole: ours, ...changes }, [
        holder('auth@old', ours),
        holder('nightly', others, { role: 'batch' }),
      ]),
    );

  it.each([
    ['all of it ours', now(92, 1), then(20, 1), true],
    ['half of it ours', now(56, 37), then(20, 1), true],
    ['a third of it ours', now(44, 49), then(20, 1), false],
    ['a quarter of it ours', now(38, 55), then(20, 1), false],
    ['none of it ours', now(20, 73), then(20, 1), false],
    ['no growth', now(92, 1), then(92, 1), undefined],
    ['no baseline', now(92, 1), [], undefined],
    ['hidden rows before', now(92, 1), then(20, 1, { hidden: 4 }), undefined],
    ['another clock: growth alone counts', now(92, 1, { clock: clock + 60 }), then(20, 1), true],
  ])('%s', (_, looks, baseline, introduced) => {
    expect(judge(looks, baseline).introduced).toBe(introduced);
  });

  it('does not count connections that were there before', () => {
    const old = [holder('auth@old', 92, { began: 3 })];
    const looks = three(look({ used: 93, usedByRole: 92 }, [...old, holder('nightly', 1, { role: 'batch' })]));
    expect(judge(looks, then(20, 1)).introduced).toBe(false);
  });
});

describe('the shared session', () => {
  const session = (pid: number, log: string[]): PostgresSession => ({
    pid,
    query: async () => [],
    alive: () => !log.includes(`close ${pid}`),
    close: async () => void log.push(`close ${pid}`),
  });

  const server = (log: string[], full: () => boolean): Postgres => {
    let opened = 0;
    return {
      literal: (text) => `'${text}'`,
      connect: async () => {
        if (full()) throw new PostgresFailure('53300', 'InitPostgres', 'voll');
        opened += 1;
        log.push(`open ${opened}`);
        return session(opened, log);
      },
    };
  };

  const options = { connectTimeout: 1000, statementTimeout: 1000 };

  it('opens the next before it closes the older, and keeps the last when refused', async () => {
    const log: string[] = [];
    let full = false;
    const { value: door, close } = openDoor(
      server(log, () => full),
      'postgres://db',
    );
    const pids = async () =>
      door.visit(options, async (visit) => [visit.session?.pid, visit.ownPids, visit.failure?.code]);
    expect(await pids()).toEqual([1, [1], undefined]);
    expect(await pids()).toEqual([2, [2, 1], undefined]);
    full = true;
    expect(await pids()).toEqual([2, [2], '53300']);
    await close();
    expect(log).toEqual(['open 1', 'open 2', 'close 1', 'close 2']);
  });

  it('lets visitors in one after the other', async () => {
    const log: string[] = [];
    const { value: door } = openDoor(
      server(log, () => false),
      'postgres://db',
    );
    const visit = (name: string) =>
      door.visit(options, async () => {
        log.push(`${name} in`);
        await Promise.resolve();
        log.push(`${name} out`);
      });
    await Promise.all([visit('a'), visit('b')]);
    expect(log).toEqual(['open 1', 'a in', 'a out', 'open 2', 'close 1', 'b in', 'b out']);
  });

  it.each([7, -7])('is refused as a pooler when the process ids differ: %i', async (pid) => {
    const row = { pid: 99, version: 160000, db_now: 1, started_at: 1, max_connections: 10, superuser_reserved: 3 };
    const place = { standby: false, own_role: false, own_database: true };
    const rest = { reserved: 0, role_limit: -1, role_super: false, database_limit: -1, used: 1, used_by_role: 1 };
    const more = { used_in_database: 1, active: 0, idle: 1, idle_in_transaction: 0, starting: 0 };
    const hidden = { hidden: 0, hidden_by_role: 0, hidden_in_database: 0 };
    const answer = async () => [{ ...row, ...place, ...rest, ...more, ...hidden }];
    const postgres: Postgres = {
      literal: (text) => `'${text}'`,
      connect: async () => ({ ...session(pid, []), query: answer }),
    };
    const opened = await dbConnections.open(spec, worldOf({ postgres }));
    expect(await opened.sample(tick())).toMatchObject([{ missed: { by: 'ours', reason: 'is_a_pooler' } }]);
  });
});

describe('the chart', () => {
  const at = (step: number): number => start + step * 5000;

  it('stacks the holders in the order in which they came, with limit and baseline', () => {
    const later = look(
      { used: 93 },
      [holder('auth@9f2c1', 84), holder('auth@77ab0', 8)],
      refused('slots', 'InitPostgres'),
    );
    expect(dbConnections.charts?.(historyOf(samples(seen(later)), seen(before)), spec)).toEqual([
      {
        title: 'connections in use',
        unit: 'connections',
        limit: 92,
        baseline: 36,
        stacked: true,
        series: [
          {
            name: 'auth@9f2c1',
            points: [
              { at: at(0), value: 23 },
              { at: at(0), value: 84, bad: true },
            ],
          },
          {
            name: 'auth@77ab0',
            points: [
              { at: at(0), value: 13 },
              { at: at(0), value: 8, bad: true },
            ],
          },
          {
            name: 'others',
            points: [
              { at: at(0), value: 0 },
              { at: at(0), value: 1, bad: true },
            ],
          },
          {
            name: 'this check',
            points: [
              { at: at(0), value: 1 },
              { at: at(0), value: 1, bad: true },
            ],
          },
        ],
      },
    ]);
  });

  it('is one line where nobody is known by name', () => {
    const history = historyOf(samples(seen(look({ used: 21 }), look({ used: 30 }))));
    expect(dbConnections.charts?.(history, spec)).toEqual([
      {
        title: 'connections in use',
        unit: 'connections',
        limit: 92,
        series: [
          {
            name: 'server',
            points: [
              { at: at(0), value: 22 },
              { at: at(1), value: 31 },
            ],
          },
        ],
      },
    ]);
  });

  it('draws the holders together that are small', () => {
    const many = look(
      { used: 21 },
      [1, 2, 3, 4, 5, 6].map((size) => holder(`job ${size}`, size)),
    );
    const [chart] = dbConnections.charts?.(historyOf(samples(seen(many))), spec) ?? [];
    expect(chart?.series.map(({ name, points }) => [name, points[0]?.value])).toEqual([
      ['job 6', 6],
      ['job 5', 5],
      ['job 4', 4],
      ['job 3', 3],
      ['job 2', 2],
      ['others', 1],
      ['this check', 1],
    ]);
  });

  it('is empty without counts', () => {
    expect(dbConnections.charts?.(historyOf<Seen>([]), spec)).toEqual([]);
  });
});
