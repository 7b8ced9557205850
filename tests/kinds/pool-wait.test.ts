// pool-wait without a server: rows of PgBouncer by version, metrics of a pool, and the sentence of every verdict.
import { describe, expect, it } from 'vitest';
import { type Console, consoleOf, type Unknown } from '../../src/kinds/pool-wait/console.ts';
import { poolWait } from '../../src/kinds/pool-wait/index.ts';
import type { Seen } from '../../src/kinds/pool-wait/seen.ts';
import { spec as schema } from '../../src/kinds/pool-wait/spec.ts';
import {
  type JudgePlan,
  type Look,
  type Postgres,
  PostgresFailure,
  type PostgresSession,
  type Reading,
  type Source,
} from '../../src/kit/index.ts';
import { realClock } from '../helpers/fake-io.ts';
import { historyOf, missed, samples, seen, start, tick, worldOf } from '../helpers/kinds.ts';
import { kindContract } from './contract.ts';

const query = { waitSeconds: 'wait_sum', acquires: 'wait_count', waiting: 'pending', inUse: 'used', max: 'size' };
const from = { source: 'scrape', settings: {}, query };
const spec = schema.parse({ from });
const bouncer = schema.parse({ pgbouncer: { urls: ['postgres://stats:pw@b1:6432/pgbouncer'], database: 'auth' } });

/** A look five seconds after the one before: mean wait in ms, acquires, and what else is known. */
const served = (mean: number, acquires: number, more: Partial<Seen> = {}): Seen => ({
  seconds: 5,
  waited: (mean * acquires) / 1000,
  acquires,
  waiting: 0,
  ...more,
});

const times = (count: number, one: Seen): Look<Seen>[] => seen(...Array.from({ length: count }, () => one));

const judge = (looks: Look<Seen>[], changes: Partial<JudgePlan> = {}, settings = spec) =>
  poolWait.judge(historyOf(samples(looks), [], changes), settings);

kindContract({
  kind: poolWait,
  spec: { from },
  unreachable: { pgbouncer: { urls: ['postgres://stats:pw@127.0.0.1:1/pgbouncer'], database: 'auth' } },
  good: Array.from({ length: 3 }, () => served(1, 100)),
  bad: Array.from({ length: 3 }, () => served(900, 100)),
});

describe('the spec', () => {
  it('has the defaults of the documents', () => {
    expect(spec).toMatchObject({ limits: { block: 50, rollback: 500, longest: 5000 }, minAcquires: 20 });
  });

  it.each([
    [
      'neither console nor source',
      {},
      'name exactly one: pgbouncer, probe, or a metric source such as scrape or prometheus',
    ],
    [
      'both',
      { from, pgbouncer: { urls: ['postgres://x'], database: 'a' } },
      'name exactly one: pgbouncer, probe, or a metric source such as scrape or prometheus',
    ],
    [
      'wait without acquires',
      { from: { ...from, query: { waitSeconds: 'a' } } },
      'a wait counter (waitSeconds …) and acquires belong together: name both or neither',
    ],
    [
      'nothing to look at',
      { from: { ...from, query: { inUse: 'a' } } },
      'name a preset, or a wait counter (waitSeconds …) and acquires, or waiting',
    ],
    [
      'limits the wrong way round',
      { from, limits: { block: '1s', rollback: '50ms' } },
      'block must not be above rollback',
    ],
  ])('refuses %s', (_, wrong, message) => {
    expect(schema.safeParse(wrong).error?.issues.map((issue) => issue.message)).toContain(message);
  });
});

