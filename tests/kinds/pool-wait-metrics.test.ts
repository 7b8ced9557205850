// Presets, units, histograms and probes of pool-wait, as tables.
import { describe, expect, it } from 'vitest';
import { atMost, shareWithin, waitsBetween, waitsOf } from '../../src/kinds/pool-wait/histogram.ts';
import { poolWait } from '../../src/kinds/pool-wait/index.ts';
import { askedOf } from '../../src/kinds/pool-wait/mapping.ts';
import { type PresetName, presets } from '../../src/kinds/pool-wait/presets.ts';
import { acquireRefused } from '../../src/kinds/pool-wait/refusal.ts';
import type { Seen } from '../../src/kinds/pool-wait/seen.ts';
import { spec as schema } from '../../src/kinds/pool-wait/spec.ts';
import {
  isPointer,
  type Look,
  parseSelector,
  PostgresFailure,
  type Reading,
  type Source,
} from '../../src/kit/index.ts';
import { historyOf, samples, seen, tick, worldOf } from '../helpers/kinds.ts';

const specOf = (query: object, more: object = {}) =>
  schema.parse({ from: { source: 'scrape', settings: {}, query }, ...more });

const messages = (query: object, more: object = {}): (string | undefined)[] =>
  (schema.safeParse({ from: { source: 'scrape', settings: {}, query }, ...more }).error?.issues ?? []).map(
    ({ message }) => message,
  );

describe('a preset', () => {
  it.each(Object.keys(presets) as PresetName[])('%s is a whole mapping of selectors or pointers', (preset) => {
    expect(messages({ preset })).toEqual([]);
    const selectors = askedOf({ preset }).selectors.map(([, selector]) => selector);
    expect(selectors.filter((one) => !isPointer(one)).map(parseSelector)).not.toContain(undefined);
  });

  it.each<[PresetName, number, number]>([
    ['otel', 1, 1],
    ['otel-old', 1e-3, 1e-3],
    ['hikari-micrometer', 1, 1],
    ['hikari', 1e-9, 1],
    ['go-sql', 1, 1],
    ['prisma-6', 1e-3, 1e-3],
  ])('%s reads waits in units of %d s and bounds in units of %d s', (preset, waitUnit, bucketUnit) => {
    expect(askedOf({ preset })).toMatchObject({ waitUnit, bucketUnit });
  });

  it('is narrowed to one pool by labels', () => {
    const { selectors } = askedOf({ preset: 'otel', labels: 'pool="auth",job="api"' });
    expect(Object.fromEntries(selectors)).toMatchObject({
      waiting: 'db_client_connection_pending_requests{pool="auth",job="api"}',
      inUse: 'db_client_connection_count{db_client_connection_state="used",pool="auth",job="api"}',
    });
  });

  it('is moved to where its document stands', () => {
    expect(askedOf({ preset: 'activerecord', under: '/pools/auth' }).selectors).toEqual([
      ['waiting', '/pools/auth/waiting'],
      ['inUse', '/pools/auth/busy'],
      ['max', '/pools/auth/size'],
    ]);
  });

  it('gives way to selectors of the check; a wait in another unit takes the place of its own', () => {
    const { selectors, waitUnit } = askedOf({ preset: 'otel', waitMicros: 'mine_us_total', max: 'mine_max' });
    expect(Object.fromEntries(selectors)).toMatchObject({ wait: 'mine_us_total', max: 'mine_max' });
    expect(waitUnit).toBe(1e-6);
  });

  it('finds the connections in use of Npgsql 8 and 10 with one selector', () => {
    const inUse = parseSelector(presets.npgsql.inUse ?? '');
    expect(inUse({ __name__: 'db_client_connections_usage', state: 'used' })).toBe(true);
    expect(inUse({ __name__: 'db_client_connections_usage', state: 'idle' })).toBe(false);
    expect(inUse({ __name__: 'db_client_connection_count', db_client_connection_state: 'used' })).toBe(true);
    expect(inUse({ __name__: 'db_client_connection_count', db_client_connection_state: 'idle' })).toBe(false);
  });
});

