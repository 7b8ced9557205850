// The burst of a `login` check: bounded, rising one by one, ended by the first login that is not granted.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { burstFault, burstParts } from '../../src/kinds/login/burst/burst-verdict.ts';
import { login } from '../../src/kinds/login/index.ts';
import type { BurstSeen, LoginSeen } from '../../src/kinds/login/seen.ts';
import type { Mark, Sample } from '../../src/kit/samples.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { account } from '../helpers/auth-app.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { historyOf, start, tick, worldOf } from '../helpers/kinds.ts';
import { bodyOf, serve } from '../helpers/servers.ts';

const kept = closedAfterEach();

const raw = (target: string, burst: unknown, more: object = {}): object => ({
  target,
  account,
  login: { json: { post: '/login' } },
  probe: { get: '/me', granted: { status: 200, contains: 'Hello' } },
  logout: { post: '/logout' },
  burst,
  ...more,
});

/** A login of 20 ms that counts how many are under way, and answers what `answer` says to the n-th. */
const startApp = async (answer: (n: number, response: ServerResponse) => boolean = () => false) => {
  const sessions = new Set<string>();
  const counts = { logins: 0, now: 0, highest: 0 };
  const server = kept(
    await serve(async (request, response) => {
      const id = /sid=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
      if (request.url === '/logout') return void (sessions.delete(id), response.end());
      if (request.url === '/me') return void response.writeHead(sessions.has(id) ? 200 : 401).end('Hello');
      await bodyOf(request);
      counts.logins += 1;
      const n = counts.logins;
      counts.now += 1;
      counts.highest = Math.max(counts.highest, counts.now);
      await new Promise((resolve) => setTimeout(resolve, 20));
      counts.now -= 1;
      if (answer(n, response)) return undefined;
      const next = randomUUID();
      sessions.add(next);
      return void response.writeHead(200, { 'set-cookie': `sid=${next}` }).end('{}');
    }),
  );
  return { ...server, sessions, counts };
};

const open = async (spec: object) => {
  const io = kept(networkIo());
  return kept(await login.open(login.spec.parse(spec), worldOf({ http: io.http, clock: io.clock })));
};

const burstOf = async (spec: object): Promise<BurstSeen | undefined> => {
  const session = await open(spec);
  const [look] = (await session.stimulus?.({ ...tick('stimulus'), timeout: 20_000 })) ?? [];
  return look && 'seen' in look ? look.seen.burst : undefined;
};

describe('a burst', () => {
  test('rises one by one, is bounded, and signs all sessions out', async () => {
    const app = await startApp();
    const seen = await burstOf(raw(app.url, { logins: 12, concurrency: 3 }));
    expect(seen).toMatchObject({ check: 'the-check', asked: 12, done: 12, granted: 12, concurrency: 3 });
    expect(seen?.failure).toBeUndefined();
    expect(seen?.p95).toBeGreaterThanOrEqual(seen?.p50 ?? Number.POSITIVE_INFINITY);
    expect([app.counts.logins, app.counts.highest <= 3, app.sessions.size]).toEqual([12, true, 0]);
  });

  test('ends with the first login that is throttled', async () => {
    const app = await startApp((n, response) => n >= 4 && response.writeHead(429).end() !== undefined);
    const seen = await burstOf(raw(app.url, { logins: 100, concurrency: 4 }));
    expect(seen?.failure).toMatchObject({ outcome: 'throttled', step: 'sign in', trail: 'POST /login → 429' });
    expect(seen?.done).toBeLessThan(12);
    expect(app.counts.logins).toBe(seen?.done);
  });

  test('ends with the first login that fails, and says at which step', async () => {
    const app = await startApp((n, response) => n >= 3 && response.writeHead(500).end() !== undefined);
    const seen = await burstOf(raw(app.url, { logins: 50, concurrency: 5 }));
    expect(seen?.failure).toMatchObject({ outcome: 'broken', trail: 'POST /login → 500' });
    expect(app.counts.logins).toBeLessThan(12);
  });

  test('is not there where it is not named', async () => {
    const app = await startApp();
    expect((await open(raw(app.url, undefined))).stimulus).toBeUndefined();
    expect((await open(raw(app.url, 'off'))).stimulus).toBeUndefined();
  });

  test('leaves an account in peace that was refused or held back', async () => {
    const app = await startApp((_, response) => response.writeHead(429).end() !== undefined);
    const session = await open(raw(app.url, {}));
    await session.sample(tick('rollout'));
    const before = app.counts.logins;
    expect(await session.stimulus?.(tick('stimulus'))).toEqual([]);
    expect(app.counts.logins).toBe(before);
  });

  test.each<[unknown, string]>([
    [{ logins: 101 }, 'Too big: expected number to be <=100'],
    [{ concurrency: 21 }, 'Too big: expected number to be <=20'],
    [{ users: 3 }, 'Unrecognized key: "users"'],
  ])('with %o is refused', (burst, message) => {
    const { error } = login.spec.safeParse(raw('http://auth.test', burst));
    expect(JSON.stringify(error?.issues)).toContain(JSON.stringify(message).slice(1, -1));
  });

  test('with codes that work once is refused', () => {
    const spec = raw('http://auth.test', {}, { account: { ...account, totp: 'JBSWY3DPEHPK3PXP' } });
    const issues = login.spec.safeParse(spec).error?.issues.map(({ message }) => message);
    expect(issues).toContain(
      'cannot be used together with account.totp: each code works once, so logins cannot be side by side',
    );
  });
});

