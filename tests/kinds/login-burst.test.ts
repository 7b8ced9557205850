// The burst of a `login` check: bounded in count, rate and time, ended by the first sign of harm.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { BurstKeys } from '../../src/kinds/login/burst/burst-keys.ts';
import { burstFault, burstParts } from '../../src/kinds/login/burst/burst-verdict.ts';
import { login } from '../../src/kinds/login/index.ts';
import type { BurstSeen, LoginSeen } from '../../src/kinds/login/seen.ts';
import type { Json } from '../../src/kit/json.ts';
import type { Mark, Sample } from '../../src/kit/samples.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { account } from '../helpers/auth-app.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { historyOf, start, tick, worldOf } from '../helpers/kinds.ts';
import { bodyOf, serve } from '../helpers/servers.ts';

const kept = closedAfterEach();

/** No waiting between logins. */
const quick = { rampUp: '0s', rate: '100/s' };

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
  test('is bounded, and signs all sessions out', async () => {
    const app = await startApp();
    const seen = await burstOf(raw(app.url, { users: 3, total: 12, ...quick }));
    expect(seen).toMatchObject({ check: 'the-check', total: 12, done: 12, granted: 12, atOnce: 3 });
    expect([seen?.failure, seen?.ended, seen?.harm]).toEqual([undefined, undefined, undefined]);
    expect(seen?.p95).toBeGreaterThanOrEqual(seen?.p50 ?? Number.POSITIVE_INFINITY);
    expect(seen?.p99).toBeGreaterThanOrEqual(seen?.p95 ?? Number.POSITIVE_INFINITY);
    expect([app.counts.logins, app.counts.highest <= 3, app.sessions.size]).toEqual([12, true, 0]);
  });

  test.each([401, 429, 500])('whose first login is answered with %i has made no other', async (status) => {
    const app = await startApp((_, response) => response.writeHead(status).end() !== undefined);
    const seen = await burstOf(raw(app.url, { users: 20, total: 200, ...quick }));
    expect([seen?.done, seen?.granted, app.counts.logins]).toEqual([1, 0, 1]);
  });

  test.each([
    [401, 'refused'],
    [429, 'throttled'],
    [500, 'broken'],
  ])('ends with the first login that is answered with %i, and says at which step', async (status, outcome) => {
    const app = await startApp((n, response) => n >= 4 && response.writeHead(status).end() !== undefined);
    const seen = await burstOf(raw(app.url, { users: 4, total: 100, ...quick }));
    expect(seen?.failure).toMatchObject({ outcome, step: 'sign in', trail: `POST /login → ${status}` });
    // Three that were granted, and at most one for each user.
    expect(seen?.done).toBeLessThan(8);
    expect(app.counts.logins).toBe(seen?.done);
  });

  test('goes on after some errors where the check says so, but never after a refusal', async () => {
    const app = await startApp((n, response) => n % 3 === 0 && response.writeHead(500).end() !== undefined);
    const spec = (target: string): object => raw(target, { users: 1, total: 20, stopOn: { broken: 3 }, ...quick });
    expect(await burstOf(spec(app.url))).toMatchObject({ done: 9, granted: 6 });
    const other = await startApp((n, response) => n % 3 === 0 && response.writeHead(401).end() !== undefined);
    expect(await burstOf(spec(other.url))).toMatchObject({ done: 3, granted: 2 });
  });

  test('begins no more logins in a second than it may', async () => {
    const app = await startApp();
    const started = performance.now();
    await burstOf(raw(app.url, { users: 5, total: 6, rampUp: '0s', rate: '20/s' }));
    expect(performance.now() - started).toBeGreaterThan(240);
    expect(app.counts.logins).toBe(6);
  });

  test('lets its users begin one after the other', async () => {
    const at: number[] = [];
    const waiting: (() => void)[] = [];
    const server = kept(
      await serve(async (request, response) => {
        await bodyOf(request);
        if (request.url !== '/login') return void response.end('Hello');
        if (at.push(performance.now()) === 1) return void response.end();
        waiting.push(() => response.end());
        return waiting.length < 3 ? undefined : waiting.forEach((go) => go());
      }),
    );
    const seen = await burstOf(raw(server.url, { users: 3, total: 4, rampUp: '600ms', rate: '100/s' }));
    expect(seen).toMatchObject({ granted: 4, atOnce: 3 });
    expect((at[3] ?? 0) - (at[1] ?? 0)).toBeGreaterThan(350);
  });

  test('ends when its time is over', async () => {
    const app = await startApp();
    const seen = await burstOf(raw(app.url, { users: 1, total: 500, rampUp: '0s', within: '200ms', rate: '100/s' }));
    expect(seen?.ended).toBe('200 ms were over');
    expect(seen?.granted).toBe(seen?.done);
    expect([(seen?.done ?? 0) > 0, (seen?.done ?? 500) < 30]).toEqual([true, true]);
  });

  test('gives a login up that takes too long, and ends', async () => {
    const app = await startApp((n) => n >= 2);
    const seen = await burstOf(raw(app.url, { users: 2, total: 10, stopOn: { slower: '1500ms' }, ...quick }));
    expect(seen?.failure).toMatchObject({ outcome: 'broken', trail: 'POST /login → no answer', late: true });
    expect(app.counts.logins).toBeLessThan(5);
  });

  test('ends when another check begins to fail, and says what that said', async () => {
    const harm = new AbortController();
    const app = await startApp((n) => {
      if (n === 3) harm.abort('db-connections fails: 93 of 97 slots are in use');
      return false;
    });
    const session = await open(raw(app.url, { users: 2, total: 100, ...quick }));
    const [look] = (await session.stimulus?.({ ...tick('stimulus'), harm: harm.signal })) ?? [];
    const seen = look && 'seen' in look ? look.seen.burst : undefined;
    expect(seen?.harm).toBe('db-connections fails: 93 of 97 slots are in use');
    expect(seen?.done).toBeLessThan(6);
    expect([seen?.failure, app.sessions.size]).toEqual([undefined, 0]);
  });

  test('sends no password any more once one was refused', async () => {
    const opened: (() => void)[] = [];
    const passwords: string[] = [];
    const page = '<form method="post" action="/login"><input name="u"><input type="password" name="p"></form>';
    const server = kept(
      await serve(async (request, response) => {
        if (request.url === '/me') return void response.end('Hello');
        if (request.method === 'POST') {
          passwords.push(await bodyOf(request));
          return void response.writeHead(passwords.length > 1 ? 401 : 200).end();
        }
        // From the third login on the page comes when a password was refused.
        opened.push(() => response.end(page));
        if (opened.length <= 2) opened[opened.length - 1]?.();
        while (passwords.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        return opened.forEach((go) => go());
      }),
    );
    const spec = { ...raw(server.url, { users: 6, total: 50, ...quick }), login: { form: { page: '/login' } } };
    const seen = await burstOf({ ...spec, logout: undefined });
    expect(seen).toMatchObject({ granted: 1, failure: { outcome: 'refused' } });
    expect(passwords.length).toBe(2);
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

  test.each([401, 429])('that was answered with %i is the last of its account in the run', async (status) => {
    const app = await startApp((n, response) => n >= 3 && response.writeHead(status).end() !== undefined);
    const session = await open(raw(app.url, { users: 2, ...quick }));
    await session.stimulus?.(tick('stimulus'));
    const before = app.counts.logins;
    expect(await session.stimulus?.(tick('stimulus'))).toEqual([]);
    expect(app.counts.logins).toBe(before);
  });

  test('leaves the account in peace after a refusal, also when a login beside it comes through later', async () => {
    let logins = 0;
    let refused = (): void => undefined;
    const after = new Promise<void>((resolve) => {
      refused = resolve;
    });
    const server = kept(
      await serve(async (request, response) => {
        await bodyOf(request);
        if (request.url !== '/login') return void response.end('Hello');
        logins += 1;
        if (logins === 3) return void response.writeHead(401).end(refused);
        // The second one is granted once the third was refused.
        if (logins === 2) await after.then(() => new Promise((resolve) => setTimeout(resolve, 200)));
        return void response.end();
      }),
    );
    const session = await open(raw(server.url, { users: 2, total: 20, ...quick }));
    const [look] = (await session.stimulus?.(tick('stimulus'))) ?? [];
    const seen = look && 'seen' in look ? look.seen.burst : undefined;
    expect(seen).toMatchObject({ done: 3, granted: 2, failure: { outcome: 'refused' } });
    expect(await session.stimulus?.(tick('stimulus'))).toEqual([]);
    expect(logins).toBe(3);
  });

  test.each<[unknown, string]>([
    [{ total: 501 }, 'Too big: expected number to be <=500'],
    [{ users: 51 }, 'Too big: expected number to be <=50'],
    [{ rate: '101/s' }, 'must be at most 100/s'],
    [{ rate: '0/s' }, 'must be more than 0'],
    [{ logins: 3 }, 'Unrecognized key: "logins"'],
    [{ stopOn: { broken: 0 } }, 'Too small: expected number to be >=1'],
    [{ stopOn: { refused: 5 } }, 'Unrecognized key: "refused"'],
    [{ within: '50s' }, 'within and stopOn.slower may take 55s together: the phase ends after 60s'],
    [{ rampUp: '40s' }, 'rampUp must be shorter than within'],
  ])('with %o is refused', (burst, message) => {
    const { error } = login.spec.safeParse(raw('http://auth.test', burst));
    expect(JSON.stringify(error?.issues)).toContain(JSON.stringify(message).slice(1, -1));
  });

  test('has bounds where none are named', () => {
    expect(login.spec.parse(raw('http://auth.test', {}))).toMatchObject({
      burst: {
        users: 5,
        total: 20,
        rampUp: 5000,
        rate: 20,
        within: 40_000,
        stopOn: { broken: 1, slower: 10_000 },
      },
    });
  });

  test('with codes that work once is refused', () => {
    const spec = raw('http://auth.test', {}, { account: { ...account, totp: 'JBSWY3DPEHPK3PXP' } });
    const issues = login.spec.safeParse(spec).error?.issues.map(({ message }) => message);
    expect(issues).toContain(
      'cannot be used together with account.totp: each code works once, so logins cannot be side by side',
    );
  });
});

const keys: BurstKeys = {
  users: 5,
  total: 10,
  rampUp: 0,
  rate: 20,
  within: 40_000,
  stopOn: { broken: 1, slower: 10_000 },
};
const seen: BurstSeen = {
  check: 'login',
  total: 10,
  done: 10,
  granted: 10,
  atOnce: 5,
  ms: 900,
  p50: 120,
  p95: 180,
  p99: 190,
};
const times = 'p50 120 ms, p95 180 ms, p99 190 ms';
const failure = { outcome: 'broken', step: 'sign in', trail: 'POST /login → 500', note: 'status 500' } as const;
const failed: BurstSeen = { ...seen, done: 8, granted: 6, failure };
const { p50: _, p95: __, p99: ___, ...untimed } = seen;

describe('what a burst says', () => {
  test.each<[string, BurstSeen, number | undefined, string | undefined]>([
    ['all granted', seen, undefined, undefined],
    ['within its limit', seen, 180, undefined],
    ['too slow', seen, 150, 'with 5 logins at once the 95th percentile of a login is 180 ms, limit 150 ms'],
    ['over its time', { ...seen, done: 7, granted: 7, ended: '40 s were over' }, undefined, undefined],
    [
      'failed',
      failed,
      undefined,
      `one login works, but 5 at once are too many: broken at "sign in" (POST /login → 500); 6 of 8 logins granted (75 %), 5 at once, ${times}; stopped before the other 2`,
    ],
    [
      'failed at once',
      { ...untimed, done: 1, granted: 0, atOnce: 1, failure },
      undefined,
      'the logins of the hold worked, the one of the burst did not: broken at "sign in" (POST /login → 500); 0 of 1 login granted (0 %), 1 at once; stopped before the other 9',
    ],
    [
      'late',
      { ...failed, failure: { ...failure, trail: 'POST /login → no answer', late: true } },
      undefined,
      `one login works, but 5 at once are too many: broken at "sign in" (POST /login → no answer: a login of a burst may take 10 s); 6 of 8 logins granted (75 %), 5 at once, ${times}; stopped before the other 2`,
    ],
    [
      'that harms',
      { ...seen, done: 6, granted: 6, harm: 'db-connections fails: 93 of 97 slots are in use' },
      undefined,
      `one login works, but 5 at once are too many: db-connections fails: 93 of 97 slots are in use; 6 of 6 logins granted (100 %), 5 at once, ${times}; stopped before the other 4`,
    ],
    ['held back', { ...failed, failure: { ...failure, outcome: 'throttled' } }, 180, undefined],
  ])('%s', (_name, one, p95, because) => {
    const fault = burstFault(one, { ...keys, ...(p95 === undefined ? {} : { p95 }) });
    expect([fault?.because, fault?.asks]).toEqual([because, because && 'block']);
  });

  test.each<[string, BurstSeen, string, string]>([
    ['all granted', seen, 'pass', `10 of 10 logins granted (100 %), 5 at once, ${times}`],
    [
      'over its time',
      { ...seen, done: 7, granted: 7, ended: '40 s were over' },
      'pass',
      `7 of 7 logins granted (100 %), 5 at once, ${times}; 40 s were over before the other 3`,
    ],
    [
      'held back',
      { ...failed, failure: { ...failure, outcome: 'throttled', trail: 'POST /login → 429' } },
      'warn',
      `throttled at "sign in" (POST /login → 429); 6 of 8 logins granted (75 %), 5 at once, ${times}; stopped before the other 2`,
    ],
  ])('of its own part, %s', (_name, one, outcome, because) => {
    expect(burstParts(one, keys, [])).toEqual([{ name: 'burst', outcome, because, ms: 900 }]);
  });

  test('shows what was asked and what came back where it failed', () => {
    const evidence = {
      layer: 'application',
      answer: '500, text/html, "Sorry"',
      curl: "curl -i 'http://auth'",
    } as const;
    expect(burstParts({ ...failed, failure: { ...failure, evidence } }, keys, [])[0]?.evidence).toBe(
      'application layer; answered 500, text/html, "Sorry"; by hand: curl -i \'http://auth\'',
    );
  });

  const marks = (watched: object): Mark[] => [
    {
      at: 1,
      name: 'stimulus',
      data: { check: 'other', watched: [{ check: 'x', unit: '', before: 1, highest: 9, after: 9 }] },
    },
    { at: 2, name: 'stimulus', data: { check: 'login', watched: [watched as Json] } },
  ];
  const database = { check: 'db-connections', unit: 'connections' };
  test.each<[number, number, number | undefined, string, string]>([
    [4, 4, undefined, 'pass', 'stayed at 4 connections or below'],
    [6, 6, undefined, 'pass', 'connections rose by 2 (from 4 to 6) for 5 concurrent logins and did not fall'],
    [9, 4, undefined, 'pass', 'connections rose by 5 (from 4 to 9) for 5 concurrent logins and fell back to 4'],
    [9, 4, 8, 'warn', 'connections rose by 5 (from 4 to 9) for 5 concurrent logins and fell back to 4'],
    [9, 9, undefined, 'warn', 'connections rose by 5 (from 4 to 9) for 5 concurrent logins and did not fall'],
  ])('of a database that reads at most %d and then %d, limit %s', (highest, after, limit, outcome, because) => {
    const watched = { ...database, before: 4, highest, after, ...(limit === undefined ? {} : { limit }) };
    expect(burstParts(seen, undefined, marks(watched))[1]).toEqual({
      name: 'burst and db-connections',
      outcome,
      because,
    });
  });

  test('says of a wait for the pool how long it became, and nothing of the peak', () => {
    const watched = { check: 'pool-wait', unit: 'ms', limit: 500, before: 0, highest: 240, after: 240 };
    expect(burstParts({ ...seen, mean: 100 }, { ...keys, peak: 60 }, marks(watched))[1]).toEqual({
      name: 'burst and pool-wait',
      outcome: 'pass',
      because: 'rose from 0 ms to 240 ms for 5 concurrent logins and did not fall',
    });
  });

  // 4 + (83 − 4) / 20 × 60/s × 0.743 s = 180.1: each login under way takes 3.95 connections, and 44.6 are under way at the peak.
  // 10 logins in 900 ms are 11.1 a second.
  test.each<[number | undefined, number | undefined, string, string]>([
    [97, 60, 'warn', 'holds at 11.1 logins/s, needs about 181 connections at the declared peak of 60/s, has 97; '],
    [200, 60, 'pass', 'holds at 11.1 logins/s, needs about 181 connections at the declared peak of 60/s, has 200; '],
    [undefined, 1.5, 'pass', 'holds at 11.1 logins/s, needs about 9 connections at the declared peak of 1.5/s; '],
    [97, undefined, 'pass', ''],
  ])('against a limit of %s at a peak of %s/s', (limit, peak, outcome, begin) => {
    const watched = { ...database, before: 4, highest: 83, after: 4, ...(limit === undefined ? {} : { limit }) };
    const peaked = { ...keys, users: 20, ...(peak === undefined ? {} : { peak }) };
    const parts = burstParts({ ...seen, atOnce: 20, mean: 743 }, peaked, marks(watched));
    expect(parts[1]).toEqual({
      name: 'burst and db-connections',
      outcome,
      because: `${begin}connections rose by 79 (from 4 to 83) for 20 concurrent logins and fell back to 4`,
    });
  });

  test('says that nothing counted connections where a peak is declared', () => {
    const watched = { check: 'pool-wait', unit: 'ms', before: 0, highest: 0, after: 0 };
    expect(burstParts(seen, { ...keys, peak: 60 }, marks(watched))[2]).toEqual({
      name: 'burst and the declared peak',
      outcome: 'warn',
      because: 'nothing can be said of 60/s: no check counted connections meanwhile; add db-connections to the profile',
    });
    expect(burstParts(seen, keys, [])).toHaveLength(1);
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
    const calm = login.judge(
      historyOf([hold, load], [], { failAfter: 1 }),
      login.spec.parse(raw('http://auth.test', {})),
    );
    expect([calm.outcome, calm.because]).toEqual([
      'pass',
      `${alone.because}; burst: 10 of 10 logins granted (100 %), 5 at once, ${times}`,
    ]);
    expect(login.charts?.(historyOf([hold, load]), spec)[0]?.series[0]?.points).toHaveLength(1);
  });
});