describe('the keys', () => {
  it.each([
    [{ preset: 'oracle' }, expect.stringContaining('expected one of "otel"|"otel-old"')],
    [
      { waitSeconds: 'a', waitMillis: 'b', acquires: 'c' },
      'name one of waitSeconds, waitMillis: each is the same in another unit',
    ],
    [{ preset: 'otel', labels: 'pool' }, 'must be label matchers like pool="auth"'],
    [{ preset: 'activerecord', under: 'pools' }, 'must be a JSON pointer like /pools/auth'],
    [
      { preset: 'otel', waiting: 'sum(a)' },
      '"sum(a)" is not a selector (unexpected "(a)"); give the raw counter or gauge alone: holdpoint takes increases and sums itself (a free query for prometheus: {{window}} in place of its window)',
    ],
  ])('%j are refused', (query, message) => {
    expect(messages(query)).toContainEqual(message);
  });

  it('want a histogram for limits.tail', () => {
    const limits = { tail: { share: '95%', within: '100ms' } };
    expect(messages({ preset: 'go-sql' }, { limits })).toEqual(['needs waitHistogram, or a preset that has one']);
    expect(messages({ preset: 'prisma-6' }, { limits })).toEqual([]);
  });
});

describe('a histogram', () => {
  const reading = (at: number, counts: Record<string, number>): Reading => ({
    at,
    series: Object.entries(counts).map(([le, value]) => ({ labels: { le }, value, instance: 'a' })),
    instances: [{ id: 'a' }],
  });

  it('is the growth of its buckets, in milliseconds', () => {
    const before = reading(0, { '0.01': 5, '0.1': 10, '+Inf': 10 });
    const now = reading(5000, { '0.1': 28, '+Inf': 30, '0.01': 15 });
    expect(waitsBetween(before, now, 1)).toEqual({
      buckets: [
        [10, 10],
        [100, 18],
      ],
      observed: 20,
    });
  });

  it('is none without +Inf, or with a bound that is no number', () => {
    expect(waitsBetween(reading(0, { 1: 0 }), reading(1, { 1: 5 }), 1)).toBeUndefined();
    expect(waitsBetween(reading(0, {}), reading(1, { x: 5, '+Inf': 5 }), 1)).toBeUndefined();
  });

  const waits = {
    buckets: [
      [10, 80],
      [50, 95],
      [250, 99],
    ] as [number, number][],
    observed: 100,
  };

  it.each([
    [0.5, 10],
    [0.95, 50],
    [0.96, 250],
    [1, undefined],
  ])('of which %d was surely within %s ms', (share, bound) => {
    expect(atMost(waits, share)).toBe(bound);
  });

  it.each([
    [10, 0.8],
    [20, 0.95],
    [50, 0.95],
    [100, 0.99],
    [300, 1],
  ])('within %d ms there can have been %d, never interpolated', (ms, share) => {
    expect(shareWithin(waits, ms)).toBe(share);
  });

  it('of several looks is added at the bounds that all have', () => {
    const looks: Seen[] = [
      {
        buckets: [
          [10, 1],
          [50, 2],
        ],
        observed: 3,
      },
      { buckets: [[10, 4]], observed: 5 },
      { observed: 0 },
    ];
    expect(waitsOf(looks)).toEqual({ buckets: [[10, 5]], observed: 8 });
    expect(waitsOf([{}])).toBeUndefined();
  });
});

describe('the looks', () => {
  it('turn units into seconds and buckets into milliseconds', async () => {
    const one = (at: number, value: number, labels = {}): Reading => ({
      at,
      series: [{ labels, value, instance: 'a' }],
      instances: [{ id: 'a' }],
    });
    const page = (at: number, [wait, count]: [number, number], [short, all]: [number, number]): Reading[] => [
      one(at, wait),
      one(at, count),
      one(at, 0),
      one(at, 2),
      {
        ...one(at, short, { le: '5' }),
        series: [
          { labels: { le: '5' }, value: short, instance: 'a' },
          { labels: { le: '+Inf' }, value: all, instance: 'a' },
        ],
      },
    ];
    const pages = [page(0, [1000, 10], [8, 10]), page(5000, [2500, 40], [28, 40])];
    const source: Source = { resolution: 1000, read: async () => pages.shift() ?? [], close: async () => undefined };
    const session = await poolWait.open(specOf({ preset: 'prisma-6' }), worldOf({}, source));
    await session.sample(tick());
    expect(await session.sample(tick())).toEqual([
      { seen: { seconds: 5, waited: 1.5, acquires: 30, waiting: 0, inUse: 2, buckets: [[5, 20]], observed: 30 } },
    ]);
  });
});

