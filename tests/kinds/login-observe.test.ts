// What a `login` check observes beside the login: cookies, transport, URLs, pages, the session id, the times.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { openCookies } from '../../src/kinds/login/jar.ts';
import { login } from '../../src/kinds/login/index.ts';
import { cookieFaults } from '../../src/kinds/login/observe/cookies.ts';
import { hopsText } from '../../src/kinds/login/observe/hops.ts';
import { leakObservation } from '../../src/kinds/login/observe/leaks.ts';
import { redirectQuestion } from '../../src/kinds/login/observe/open-redirect.ts';
import { cachingObservation, mixedContentObservation } from '../../src/kinds/login/observe/pages.ts';
import { overBudget, quantile, spread } from '../../src/kinds/login/observe/times.ts';
import { transportObservations } from '../../src/kinds/login/observe/transport.ts';
import type { LoginSeen, Observation, StepSeen } from '../../src/kinds/login/seen.ts';
import type { Exchange } from '../../src/kinds/login/visitor.ts';
import type { HttpResponse } from '../../src/kit/io.ts';
import type { Look, Verdict } from '../../src/kit/samples.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { account } from '../helpers/auth-app.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { historyOf, samples, start, tick, worldOf } from '../helpers/kinds.ts';
import { bodyOf, serve } from '../helpers/servers.ts';

const kept = closedAfterEach();

const answer = (over: Partial<HttpResponse> = {}): HttpResponse => ({
  status: 200,
  headers: {},
  body: '',
  truncated: false,
  timings: { firstByte: 1, body: 0, total: 2, reused: false },
  ...over,
});

const exchange = (url: string, over: Partial<HttpResponse> = {}, referer?: string): Exchange => ({
  visit: { method: 'GET', url, ...(referer === undefined ? {} : { headers: { referer } }) },
  answer: answer(over),
  cookies: [],
});

const loginForm = '<form><input type="password" name="p"></form>';

describe('the flags of a cookie', () => {
  const https = 'https://app.example.com/';
  const noHttpOnly = 'it is not HttpOnly: scripts of the page can read it';
  const noSecure = 'it is not Secure although the login is https';
  const host = 'its prefix __Host- asks for Secure, Path=/ and no Domain';
  test.each<[string, string, string[]]>([
    ['sid=1; Secure; HttpOnly; SameSite=Lax', https, []],
    ['sid=1; HttpOnly; SameSite=Strict', 'http://app.example.com/', []],
    ['sid=1', https, [noHttpOnly, noSecure, 'it has no SameSite']],
    ['XSRF-TOKEN=1; Secure; SameSite=Lax', https, []],
    ['sid=1; HttpOnly; SameSite=None', 'http://localhost/', ['SameSite=None needs Secure: browsers drop it']],
    ['__Host-sid=1; Secure; Path=/; HttpOnly; SameSite=Lax', https, []],
    ['__Host-sid=1; Secure; Path=/a; HttpOnly; SameSite=Lax', https, [host]],
    ['__Secure-sid=1; HttpOnly; SameSite=Lax', https, [noSecure, 'its prefix __Secure- asks for Secure']],
    [
      'sid=1; Domain=example.com; Secure; HttpOnly; SameSite=Lax',
      https,
      ['it goes to every host below example.com, not to app.example.com alone'],
    ],
    [
      'sid=1; Secure; HttpOnly; SameSite=Lax',
      'http://staging.internal/',
      ['it was dropped: it is Secure but the target is http://staging.internal'],
    ],
    [
      'sid=1; Domain=other.com; Secure; HttpOnly; SameSite=Lax',
      https,
      [
        "it was dropped: Cookie not in this host's domain. Cookie:other.com Request:app.example.com",
        'it goes to every host below other.com, not to app.example.com alone',
      ],
    ],
  ])('%s at %s', async (header, url, faults) => {
    const [cookie] = await (await openCookies()).take([header], url);
    expect(cookie && cookieFaults(cookie, url)).toEqual(faults);
  });
});