describe('the verdict', () => {
  it.each([
    [
      'a healthy pool',
      times(3, served(0.4, 100)),
      'pass',
      'ok',
      undefined,
      'mean wait 0.4 ms over 300 acquires (limit 50 ms); 0 callers waiting',
    ],
    [
      'a slow one',
      times(3, served(80, 100, { waiting: 9, inUse: 2, max: 2 })),
      'fail',
      'slow',
      'block',
      'the pool is slow: mean wait 80 ms over 100 acquires (limit 50 ms); 9 callers waiting, 2 of 2 connections in use',
    ],
    [
      'a very slow one',
      times(3, served(800, 100, { waiting: 1 })),
      'fail',
      'slow',
      undefined,
      'the pool is slow: mean wait 800 ms over 100 acquires (limit 500 ms); 1 caller waiting',
    ],
    [
      'a stuck one',
      times(3, served(0, 0, { waiting: 37, inUse: 20, max: 20 })),
      'fail',
      'stuck',
      undefined,
      'the pool is stuck: nobody was served in 5 s; 37 callers waiting, 20 of 20 connections in use (a mean would read 0 ms)',
    ],
    [
      'a stuck one of PgBouncer before 1.23, which counts arrivals',
      times(3, { ...served(0, 3), waiting: 3, longest: 6.6, servers: 2, max: 2 }),
      'fail',
      'stuck',
      undefined,
      'the pool is stuck: nobody was served in 5 s, the oldest waits for 6.6 s; 3 callers waiting (a mean would read 0 ms)',
    ],
    [
      'one without servers',
      times(3, { ...served(0, 0), waiting: 1, longest: 0, servers: 0, max: 20 }),
      'fail',
      'no_servers',
      'block',
      '1 caller waiting, and the pool has no server connection at all',
    ],
    [
      'one that cannot grow',
      times(3, { ...served(10, 40), waiting: 9, servers: 11, max: 20 }),
      'fail',
      'cannot_grow',
      'block',
      'the pool cannot grow: 11 of 20 server connections, 9 callers waiting',
    ],
    [
      'a paused one',
      times(3, { ...served(0, 0), waiting: 4, servers: 0, max: 20, paused: true }),
      'fail',
      'paused',
      'block',
      'the pool is paused or disabled in PgBouncer; 4 callers waiting',
    ],
    [
      'one with an old waiter',
      times(3, { ...served(1, 40), waiting: 1, longest: 5.5, servers: 20, max: 20 }),
      'fail',
      'waits_too_long',
      undefined,
      'the oldest caller waits for 5.5 s (limit 5 s); 1 caller waiting',
    ],
    [
      'one that callers leave',
      times(3, served(1, 40, { timeouts: 2 })),
      'fail',
      'gave_up',
      'block',
      '2 callers gave up waiting for a connection in 5 s; 0 callers waiting',
    ],
    [
      'a queue of which only the length is known',
      times(3, { seconds: 5, waiting: 4 }),
      'fail',
      'queueing',
      'block',
      'callers queue; 4 callers waiting; how long they wait is not measured',
    ],
    [
      'a quiet pool',
      times(3, served(0.2, 1)),
      'pass',
      'ok',
      undefined,
      'mean wait 0.2 ms over 3 acquires, which is few (limit 50 ms); 0 callers waiting',
    ],
    ['an idle pool', times(3, served(0, 0)), 'pass', 'ok', undefined, 'no acquires in 15 s; 0 callers waiting'],
    [
      'few acquires and somebody waiting',
      times(3, served(2, 1, { waiting: 1 })),
      'inconclusive',
      'too_few',
      undefined,
      '3 acquires in 15 s are too few for a mean (20 are needed); 1 caller waiting',
    ],
    [
      'no metric at all',
      seen({ nothing: 'wait_sum, wait_count' }),
      'inconclusive',
      'no_data',
      undefined,
      'none of these exists in the source: wait_sum, wait_count',
    ],
    ['nothing yet', [], 'inconclusive', 'no_samples', undefined, 'nothing has been looked at yet'],
    [
      'only our own misses',
      [missed('ours', 'console_refused')],
      'inconclusive',
      'no_samples',
      undefined,
      'nothing has been looked at yet',
    ],
    [
      'a console that went away',
      Array(3).fill(missed('target', 'pool_unreachable', 'PgBouncer is gone')),
      'fail',
      'pool_unreachable',
      undefined,
      'PgBouncer is gone',
    ],
  ] as [string, Look<Seen>[], string, string, string | undefined, string][])(
    'on %s',
    (_, looks, outcome, reason, asks, because) => {
      const verdict = judge(looks);
      expect(verdict).toMatchObject({ outcome, reason, because });
      expect(verdict.asks).toBe(asks);
      expect(Object.keys(poolWait.reasons)).toContain(reason);
    },
  );

  it('says where to look when PgBouncer did not answer: not at the size of the pool', () => {
    const next = (reason: string) => judge(Array(3).fill(missed('target', reason))).next;
    expect(next('pool_unreachable')).toBe('look whether PgBouncer runs, then at its log and the network between');
    expect(next('process_missing')).toBe('look which PgBouncer process of the host does not run, then at its log');
  });

  it('cannot tell from one look at callers who wait', () => {
    expect(judge(seen({ waiting: 3, inUse: 2, max: 2 }), { failAfter: 1 })).toMatchObject({
      outcome: 'inconclusive',
      reason: 'too_few',
    });
  });

  it('needs failAfter bad looks in a row', () => {
    expect(judge(seen(served(1, 100), served(800, 100), served(800, 100)))).toMatchObject({
      outcome: 'pass',
      reason: 'wobble',
      settled: false,
    });
    expect(judge([...times(2, served(800, 100)), ...times(3, served(1, 100))])).toMatchObject({
      outcome: 'pass',
      reason: 'ok',
      settled: true,
    });
  });

  it('is not lifted to a rollback by one grave look', () => {
    expect(judge(seen(served(80, 100), served(80, 100), served(800, 100))).asks).toBe('block');
    expect(judge(seen(served(800, 100), served(80, 100), served(80, 100)))).toMatchObject({
      asks: 'block',
      value: 80,
      limit: 50,
    });
  });

  it('counts few acquires per look when all looks together have enough', () => {
    const verdict = judge(times(12, served(1000, 2)));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'slow', value: 1000, limit: 500 });
    expect(verdict.because).toBe('the pool is slow: mean wait 1 s over 24 acquires (limit 500 ms); 0 callers waiting');
  });

  it('is not content with a quiet pool whose few callers wait too long, until the last ones do not', () => {
    const few = judge(times(9, served(1000, 2)));
    expect(few).toMatchObject({ outcome: 'inconclusive', settled: false, reason: 'too_few', value: 1000, limit: 50 });
    expect(few.because).toBe(
      'mean wait 1 s over 18 acquires is above the limit of 50 ms, but too few callers show whether that lasts (20 in 3 looks are needed); 0 callers waiting',
    );
    expect(judge([...times(12, served(1000, 2)), ...times(1, served(1, 2))])).toMatchObject({
      outcome: 'inconclusive',
      reason: 'too_few',
    });
    expect(judge([...times(12, served(1000, 2)), ...times(3, served(1, 2))])).toMatchObject({
      outcome: 'pass',
      settled: true,
    });
    expect(judge([...times(1, served(60, 1)), ...times(5, served(1, 2)), ...times(5, served(0, 0))]).outcome).toBe(
      'pass',
    );
  });

  it('names the instance that is worse', () => {
    const group = (name: string, one: Seen): Look<Seen>[] => times(3, one).map((look) => ({ ...look, group: name }));
    const verdict = judge([...group('a', served(1, 100)), ...group('b', served(900, 100))]);
    expect(verdict.because).toBe(
      'b: the pool is slow: mean wait 900 ms over 100 acquires (limit 500 ms); 0 callers waiting',
    );
  });

  it('does not judge the warm-up', () => {
    const history = historyOf(samples(times(5, served(900, 100)), 'warmup'));
    expect(poolWait.judge(history, spec)).toMatchObject({ outcome: 'inconclusive', reason: 'no_samples' });
  });
});