describe('the verdict', () => {
  const judge = (looks: Look<Seen>[], settings = specOf({ preset: 'otel' })) =>
    poolWait.judge(historyOf(samples(looks)), settings);
  const times = (one: Seen): Look<Seen>[] => seen(one, one, one);
  const tail = specOf({ preset: 'otel' }, { limits: { tail: { share: '95%', within: '100ms' } } });

  it.each<[string, Look<Seen>[], string, string, string | undefined, string]>([
    [
      'an acquire of our own',
      seen({ probed: 1.2 }, { probed: 3 }, { probed: 0.6 }),
      'pass',
      'ok',
      undefined,
      'SELECT 1 through the pool took 1.6 ms on average, 3 ms at most, in 3 looks (limit 50 ms)',
    ],
    [
      'a slow acquire of our own',
      times({ probed: 812 }),
      'fail',
      'slow',
      undefined,
      'the pool is slow: SELECT 1 through it took 812 ms (limit 500 ms)',
    ],
    [
      'few callers waiting on average',
      times({ seconds: 5, waited: 2, waiting: 0, longest: 0, inUse: 1, max: 5, servers: 5 }),
      'pass',
      'ok',
      undefined,
      '0.4 callers were waiting on average in 15 s (limit 1); 0 callers waiting, 1 of 5 connections in use',
    ],
    [
      'too many callers waiting on average',
      times({ seconds: 5, waited: 12.5, waiting: 3, longest: 0.1, inUse: 5, max: 5, servers: 5 }),
      'fail',
      'crowded',
      'block',
      '2.5 callers were waiting on average (limit 1; this PgBouncer counts no acquires in session mode, so that there is no mean wait); 3 callers waiting, 5 of 5 connections in use',
    ],
    [
      'a pool that PgBouncer itself caps: not the server refuses it',
      times({ seconds: 5, waited: 1, acquires: 100, waiting: 2, longest: 0.1, servers: 3, max: 20, capped: true }),
      'pass',
      'ok',
      undefined,
      'mean wait 10 ms over 300 acquires (limit 50 ms); 2 callers waiting',
    ],
    [
      'a stuck pool with names',
      times({
        seconds: 5,
        waited: 0,
        acquires: 0,
        waiting: 37,
        longest: 18.2,
        servers: 20,
        inUse: 20,
        max: 20,
        waiters: [
          { application: 'auth@9f2c1', callers: 35 },
          { application: '', callers: 2 },
        ],
        holders: [{ application: 'auth@9f2c1', callers: 20 }],
      }),
      'fail',
      'stuck',
      undefined,
      'the pool is stuck: nobody was served in 5 s, the oldest waits for 18 s; 37 callers waiting (auth@9f2c1 35, unnamed 2), 20 of 20 connections in use (auth@9f2c1 20) (a mean would read 0 ms)',
    ],
    [
      'no room for clients',
      times({
        refused: {
          reason: 'pool_full',
          because: 'PgBouncer takes no more clients (08P01: no more connections allowed)',
        },
      }),
      'fail',
      'pool_full',
      undefined,
      'PgBouncer takes no more clients (08P01: no more connections allowed)',
    ],
    [
      'a server that refuses the pool',
      times({ refused: { reason: 'no_servers', because: 'no server' } }),
      'fail',
      'no_servers',
      'block',
      'no server',
    ],
    [
      'waits with a histogram',
      times({
        seconds: 5,
        waited: 1,
        acquires: 100,
        buckets: [
          [10, 80],
          [50, 96],
        ],
        observed: 100,
      }),
      'pass',
      'ok',
      undefined,
      'mean wait 10 ms over 300 acquires (limit 50 ms), 95 % waited at most 50 ms',
    ],
    [
      'waits beyond the last bound',
      times({ seconds: 5, waited: 1, acquires: 100, buckets: [[10, 80]], observed: 100 }),
      'pass',
      'ok',
      undefined,
      'mean wait 10 ms over 300 acquires (limit 50 ms), more than 5 % waited longer than 10 ms',
    ],
  ])('on %s', (_, looks, outcome, reason, asks, because) => {
    const verdict = judge(looks);
    expect(verdict).toMatchObject({ outcome, reason, because });
    expect(verdict.asks).toBe(asks);
    expect(Object.keys(poolWait.reasons)).toContain(reason);
  });

  it('on a tail that is surely too long blocks, on one that may be too long does not', () => {
    const look = (within: number): Look<Seen>[] =>
      times({
        seconds: 5,
        waited: 1,
        acquires: 100,
        buckets: [
          [50, 80],
          [250, within],
        ],
        observed: 100,
      });
    const verdict = judge(look(90), tail);
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'long_tail', asks: 'block', limit: 95 });
    expect(verdict.because).toBe('only 90 % of 100 waits can have been within 100 ms (wanted: 95 %)');
    expect(judge(look(95), tail).outcome).toBe('pass');
    expect(judge(look(97), tail)).toMatchObject({
      outcome: 'pass',
      because: 'mean wait 10 ms over 300 acquires (limit 50 ms), 95 % waited at most 250 ms',
    });
  });

  it('says which acquires a pool counts', () => {
    const looks = times({ seconds: 5, waited: 8, acquires: 100 });
    expect(judge(looks, specOf({ preset: 'go-sql' })).because).toBe(
      'the pool is slow: mean wait 80 ms over 100 acquires that waited, the only ones that the pool counts (limit 50 ms)',
    );
    expect(judge(looks, specOf({ waitSeconds: 'a', acquires: 'b', counted: 'all' })).because).toBe(
      'the pool is slow: mean wait 80 ms over 100 acquires (limit 50 ms)',
    );
  });
});

