// db-connections before the slots run out: forecast, roll-out, open transactions, churn, several servers, odd circumstances.
import { describe, expect, it } from 'vitest';
import { dbConnections } from '../../src/kinds/db-connections/index.ts';
import { churnBetween } from '../../src/kinds/db-connections/pressure.ts';
import type { Holder, Slots } from '../../src/kinds/database/slots.ts';
import type { Seen } from '../../src/kinds/db-connections/seen.ts';
import { spec as schema } from '../../src/kinds/db-connections/spec.ts';
import type { Look, Phase } from '../../src/kit/index.ts';
import { clock, holder, look } from '../helpers/db-connections.ts';
import { historyOf, samples, seen } from '../helpers/kinds.ts';

const given = { postgres: 'postgres://probe:x@db/auth', role: 'auth_svc' };

const judge = (looks: Look<Seen>[], baseline: Look<Seen>[] = [], settings: object = {}, phase: Phase = 'hold') =>
  dbConnections.judge(historyOf(samples(looks, phase), baseline), schema.parse({ ...given, ...settings }));

const three = (one: Seen): Look<Seen>[] => seen(one, one, one);

/** A look with so many connections of the release and of a batch job. */
const held = (ours: number, others = 0): Seen =>
  look({ used: ours + others, usedByRole: ours }, [
    holder('auth@new', ours, { began: ours }),
    ...(others > 0 ? [holder('nightly', others, { role: 'batch', began: others })] : []),
  ]);

const before = seen(look({ used: 30, usedByRole: 30 }, [holder('auth@old', 30)]));

describe('the keys', () => {
  it.each([
    [{ postgres: 'postgres://a', servers: { a: 'postgres://a' } }, 'name exactly one: postgres'],
    [{ role: 'a' }, 'name exactly one: postgres'],
    [{ servers: {} }, 'names no server'],
  ])('%j is refused', (entry, message) => {
    expect(schema.safeParse({ role: 'auth_svc', ...entry }).error?.message).toContain(message);
  });
});

describe('the forecast', () => {
  const leak = [49, 52, 55, 58, 61, 64, 67].map((used) => held(used));

  it('fails before the outage, and asks for a rollback when the growth is the release’s', () => {
    const verdict = judge(seen(...leak), before);
    expect(verdict).toMatchObject({ outcome: 'fail', settled: true, reason: 'filling_up', introduced: true });
    expect(verdict).toMatchObject({ value: 67, limit: 92, unit: 'connections' });
    expect(verdict.asks).toBeUndefined();
    expect(verdict.because).toBe(
      '67 of 97 usable slots in use; full in about 48 s if it goes on like this; auth@new holds 67 (+67 since 13:02:10 UTC)',
    );
    expect(verdict.next).toBe(
      "scale auth@new down, or end its connections: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'auth@new'",
    );
  });

  it('only blocks when another team’s batch job grows, although the release grew earlier', () => {
    const batch = [1, 4, 7, 10, 13, 16, 19].map((others) => held(49, others));
    const verdict = judge(seen(...batch), before, { limits: { block: '90%' } });
    expect(verdict).toMatchObject({ outcome: 'fail', asks: 'block', reason: 'filling_up', introduced: false });
  });

  it('only blocks without a baseline', () => {
    const verdict = judge(seen(...leak));
    expect(verdict).toMatchObject({ outcome: 'fail', asks: 'block', reason: 'filling_up' });
    expect(verdict.introduced).toBeUndefined();
  });

  it.each([
    ['four looks', [49, 52, 55, 58]],
    ['a pool that has filled up', [40, 50, 60, 60, 60, 60, 60]],
    ['a use below half of the limit', [19, 22, 25, 28, 31, 34, 37]],
    ['swinging', [50, 60, 50, 60, 50, 60, 50]],
    ['not one bad look too many', [49, 52, 55, 58, 61, 61, 61, 61, 61]],
  ])('passes for %s', (_, uses) => {
    expect(judge(seen(...uses.map((used) => held(used))), before).outcome).toBe('pass');
  });

  it('of looks that confirm nothing any more is not worked out', () => {
    const long = [49, 52, 55, 58, 61, 64, ...Array<number>(24).fill(64)].map((used) => held(used));
    expect(judge(seen(...long), before)).toMatchObject({
      outcome: 'pass',
      because: '64 of 97 usable slots in use (limit 95 %)',
    });
  });

  it('is told in the sentence of a pass when it is far off', () => {
    const slow = [49, 50, 51, 52, 53, 54, 55].map((used) => held(used));
    expect(judge(seen(...slow), before)).toMatchObject({
      outcome: 'pass',
      because: '55 of 97 usable slots in use (limit 95 %); full in about 3 min if it goes on like this',
    });
  });

  it('asks for a rollback although the block limit is reached at the same time', () => {
    const verdict = judge(seen(...[65, 68, 71, 74, 77, 80, 83].map((used) => held(used))), before);
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'filling_up', introduced: true });
    expect(verdict.asks).toBeUndefined();
  });
});