const told = (all: readonly Observation[]): string[] =>
  all.map(({ name, of, isGood, because }) => `${isGood ? 'good' : 'bad'} ${name} ${of}: ${because}`);

describe('the transport', () => {
  const tls = { protocol: 'TLSv1.3', expires: start + 19.5 * 86_400_000 };
  test.each<[string, Exchange[], string[]]>([
    ['plain http on the machine itself', [exchange('http://127.0.0.1:80/')], []],
    [
      'plain http elsewhere',
      [exchange('http://auth.test/')],
      ['bad tls auth.test: the login goes over plain http: everybody on the way can read the password'],
    ],
    [
      'https',
      [exchange('https://auth.test/', { tls, headers: { 'strict-transport-security': ['max-age=63072000'] } })],
      [
        'good tls auth.test: TLSv1.3',
        'good certificate auth.test: expires in 19 days',
        'good hsts auth.test: browsers are told to stay with https',
      ],
    ],
    [
      'https of long ago',
      [
        exchange('https://auth.test/', {
          tls: { protocol: 'TLSv1.1' },
          headers: { 'strict-transport-security': ['max-age=0'] },
        }),
      ],
      [
        'bad tls auth.test: TLSv1.1 is outdated: TLS 1.2 is the least that is safe',
        'bad hsts auth.test: no answer has a Strict-Transport-Security header: a browser can be led to plain http',
      ],
    ],
  ])('%s', (_, exchanges, expected) => {
    expect(told(transportObservations(exchanges, start))).toEqual(expected);
  });
});

describe('a secret in a URL', () => {
  const secrets = new Map([['the password', 'Pr0be+pass/word&1']]);
  const clean = 'good secretsInUrls : neither the password nor the session stands in a URL';
  test.each<[string, Exchange, string]>([
    ['nowhere', exchange('http://auth.test/login?user=smoke'), clean],
    [
      'in the query, encoded',
      exchange('http://auth.test/login?p=Pr0be%2Bpass%2Fword%261'),
      'bad secretsInUrls : the password stands in the URL of GET /login: logs and histories keep it',
    ],
    [
      'in the Referer',
      exchange('http://auth.test/me', {}, 'http://auth.test/login?p=Pr0be%2Bpass%2Fword%261'),
      'bad secretsInUrls : the password stands in the Referer of GET /me: logs and histories keep it',
    ],
  ])('%s', (_, one, expected) => {
    expect(told([leakObservation([one], secrets, 'http://auth.test')])).toEqual([expected]);
  });

  test('of a few characters is found by chance everywhere, and not looked for', () => {
    const found = leakObservation(
      [exchange('http://auth.test/1234')],
      new Map([['the pin', '1234']]),
      'http://auth.test',
    );
    expect(found.isGood).toBe(true);
  });
});

describe('the pages', () => {
  test.each<[string, string, string[]]>([
    ['a page over http', 'http://auth.test/login', []],
    [
      'links',
      `https://auth.test/login|${loginForm}<a href="http://x.test/">x</a>`,
      ['good mixedContent : the login page loads nothing over plain http'],
    ],
    [
      'a script and a form',
      `https://auth.test/login|<script src="http://cdn.test/a.js"></script><form action="http://auth.test/login"><input type=password></form>`,
      ['bad mixedContent : the login page loads or sends 2 of its parts over plain http, first from http://cdn.test'],
    ],
  ])('mixed content: %s', async (_, text, expected) => {
    const [url = '', body = loginForm] = text.split('|');
    expect(told(await mixedContentObservation([exchange(url, { body })]))).toEqual(expected);
  });

  test.each<[string | undefined, string]>([
    ['private, no-store', 'good caching : GET /me is answered with no-store'],
    [
      'no-cache',
      'bad caching : GET /me is answered with Cache-Control: no-cache, so browsers and proxies may keep the page; it must say no-store',
    ],
    [
      undefined,
      'bad caching : GET /me is answered without Cache-Control, so browsers and proxies may keep the page; it must say no-store',
    ],
  ])('caching: %s', (control, expected) => {
    const headers: Record<string, string[]> = control === undefined ? {} : { 'cache-control': [control] };
    expect(told(cachingObservation(exchange('http://auth.test/me', { headers }), 'http://auth.test'))).toEqual([
      expected,
    ]);
  });

  test.each<[string, Exchange[], string | undefined]>([
    ['no login page', [exchange('http://auth.test/?next=/me')], undefined],
    ['no parameter', [exchange('http://auth.test/login', { body: loginForm })], undefined],
    ['in its URL', [exchange('http://auth.test/login?next=/me', { body: loginForm })], 'next'],
    [
      'in a redirect to it',
      [
        exchange('http://auth.test/me', { status: 302, headers: { location: ['/login?returnUrl=%2Fme'] } }),
        exchange('http://auth.test/login', { body: loginForm }),
      ],
      'returnUrl',
    ],
    [
      'in its form',
      [exchange('http://auth.test/login', { body: `${loginForm}<input type=hidden name="goto">` })],
      'goto',
    ],
  ])('the return parameter: %s', (_, exchanges, name) => {
    const question = redirectQuestion(exchanges);
    expect(question?.name).toBe(name);
    const asked = question && new URL(question.url).searchParams.get(question.name);
    expect(asked).toBe(name && 'https://holdpoint.invalid/');
  });
});