describe('a refused acquire', () => {
  // Texts of PgBouncer 1.15 to 1.25 and of the server behind it.
  it.each([
    ['08P01', 'query_wait_timeout', 'waits_too_long'],
    ['08P01', 'no more connections allowed (max_client_conn)', 'pool_full'],
    ['08P01', 'database "auth" is disabled', 'paused'],
    ['08P01', 'server login has been failing, cached error: connect failed (server_login_retry)', 'no_servers'],
    ['08P01', 'too many connections for role "auth_svc"', 'no_servers'],
    ['08P01', 'sorry, too many clients already', 'no_servers'],
    ['08P01', 'remaining connection slots are reserved for roles with the SUPERUSER attribute', 'no_servers'],
    ['53300', 'sorry, too many clients already', 'no_servers'],
    ['57P03', 'the database system is starting up', 'no_servers'],
    ['TIMEOUT', 'no answer after 5000 ms', 'waits_too_long'],
  ])('%s %s is %s', (code, message, reason) => {
    expect(acquireRefused(new PostgresFailure(code, undefined, message), '5 s')).toMatchObject({ refused: { reason } });
  });

  it.each([
    ['ECONNREFUSED', 'connect ECONNREFUSED', 'target', 'pool_unreachable'],
    ['08P01', 'no such database: nowhere', 'ours', 'probe_refused'],
    ['28P01', 'password authentication failed', 'ours', 'probe_refused'],
    ['08P01', 'SASL authentication failed', 'ours', 'probe_refused'],
    // Only PgBouncer's own code makes its texts mean something: a server may write what it likes.
    ['42501', 'role "too many connections" is not permitted', 'ours', 'probe_refused'],
  ])('%s %s is missed by %s: %s', (code, message, by, reason) => {
    expect(acquireRefused(new PostgresFailure(code, undefined, message), '5 s')).toMatchObject({
      missed: { by, reason },
    });
  });

  it('lets bugs through', () => {
    expect(() => acquireRefused(new TypeError('bug'), '5 s')).toThrow('bug');
  });
});