describe('the roll-out', () => {
  const instance = (address: string, connections: number) =>
    holder('auth@new', connections, { client: address, began: connections });
  const mid = look({ used: 49, usedByRole: 40 }, [
    holder('auth@old', 10, { client: '10.0.0.1' }),
    instance('10.0.1.1', 10),
    instance('10.0.1.2', 10),
    instance('10.0.1.3', 10),
    holder('nightly', 9, { role: 'batch' }),
  ]);
  const old = seen(
    look({ used: 19, usedByRole: 10 }, [
      holder('auth@old', 10, { client: '10.0.0.1' }),
      holder('nightly', 9, { role: 'batch' }),
    ]),
  );

  it('takes a session of another run for no instance', () => {
    const other = holder('holdpoint', 1, { client: '10.0.9.9' });
    const crowd = look({ used: 20, usedByRole: 11 }, [holder('auth@old', 10, { client: '10.0.0.1' }), other]);
    expect(judge(three(crowd), old, { instances: { target: 120 } }, 'hold').outcome).toBe('pass');
  });

  it.each(['rollout', 'hold'] as const)(
    'that will not fit is blocked in the phase %s, with the arithmetic',
    (phase) => {
      const verdict = judge(three(mid), old, { instances: { target: 12 } }, phase);
      expect(verdict).toMatchObject({ outcome: 'fail', settled: true, asks: 'block', reason: 'will_not_fit' });
      expect(verdict).toMatchObject({ value: 129, limit: 97 });
      expect(verdict.because).toBe(
        '49 of 97 usable slots in use now, but the whole roll-out will not fit: 12 instances x 10 connections (the mean of 3 new) + 9 others = 129 > 97; full at instance 9',
      );
      expect(verdict.next).toBe(
        'set the pool of each instance to at most 7, roll out fewer instances, or put a pooler in between',
      );
    },
  );

  it('is held against the limit of the role, too', () => {
    const tight = look({ ...mid.slots, roleLimit: 60 }, mid.holders);
    expect(judge(three(tight), old, { instances: { target: 7 } }).because).toBe(
      '40 of the 60 connections that role auth_svc may have in use now, but the whole roll-out will not fit: 7 instances x 10 connections (the mean of 3 new) + 0 others = 70 > 60; full at instance 7',
    );
  });

  it.each([
    ['that fits', mid, old, 8],
    ['of which nothing is new', old[0] && 'seen' in old[0] ? old[0].seen : mid, old, 100],
    ['without a baseline', mid, [], 100],
    ['whose target is not told', mid, old, undefined],
  ])('%s passes', (_, now, baseline, target) => {
    expect(judge(three(now), baseline, target === undefined ? {} : { instances: { target } }).outcome).toBe('pass');
  });
});

describe('transactions left open', () => {
  const open = (idleLong: number): Seen =>
    look({ idleInTransaction: 8 }, [holder('auth@new', 5, { state: 'idle in transaction' }), holder('auth@old', 3)], {
      pressure: { idleLong, idleOldest: 95.4, sessions: null },
    });

  it('block when they are more than may be, with the age of the oldest', () => {
    const verdict = judge(three(open(6)));
    expect(verdict).toMatchObject({
      outcome: 'fail',
      asks: 'block',
      reason: 'idle_in_transaction',
      value: 6,
      limit: 5,
    });
    expect(verdict.because).toBe(
      '6 sessions of role auth_svc idle in a transaction for longer than 30 s, the oldest for 95 s (limit 5); auth@new has 5 in that state',
    );
    expect(verdict.next).toBe(
      "look for a missing COMMIT or release in auth@new: SELECT pid, application_name, now() - state_change AS idle, query FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' ORDER BY state_change",
    );
  });

  it('are told in the sentence of a pass when they are few', () => {
    expect(judge(three(open(5))).outcome).toBe('pass');
    expect(judge(three(open(1))).because).toBe(
      '20 of 97 usable slots in use (limit 95 %); 1 session of role auth_svc idle in a transaction for longer than 30 s, the oldest for 95 s',
    );
  });

  it('have a limit of their own', () => {
    expect(judge(three(open(1)), [], { idleInTransaction: { max: 0, olderThan: '1m' } }).because).toBe(
      '1 session of role auth_svc idle in a transaction for longer than 60 s, the oldest for 95 s (limit 0); auth@new has 5 in that state',
    );
  });
});