describe('the console of PgBouncer', () => {
  // Columns as SHOW printed them; counts of int4 come as numbers, numeric as texts.
  const pool = (more: object = {}) => ({
    database: 'auth',
    user: 'auth_svc',
    cl_active: 3,
    cl_waiting: 2,
    sv_active: 2,
    sv_idle: 0,
    sv_used: 0,
    sv_tested: 0,
    sv_login: 0,
    maxwait: 1,
    maxwait_us: 250_000,
    pool_mode: 'transaction',
    ...more,
  });
  const own = { ...pool(), database: 'pgbouncer', user: 'pgbouncer', cl_waiting: 99, pool_mode: 'statement' };
  const stats = {
    database: 'auth',
    total_xact_count: '50',
    total_query_count: '200',
    total_wait_time: '9340000',
    avg_wait_time: '2141464',
  };
  const newStats = { ...stats, total_server_assignment_count: '49' };
  const database = { name: 'auth', database: 'auth', pool_size: 2, paused: 0, disabled: 0 };
  const rows = { pools: [pool(), own], stats: [stats], databases: [database] };

  it('is read by column names', () => {
    expect(consoleOf(rows, { database: 'auth' })).toEqual({
      waiting: 2,
      longest: 1.25,
      servers: 2,
      inUse: 2,
      poolSize: 2,
      capped: false,
      paused: false,
      untold: true,
      waitMicros: 9_340_000,
      acquires: 50,
    });
  });

  it.each([
    ['1.23 and later: assignments', [pool()], [newStats], 49],
    ['1.23 and later in session mode', [pool({ pool_mode: 'session' })], [newStats], 49],
    ['before, transaction mode', [pool()], [stats], 50],
    ['before, statement mode', [pool({ pool_mode: 'statement' })], [stats], 200],
    ['before, session mode: not known', [pool({ pool_mode: 'session' })], [stats], undefined],
    ['before, mixed modes: not known', [pool(), pool({ user: 'b', pool_mode: 'session' })], [stats], undefined],
  ])('counts acquires of %s', (_, pools, allStats, acquires) => {
    const read = consoleOf({ pools, stats: allStats, databases: [database] }, { database: 'auth' });
    expect((read as Console).acquires).toBe(acquires);
  });

  it('has handed out nothing before a first client, whatever the version and mode', () => {
    expect(consoleOf({ ...rows, pools: [own], stats: [] }, { database: 'auth' })).toMatchObject({
      acquires: 0,
      waitMicros: 0,
    });
  });

  it('adds the pools of all users, or takes one', () => {
    const pools = [pool(), pool({ user: 'reports', cl_waiting: 5, maxwait: 9, maxwait_us: 0 })];
    expect(consoleOf({ ...rows, pools }, { database: 'auth' })).toMatchObject({ waiting: 7, longest: 9, poolSize: 4 });
    expect(consoleOf({ ...rows, pools }, { database: 'auth', user: 'auth_svc' })).toMatchObject({
      waiting: 2,
      longest: 1.25,
    });
  });

  it('sees a paused and a disabled database', () => {
    expect(consoleOf({ ...rows, databases: [{ ...database, paused: 1 }] }, { database: 'auth' })).toMatchObject({
      paused: true,
    });
    expect(consoleOf({ ...rows, databases: [{ ...database, disabled: 1 }] }, { database: 'auth' })).toMatchObject({
      paused: true,
    });
  });

  it('names what it knows when the database is not there', () => {
    expect(consoleOf({ ...rows, pools: [own] }, { database: 'aut' })).toEqual({ unknown: ['auth'] } satisfies Unknown);
  });

  const session = (answers: object, state = { alive: true }): PostgresSession => ({
    pid: 1,
    query: async (sql) => {
      const answer = (answers as Record<string, Record<string, unknown>[]>)[sql];
      if (!answer) throw new PostgresFailure('08P01', undefined, `invalid command '${sql}'`);
      return answer;
    },
    alive: () => state.alive,
    close: async () => void (state.alive = false),
  });

  const answersOf = (wait: string, count: string, more: object = {}) => ({
    'SHOW POOLS': [pool({ cl_waiting: 0, maxwait: 0, maxwait_us: 0, ...more })],
    'SHOW STATS': [{ ...newStats, total_wait_time: wait, total_server_assignment_count: count }],
    'SHOW DATABASES': [database],
    'SHOW CONFIG': [{ key: 'so_reuseport', value: '0' }],
  });

  const sampled = async (postgres: Postgres, looks: number, settings = bouncer): Promise<Look<Seen>[]> => {
    const opened = await poolWait.open(settings, worldOf({ postgres, clock: realClock }));
    const all: Look<Seen>[] = [];
    for (let n = 0; n < looks; n += 1) all.push(...(await opened.sample(tick())));
    await opened.close();
    await opened.close();
    return all;
  };

  it('keeps one console and compares its counters', async () => {
    const answers = answersOf('1000000', '10');
    let connects = 0;
    const postgres: Postgres = {
      literal: String,
      connect: async (_, options) => {
        expect(options.statementTimeout).toBe(0);
        connects += 1;
        return session(answers);
      },
    };
    const opened = await poolWait.open(bouncer, worldOf({ postgres, clock: realClock }));
    const [first] = await opened.sample(tick());
    expect(first).toEqual({ seen: { waiting: 0, longest: 0, servers: 2, inUse: 2, max: 2 } });
    Object.assign(answers, answersOf('3500000', '35'));
    const [second] = await opened.sample(tick());
    expect(second).toMatchObject({ seen: { waited: 2.5, acquires: 25 } });
    Object.assign(answers, answersOf('10', '1'));
    const [third] = await opened.sample(tick());
    expect(third).toEqual({ seen: { waiting: 0, longest: 0, servers: 2, inUse: 2, max: 2 } });
    expect(connects).toBe(1);
    await opened.close();
  });

  it('opens a lost console again and begins anew', async () => {
    const state = { alive: true };
    let connects = 0;
    const postgres: Postgres = {
      literal: String,
      connect: async () => {
        connects += 1;
        return session(answersOf(String(connects * 1_000_000), '1'), connects === 1 ? state : { alive: true });
      },
    };
    const opened = await poolWait.open(bouncer, worldOf({ postgres, clock: realClock }));
    await opened.sample(tick());
    state.alive = false;
    expect(await opened.sample(tick())).toEqual([{ seen: { waiting: 0, longest: 0, servers: 2, inUse: 2, max: 2 } }]);
    expect(connects).toBe(2);
    await opened.close();
  });

  it('groups several processes by host', async () => {
    const urls = ['postgres://s:p@b1:6432/pgbouncer', 'postgres://s:p@b2:6432/pgbouncer'];
    const both = schema.parse({ pgbouncer: { urls, database: 'auth' } });
    const postgres: Postgres = { literal: String, connect: async () => session(answersOf('1', '1')) };
    expect((await sampled(postgres, 1, both)).map(({ group }) => group)).toEqual(['b1:6432', 'b2:6432']);
  });

  it.each([
    ['ECONNREFUSED', 'target', 'pool_unreachable', 'PgBouncer cannot be reached (no)'],
    ['TIMEOUT', 'target', 'pool_unreachable', 'PgBouncer cannot be reached (no)'],
    [
      '08P01',
      'ours',
      'console_refused',
      'the console of PgBouncer refused the probe (08P01: no); check its URL (database pgbouncer, a user in stats_users)',
    ],
    [
      '28P01',
      'ours',
      'console_refused',
      'the console of PgBouncer refused the probe (28P01: no); check its URL (database pgbouncer, a user in stats_users)',
    ],
  ])('%s is missed by %s', async (code, by, reason, because) => {
    const postgres: Postgres = {
      literal: String,
      connect: async () => {
        throw new PostgresFailure(code, undefined, 'no');
      },
    };
    expect(await sampled(postgres, 1)).toEqual([{ missed: { by, reason, because } }]);
  });

  it('a database that it does not know is our mistake', async () => {
    const wrong = schema.parse({ pgbouncer: { urls: ['postgres://s:p@b1/pgbouncer'], database: 'aut' } });
    const postgres: Postgres = { literal: String, connect: async () => session(answersOf('1', '1')) };
    expect(await sampled(postgres, 1, wrong)).toMatchObject([
      {
        missed: { by: 'ours', reason: 'unknown_database', because: 'PgBouncer knows no database "aut"; it knows auth' },
      },
    ]);
  });
});