describe('the times', () => {
  const step = (name: string, ms: number): StepSeen => ({
    name,
    role: name === 'see /me' ? 'probe' : 'login',
    outcome: 'granted',
    status: 200,
    ms,
    trail: '',
    note: '',
    reason: '',
  });
  const seen: LoginSeen = { steps: [step('sign in', 300), step('see /me', 100)], ms: 400, total: 900 };

  test.each<[object, string | undefined]>([
    [{}, undefined],
    [{ login: 400, step: 300, total: 900 }, undefined],
    [{ login: 399, step: 1 }, ' 400 of 399'],
    [{ step: 299 }, 'its step "sign in"  300 of 299'],
    [{ total: 800 }, 'with its logout  900 of 800'],
  ])('over the budgets %o', (budgets, expected) => {
    const slow = overBudget(seen, budgets);
    expect(slow && `${slow.what} ${slow.ms} of ${slow.limit}`).toBe(expected);
  });

  test('are told as nearest-rank percentiles, from five logins on', () => {
    const times = [50, 10, 40, 20, 30];
    expect([quantile(times, 0.5), quantile(times, 0.95), quantile(times, 0), quantile([], 0.5)]).toEqual([
      30,
      50,
      10,
      undefined,
    ]);
    expect(spread(times)).toBe('p50 30 ms, p95 50 ms of 5 logins');
    expect(spread([10, 20])).toBe('');
  });

  test('of requests are told by stage, with the connections', () => {
    const hop = { ask: 'GET /', status: 200, total: 9, reused: false };
    expect(
      hopsText([
        { ...hop, dns: 1.2, tcp: 1, tls: 3, firstByte: 4, body: 1 },
        { ...hop, firstByte: 6, reused: true },
      ]),
    ).toBe('DNS 1 ms, TCP 1 ms, TLS 3 ms, first byte 10 ms, body 1 ms on 1 new connection and 1 reused one');
    expect(hopsText([{ ...hop, status: null }])).toBe('');
  });
});

interface Knobs {
  keepsId?: boolean;
  sendsOn?: boolean;
  cookie?: string;
  headers?: Record<string, string>;
}

const idOf = (request: IncomingMessage): string | undefined => /sid=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];