describe('churn', () => {
  const begun = (...sessions: (number | null)[]): Look<Seen>[] =>
    seen(
      ...sessions.map((count, index) =>
        look({}, [], { dbNow: clock + 5 * index, pressure: { idleLong: 0, idleOldest: null, sessions: count } }),
      ),
    );

  it('is told, and is not judged unless asked for', () => {
    expect(judge(begun(100, 200, 300, 400))).toMatchObject({
      outcome: 'pass',
      because: '20 of 97 usable slots in use (limit 95 %); 20 new sessions per second',
    });
  });

  it('warns above its limit', () => {
    const verdict = judge(begun(100, 200, 300, 400), [], { churn: { warn: 12.5 } });
    expect(verdict).toMatchObject({ outcome: 'fail', asks: 'warn', reason: 'churn', value: 20, limit: 12.5 });
    expect(verdict.because).toBe('20 new sessions per second (limit 12.5)');
    expect(verdict.next).toBe(
      'look for a pool that is missing, or that closes its connections after each use: every new session costs the server a process and a login',
    );
  });

  it.each([
    ['below the limit', begun(100, 150, 200, 250)],
    ['on a server that does not count', begun(null, null, null, null)],
    ['when the counter began anew', begun(1000, 0, 50, 100)],
  ])('passes %s', (_, looks) => {
    expect(judge(looks, [], { churn: { warn: 12.5 } }).outcome).toBe('pass');
  });

  it('is not known over less than a second, nor when the counter began anew', () => {
    const at = (dbNow: number, sessions: number | null): Seen =>
      look({}, [], { dbNow, pressure: { idleLong: 0, idleOldest: null, sessions } });
    expect(churnBetween(at(10, 5), at(12, 25))).toBe(10);
    expect(churnBetween(at(10, 5), at(10.9, 25))).toBeUndefined();
    expect(churnBetween(at(10, 25), at(12, 5))).toBeUndefined();
    expect(churnBetween(at(10, null), at(12, 5))).toBeUndefined();
    expect(churnBetween(undefined, at(12, 5))).toBeUndefined();
  });

  it('never hides that the slots are low', () => {
    const low = begun(100, 200, 300, 400).map((one) =>
      'seen' in one ? { seen: { ...one.seen, slots: look({ used: 80 }).slots as Slots } } : one,
    );
    expect(judge(low, [], { churn: { warn: 1 } })).toMatchObject({ asks: 'block', reason: 'over_block_limit' });
  });
});

describe('several servers', () => {
  const servers = { postgres: undefined, servers: { primary: 'postgres://a/auth', replica: 'postgres://b/auth' } };
  const both = (primary: Seen, replica: Seen): Look<Seen>[] => [
    { group: 'primary', seen: primary },
    { group: 'replica', seen: replica },
  ];
  const times = (looks: Look<Seen>[]): Look<Seen>[] => [...looks, ...looks, ...looks];

  it('are judged apart, each against its own baseline', () => {
    const baseline = both(look({ used: 30, usedByRole: 30 }, [holder('auth@old', 30)]), held(90));
    const verdict = judge(times(both(held(93), held(20))), baseline, servers);
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'over_rollback_limit', introduced: true });
    expect(verdict.because).toBe(
      'primary: 93 of 97 usable slots in use (limit 95 %); auth@new holds 93 (+93 since 13:02:10 UTC)',
    );
    expect(verdict.parts).toEqual([
      {
        name: 'primary',
        outcome: 'fail',
        because: '93 of 97 usable slots in use (limit 95 %); auth@new holds 93 (+93 since 13:02:10 UTC)',
      },
      { name: 'replica', outcome: 'pass', because: '20 of 97 usable slots in use (limit 95 %)' },
    ]);
  });

  it('have baselines of their own, the second as the first', () => {
    const baseline = both(held(90), look({ used: 30, usedByRole: 30 }, [holder('auth@old', 30)]));
    expect(judge(times(both(held(20), held(93))), baseline, servers).because).toBe(
      'replica: 93 of 97 usable slots in use (limit 95 %); auth@new holds 93 (+93 since 13:02:10 UTC)',
    );
  });

  it('are not full when one is full at one look and the other at the next', () => {
    const looks = [...both(held(96), held(20)), ...both(held(20), held(96)), ...both(held(96), held(20))];
    expect(judge(looks, [], servers)).toMatchObject({ outcome: 'pass', settled: false, reason: 'wobble' });
  });

  it('that is full is named', () => {
    expect(judge(times(both(held(20), held(96))), [], servers, 'warmup').because).toBe(
      'replica: 97 of 97 usable slots in use (limit 95 %), 1 of them by this check; auth@new holds 96',
    );
  });

  it('pass with the sentence of the fullest, and that it is a standby', () => {
    expect(judge(times(both(held(20), look({ used: 40, standby: true }))), [], servers).because).toBe(
      'replica: 40 of 97 usable slots in use (limit 95 %); the server is a standby',
    );
  });

  it('need pg_monitor where rows are hidden', () => {
    expect(judge(times(both(held(20), look({ used: 1, hidden: 80 }))), [], servers)).toMatchObject({
      outcome: 'inconclusive',
      because:
        "replica: at most 81 of 97 usable slots in use (limit 80 %), but 80 of them are hidden from the probe's role",
    });
  });

  it('have a chart each', () => {
    const history = historyOf(samples(both(held(20), held(30))));
    const charts = dbConnections.charts?.(history, schema.parse({ ...given, ...servers }));
    expect(charts?.map(({ title }) => title)).toEqual([
      'connections in use on primary',
      'connections in use on replica',
    ]);
  });
});