describe('the metrics of a pool', () => {
  const reading = (at: number, values: Record<string, number>): Reading => ({
    at,
    series: Object.entries(values).map(([instance, value]) => ({ labels: {}, value, instance })),
    instances: Object.keys(values).map((id) => ({ id })),
  });
  /** wait_sum, wait_count, pending, used, size of each process. */
  const page = (at: number, processes: Record<string, [number, number, number, number, number]>): Reading[] =>
    [0, 1, 2, 3, 4].map((index) =>
      reading(at, Object.fromEntries(Object.entries(processes).map(([name, values]) => [name, values[index] ?? 0]))),
    );
  const sourceOf = (pages: Reading[][]): Source => ({
    resolution: 1000,
    read: async (selectors) => {
      expect(selectors).toEqual(['wait_sum', 'wait_count', 'pending', 'used', 'size']);
      return pages.shift() ?? [];
    },
    close: async () => undefined,
  });
  const sampled = async (...pages: Reading[][]): Promise<Look<Seen>[]> => {
    const session = await poolWait.open(spec, worldOf({}, sourceOf([...pages])));
    const all: Look<Seen>[] = [];
    for (const _ of pages) all.push(...(await session.sample(tick())));
    return all;
  };

  it('gauges at once, counters from the second look on', async () => {
    expect(await sampled(page(0, { a: [1, 10, 3, 2, 5] }), page(5000, { a: [2.5, 40, 0, 1, 5] }))).toEqual([
      { seen: { waiting: 3, inUse: 2, max: 5 } },
      { seen: { seconds: 5, waited: 1.5, acquires: 30, waiting: 0, inUse: 1, max: 5 } },
    ]);
  });

  it('one group per process where there are several', async () => {
    const looks = await sampled(
      page(0, { a: [1, 10, 0, 0, 5], b: [1, 10, 0, 0, 5] }),
      page(5000, { a: [1, 20, 0, 0, 5], b: [9, 20, 4, 5, 5] }),
    );
    expect(looks.slice(2)).toEqual([
      { group: 'a', seen: { seconds: 5, waited: 0, acquires: 10, waiting: 0, inUse: 0, max: 5 } },
      { group: 'b', seen: { seconds: 5, waited: 8, acquires: 10, waiting: 4, inUse: 5, max: 5 } },
    ]);
  });

  it('a process that began again counts from 0', async () => {
    const looks = await sampled(page(0, { a: [100, 1000, 0, 0, 5] }), page(5000, { a: [0.5, 10, 0, 0, 5] }));
    expect(looks[1]).toMatchObject({ seen: { waited: 0.5, acquires: 10 } });
  });

  it('a counter that appears later counts from 0, an absent one is not 0', async () => {
    const empty: Reading = { at: 0, series: [], instances: [] };
    const [, , pending, used, size] = page(0, { a: [0, 0, 0, 0, 5] });
    const before = [empty, empty, pending, used, size].map((one) => one ?? empty);
    const looks = await sampled(before, page(5000, { a: [0.5, 10, 0, 1, 5] }));
    expect(looks).toEqual([
      { seen: { waiting: 0, inUse: 0, max: 5 } },
      { seen: { seconds: 5, waited: 0.5, acquires: 10, waiting: 0, inUse: 1, max: 5 } },
    ]);
  });

  it('the counts of a process that was not read before are not those of this look', async () => {
    const looks = await sampled(
      page(0, { a: [1, 10, 0, 0, 5] }),
      page(5000, { a: [1, 20, 0, 0, 5], b: [900, 9000, 0, 0, 5] }),
    );
    expect(looks[2]).toMatchObject({ group: 'b', seen: { waited: 0, acquires: 0 } });
  });

  it('no metric at all is said, not counted', async () => {
    const empty: Reading = { at: 0, series: [], instances: [] };
    expect(await sampled([empty, empty, empty, empty, empty])).toEqual([
      { seen: { nothing: 'wait_sum, wait_count, pending, used, size' } },
    ]);
  });
});

describe('the charts', () => {
  it('show the mean wait and the waiting callers', () => {
    const history = historyOf(samples(seen(served(10, 100, { waiting: 2 }))));
    expect(poolWait.charts?.(history, spec)).toEqual([
      {
        title: 'wait for a connection',
        unit: 'ms',
        limit: 50,
        series: [{ name: 'wait', points: [{ at: start, value: 10 }] }],
      },
      { title: 'callers waiting', unit: 'callers', series: [{ name: 'waiting', points: [{ at: start, value: 2 }] }] },
    ]);
    expect(poolWait.charts?.(historyOf<Seen>([]), spec)).toEqual([]);
  });
});