/** A login page with a session cookie of its own, as most frameworks have it. */
const startApp = async ({
  keepsId,
  sendsOn,
  cookie = '; Path=/; HttpOnly; SameSite=Lax',
  headers = {},
}: Knobs = {}) => {
  const signedIn = new Set<string>();
  const asked: string[] = [];
  const server = kept(
    await serve(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      const id = idOf(request);
      asked.push(`${request.method} ${request.url}`);
      if (pathname === '/me')
        return signedIn.has(id ?? '')
          ? void response.writeHead(200, headers).end('Hello smoke')
          : void response.writeHead(302, { location: '/login?next=%2Fme' }).end();
      if (pathname === '/logout') return void (signedIn.delete(id ?? ''), response.end('bye'));
      if (request.method === 'GET') {
        if (sendsOn && signedIn.has(id ?? ''))
          return void response.writeHead(302, { location: searchParams.get('next') ?? '/' }).end();
        const set = id === undefined ? { 'set-cookie': `sid=${randomUUID()}${cookie}` } : {};
        return void response
          .writeHead(200, set)
          .end('<form method=post><input name=u><input type=password name=p></form>');
      }
      const fields = new URLSearchParams(await bodyOf(request));
      if (fields.get('p') !== account.password) return void response.writeHead(401).end();
      const next = keepsId && id !== undefined ? id : randomUUID();
      signedIn.add(next);
      return void response.writeHead(302, { location: '/me', 'set-cookie': `sid=${next}${cookie}` }).end();
    }),
  );
  return { ...server, asked };
};

const looked = async (target: string, more: object = {}): Promise<{ looks: Look<LoginSeen>[]; verdict: Verdict }> => {
  const raw = {
    target,
    account,
    login: { form: { page: '/login' } },
    probe: { get: '/me', granted: { status: 200, contains: 'Hello' } },
    logout: { post: '/logout' },
    ...more,
  };
  const spec = login.spec.parse(raw);
  const io = kept(networkIo());
  const session = kept(await login.open(spec, worldOf({ http: io.http, clock: io.clock })));
  const looks = await session.sample(tick('hold'));
  return { looks, verdict: login.judge(historyOf(samples(looks), [], { failAfter: 1 }), spec) };
};

const partsOf = ({ parts = [] }: Verdict): Record<string, string> =>
  Object.fromEntries(parts.map(({ name, outcome, because }) => [name, `${outcome}: ${because}`]));