describe('circumstances', () => {
  const refused = (scope: 'slots' | 'all_slots' | 'processes') => ({
    attempt: { refused: { code: '53300', routine: 'InitPostgres', scope } },
  });
  const full = (holders: Holder[], more: Partial<Seen>, changes: Partial<Slots> = {}): Look<Seen>[] =>
    three(look({ used: 97, usedByRole: 97, own: 0, ...changes }, holders, more));

  it.each([
    [
      'broken glass',
      full([holder('auth@new', 97)], { ...refused('slots'), breakGlass: { by: 'walsender' } }),
      [],
      'ordinary slots exhausted (53300 InitPostgres, 3 of 3 tries); 97 usable of 100 (3 superuser), 97 in use; auth@new holds 97; counted through a walsender, because no slot was left (breakGlass); new logins fail now; this is not the network',
    ],
    [
      'glass that did not break',
      three({ ...refused('slots'), holders: [], breakGlass: { by: 'walsender', refused: '42501' } }),
      [],
      'ordinary slots exhausted (53300 InitPostgres, 3 of 3 tries); nobody could be counted, because no session was left to ask; breakGlass did not get in either (42501); new logins fail now; this is not the network',
    ],
    [
      'connections that are not listed',
      full([holder('auth@new', 90)], refused('slots'), { used: 90, usedByRole: 90 }),
      [],
      'ordinary slots exhausted (53300 InitPostgres, 3 of 3 tries); 97 usable of 100 (3 superuser), 90 in use; auth@new holds 90; connections that still log in take slots, too, and may not be listed; new logins fail now; this is not the network',
    ],
    [
      'connections that still log in',
      full([holder('auth@new', 60), holder('', 33, { role: '', state: 'starting' })], {}, { used: 93, starting: 33 }),
      [],
      '93 of 97 usable slots in use (limit 95 %); auth@new holds 60, role unknown 33; 33 of them still log in',
    ],
    [
      'sessions beyond the usable slots: of superusers',
      full([holder('auth@new', 97)], {}, { used: 99, own: 1 }),
      [],
      '99 of 97 usable slots in use (limit 95 %); auth@new holds 97',
    ],
    [
      'the reserved way in of the probe, which is not counted where all is full without it',
      full([holder('auth@new', 95)], {}, { used: 95, own: 1, reserved: 2 }),
      [],
      '95 of 95 usable slots in use (limit 95 %); auth@new holds 95',
    ],
    [
      'the limit of the database that the probe itself is in',
      full([holder('auth@new', 9)], {}, { used: 9, usedInDatabase: 9, databaseLimit: 10, own: 1, ownDatabase: true }),
      [],
      '10 of the 10 connections that the database may have in use (limit 95 %), 1 of them by this check; auth@new holds 9',
    ],
    [
      'hidden rows: unattributed, never zero',
      full([holder('auth@new', 97)], {}, { hidden: 12 }),
      before,
      "97 of 97 usable slots in use (limit 95 %); auth@new holds 97 (+97 since 13:02:10 UTC); the growth is unattributed: 12 rows are hidden from the probe's role, which needs pg_monitor",
    ],
    [
      'a restart with another max_connections',
      full([holder('auth@new', 47)], {}, { used: 47, maxConnections: 50, startedAt: 2000 }),
      before,
      '47 of 47 usable slots in use (limit 95 %); auth@new holds 47 (+47 since 13:02:10 UTC); the growth is unattributed: the server was restarted after the baseline; max_connections was 100 in the baseline and is 50 now',
    ],
  ])('%s', (_, looks, baseline, because) => {
    const verdict = judge(looks, baseline);
    expect(verdict).toMatchObject({ outcome: 'fail', because });
    expect(verdict.introduced).toBeUndefined();
  });

  it('a limit that fell while nothing grew is not the release’s doing', () => {
    const fallen = look({ used: 30, maxConnections: 33, startedAt: 2000 }, [holder('auth@old', 30)]);
    expect(judge(three(fallen), before)).toMatchObject({ outcome: 'fail', introduced: false });
  });
});