const seen: BurstSeen = {
  check: 'login',
  asked: 10,
  done: 10,
  granted: 10,
  concurrency: 5,
  ms: 900,
  p50: 120,
  p95: 180,
};
const failed: BurstSeen = {
  ...seen,
  done: 8,
  granted: 6,
  failure: { outcome: 'broken', step: 'sign in', trail: 'POST /login → 500', note: '' },
};

describe('what a burst says', () => {
  test.each<[string, BurstSeen, number | undefined, string | undefined]>([
    ['all granted', seen, undefined, undefined],
    ['within its limit', seen, 180, undefined],
    ['too slow', seen, 150, 'with 5 logins at once the 95th percentile of a login is 180 ms, limit 150 ms'],
    [
      'failed',
      failed,
      undefined,
      'one login works, but 5 logins at once are too many: broken at "sign in" (POST /login → 500); stopped after 6 of 10 were granted, 2 were not',
    ],
    [
      'held back',
      { ...failed, failure: { ...failed.failure, outcome: 'throttled', step: 'sign in', trail: '', note: '' } },
      150,
      undefined,
    ],
  ])('%s', (name, one, p95, because) => {
    const keys = { logins: 10, concurrency: 5, p95: name === 'held back' ? undefined : p95 };
    const fault = burstFault(one, keys);
    expect([fault?.because, fault?.asks]).toEqual([because, because && 'block']);
  });

  const marks = (highest: number, after: number): Mark[] => [
    {
      at: 1,
      name: 'stimulus',
      data: { check: 'other', watched: [{ check: 'x', unit: '', before: 1, highest: 9, after: 9 }] },
    },
    {
      at: 2,
      name: 'stimulus',
      data: { check: 'login', watched: [{ check: 'db-connections', unit: 'connections', before: 4, highest, after }] },
    },
  ];
  test.each<[number, number, string, string]>([
    [4, 4, 'pass', 'stayed at 4 connections or below'],
    [6, 6, 'pass', 'connections rose by 2 (from 4 to 6) for 5 concurrent logins and did not fall'],
    [9, 4, 'pass', 'connections rose by 5 (from 4 to 9) for 5 concurrent logins and fell back to 4'],
    [9, 9, 'warn', 'connections rose by 5 (from 4 to 9) for 5 concurrent logins and did not fall'],
  ])('of a database that reads at most %d and then %d', (highest, after, outcome, because) => {
    expect(burstParts(seen, undefined, marks(highest, after))).toEqual([
      {
        name: 'burst',
        outcome: 'pass',
        because: '10 of 10 logins granted, 5 at once, p50 120 ms, p95 180 ms',
        ms: 900,
      },
      { name: 'burst and db-connections', outcome, because },
    ]);
  });

  // 4 + (83 − 4) / 20 × 60/s × 0.743 s = 180.1: each login under way takes 3.95 connections, and 44.6 are under way at the peak.
  test.each<[number | undefined, number | undefined, string, string]>([
    [97, 60, 'warn', 'and fell back to 4; needs about 181 connections at the declared peak of 60/s, has 97'],
    [200, 60, 'pass', 'and fell back to 4; needs about 181 connections at the declared peak of 60/s, has 200'],
    [undefined, 1.5, 'pass', 'and fell back to 4; needs about 9 connections at the declared peak of 1.5/s'],
    [97, undefined, 'pass', 'and fell back to 4'],
  ])('against a limit of %s at a peak of %s/s', (limit, peak, outcome, end) => {
    const watched = { check: 'db-connections', unit: 'connections', before: 4, highest: 83, after: 4 };
    const data = { check: 'login', watched: [{ ...watched, ...(limit === undefined ? {} : { limit }) }] };
    const keys = { logins: 20, concurrency: 20, ...(peak === undefined ? {} : { peak }) };
    const parts = burstParts({ ...seen, concurrency: 20, mean: 743 }, keys, [{ at: 1, name: 'stimulus', data }]);
    expect(parts[1]).toEqual({
      name: 'burst and db-connections',
      outcome,
      because: `connections rose by 79 (from 4 to 83) for 20 concurrent logins ${end}`,
    });
  });

  test.each<[string, number]>([
    ['60/s', 60],
    ['90/min', 1.5],
  ])('reads the peak %s as logins a second', (peak, expected) => {
    expect(login.spec.parse(raw('http://auth.test', { peak }))).toMatchObject({ burst: { peak: expected } });
  });

  test('refuses a peak without a time', () => {
    const parsed = login.spec.safeParse(raw('http://auth.test', { peak: '60' }));
    expect(JSON.stringify(parsed.error?.issues)).toContain('must be a rate like 60/s or 90/min');
  });

  test('stands beside the logins of the hold, and fails them only as a whole', () => {
    const spec = login.spec.parse(raw('http://auth.test', { p95: '100ms' }));
    const step = {
      name: 'sign in',
      role: 'login',
      outcome: 'granted',
      status: 200,
      ms: 9,
      trail: '',
      note: '',
      reason: '',
    } as const;
    const hold: Sample<LoginSeen> = { at: start, ms: 9, phase: 'hold', seen: { steps: [step], ms: 9 } };
    const load: Sample<LoginSeen> = { at: start, ms: 900, phase: 'stimulus', seen: { steps: [], ms: 0, burst: seen } };
    const verdict = login.judge(historyOf([hold, load], [], { failAfter: 1 }), spec);
    expect(verdict).toMatchObject({ outcome: 'fail', settled: true, asks: 'block', reason: 'burst_slow', value: 180 });
    const alone = login.judge(historyOf([hold], [], { failAfter: 1 }), spec);
    expect([alone.outcome, alone.value]).toEqual(['pass', 9]);
    expect(login.charts?.(historyOf([hold, load]), spec)[0]?.series[0]?.points).toHaveLength(1);
  });
});