describe('a whole login', () => {
  test('passes with what was observed beside it, warnings counted', async () => {
    const app = await startApp({ headers: { 'cache-control': 'no-store' }, cookie: '; Path=/; HttpOnly' });
    const { looks, verdict } = await looked(app.url);
    expect(verdict).toMatchObject({ outcome: 'pass', reason: 'ok' });
    expect(verdict.because).toMatch(/the session from before the login, the session after the logout; 1 warning$/);
    expect(partsOf(verdict)).toMatchObject({
      'the session from before the login': expect.stringMatching(
        /^pass: refused \(GET \/me → 302\): it leads to the login page; TCP/,
      ),
      'cookie sid': 'warn: it has no SameSite',
      'secrets in URLs': 'pass: neither the password nor the session stands in a URL',
      caching: 'pass: GET /me is answered with no-store',
      'open redirect': 'pass: the login page does not send its visitor to a foreign next',
    });
    expect(app.asked.filter((ask) => ask.includes('holdpoint.invalid'))).toEqual([
      'GET /login?next=https%3A%2F%2Fholdpoint.invalid%2F',
    ]);
    const [look] = looks;
    const hops = look && 'seen' in look ? look.seen.steps.find(({ name }) => name === 'sign in')?.hops : undefined;
    expect(hops?.map(({ ask, status, reused }) => [ask, status, reused])).toEqual([
      ['POST /login', 302, false],
      ['GET /me', 200, false],
    ]);
  });

  test('with a session id that does not change blocks at once', async () => {
    const app = await startApp({ keepsId: true });
    const { verdict } = await looked(app.url);
    expect(verdict).toMatchObject({ outcome: 'fail', settled: true, asks: 'block', reason: 'session_kept' });
    expect(verdict.because).toBe(
      'the session id does not change at the login: the one from before is GRANTED access (GET /me → 200), so whoever planted it is signed in, too',
    );
  });

  test('does not look at the session id where the check says why not', async () => {
    const app = await startApp({ keepsId: true });
    const { verdict } = await looked(app.url, { negative: { rotated: { off: 'rewritten next month' } } });
    expect(verdict.outcome).toBe('pass');
    expect(partsOf(verdict)['the session from before the login']).toBe('skipped: switched off: rewritten next month');
  });

  test('names a login page that sends its visitor anywhere, and never follows it', async () => {
    const app = await startApp({ sendsOn: true });
    const { verdict } = await looked(app.url);
    expect(partsOf(verdict)['open redirect']).toBe(
      'warn: the login page sends its visitor to whatever next says (302 to https://holdpoint.invalid/): mails can lead there under your name',
    );
  });

  test('fails where the check raises an observation, and leaves out what it switches off', async () => {
    const app = await startApp({ cookie: '; Path=/' });
    const { verdict } = await looked(app.url, { security: { cookies: 'fail', caching: { off: 'a proxy adds it' } } });
    expect(verdict).toMatchObject({
      outcome: 'fail',
      settled: true,
      asks: 'block',
      reason: 'insecure',
      because:
        'the login works, but cookie sid: it is not HttpOnly: scripts of the page can read it; it has no SameSite',
    });
    expect(partsOf(verdict)['caching']).toBe('skipped: switched off: a proxy adds it');
  });

  test.each<[object, RegExp]>([
    [{ step: '1ms' }, /^the login works but its step "open \/login" took \d+ ms, limit 1 ms$/],
    [{ login: '1ms' }, /^the login works but took \d+ ms, limit 1 ms(?:: most of it was its step "[^"]+", \d+ ms)?$/],
    [
      { total: '1ms' },
      /^the login works but with its logout took \d+ ms, limit 1 ms(?:: most of it was its step "[^"]+", \d+ ms)?$/,
    ],
  ])('over its budget %o only blocks', async (budgets, because) => {
    const slow = kept(
      await serve((_, response) => void setTimeout(() => response.end('Hello<input type=password>'), 5)),
    );
    const steps = { steps: [{ get: '/login' }] };
    const off = { off: 'a test' };
    const { verdict } = await looked(slow.url, {
      login: steps,
      budgets,
      negative: { anonymous: off, wrongPassword: off, rotated: off, deadSession: off },
    });
    expect(verdict).toMatchObject({ outcome: 'fail', asks: 'block', reason: 'too_slow' });
    expect(verdict.because.replace('GET /login', 'open /login')).toMatch(because);
  });
});

describe('a certificate', () => {
  const step: StepSeen = {
    name: 'sign in',
    role: 'login',
    outcome: 'granted',
    status: 200,
    ms: 1,
    trail: '',
    note: '',
    reason: '',
  };
  const verdictOn = (days: number, more: object = {}): Verdict => {
    const observed: Observation[] = [
      { name: 'certificate', of: 'auth.test', isGood: true, because: `expires in ${days} days`, days },
    ];
    const spec = login.spec.parse({
      target: 'https://auth.test',
      account,
      login: { form: { page: '/login' } },
      probe: { get: '/me', granted: { status: 200 } },
      ...more,
    });
    return login.judge(historyOf(samples([{ seen: { steps: [step], ms: 1, observed } }]), [], { failAfter: 1 }), spec);
  };
  test.each<[number, object, string, string]>([
    [60, {}, 'pass', 'pass: expires in 60 days'],
    [20, {}, 'pass', 'warn: expires in 20 days, limit 21 days'],
    [1, {}, 'pass', 'warn: expires in 1 day, limit 21 days'],
    [20, { tls: { minDays: 14 } }, 'pass', 'warn: expires in 20 days, limit 21 days'],
    [13, { tls: { minDays: 14 } }, 'fail', 'fail: expires in 13 days, limit 14 days'],
    [25, { tls: { minDays: 30 } }, 'fail', 'fail: expires in 25 days, limit 30 days'],
    [20, { security: { certificate: 'fail' } }, 'fail', 'fail: expires in 20 days, limit 21 days'],
  ])('%d days before it expires, with %o', (days, more, outcome, part) => {
    const verdict = verdictOn(days, more);
    expect([verdict.outcome, partsOf(verdict)['certificate auth.test']]).toEqual([outcome, part]);
  });
});
