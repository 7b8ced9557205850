// The kind `login` against a real service, healthy and broken in the ways that services break.
import { describe, expect, test } from 'vitest';
import type { History, Look, Phase, Sample, Verdict } from '../../src/kit/samples.ts';
import { login } from '../../src/kinds/login/index.ts';
import type { LoginSeen } from '../../src/kinds/login/seen.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { account, type AuthApp, type Knobs, startAuthApp } from '../helpers/auth-app.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { closedPort, serve } from '../helpers/servers.ts';
import { kindContract } from './contract.ts';

const kept = closedAfterEach();

const formSpec = (target: string, more: object = {}): unknown => ({
  target,
  account,
  login: { form: { page: '/login' } },
  probe: { get: '/me', granted: { status: 200, contains: '{{username}}' } },
  logout: { post: '/logout' },
  ...more,
});

interface Opened {
  look(phase?: Phase, timeout?: number): Promise<Look<LoginSeen>[]>;
  learned: [string, string][];
  judge(looks: Look<LoginSeen>[], before?: Look<LoginSeen>[]): Verdict;
}

const samplesOf = (looks: Look<LoginSeen>[], phase: Phase): Sample<LoginSeen>[] =>
  looks.map((look, index) => ({ ...look, at: index * 1000, ms: 1, phase }));

const history = (looks: Look<LoginSeen>[], before: Look<LoginSeen>[] = []): History<LoginSeen> => ({
  baseline: { from: before.length > 0 ? 'captured' : 'none', samples: samplesOf(before, 'baseline') },
  samples: samplesOf(looks, 'hold'),
  control: [],
  marks: [],
  plan: { alpha: 0.01, beta: 0.05, units: 60, failAfter: 1, every: 1000, errorGrace: 3000, absolute: false },
  now: 100_000,
  ended: false,
});

const open = async (raw: unknown): Promise<Opened> => {
  const spec = login.spec.parse(raw);
  const io = kept(networkIo());
  const learned: [string, string][] = [];
  const session = kept(
    await login.open(spec, {
      io,
      check: 'login',
      root: '/',
      every: 1000,
      source: () => Promise.reject(new Error('no source')),
      shared: async (_, make) => ({ value: (await make()).value, release: async () => undefined }),
      learn: (secret, name) => void learned.push([name, secret]),
      mark: () => undefined,
    }),
  );
  return {
    learned,
    look: (phase = 'hold', timeout = 3000) =>
      session.sample({ at: 0, phase, n: 0, signal: new AbortController().signal, timeout }),
    judge: (looks, before) => login.judge(history(looks, before), spec),
  };
};

const app = async (knobs: Knobs = {}): Promise<AuthApp> => kept(await startAuthApp(knobs));

const stepsOf = (looks: Look<LoginSeen>[]): string[] =>
  looks.flatMap((look) => ('seen' in look ? look.seen.steps : [])).map(({ name, outcome }) => `${name}: ${outcome}`);

const words = ({ because }: Verdict): string =>
  because.replaceAll(/\d+(?:\.\d)? m?s\b/g, 'N ms').replaceAll(/:\d{4,5}/g, ':PORT');

const step = (outcome: 'granted' | 'broken', status: number): LoginSeen['steps'][number] => ({
  name: 'sign in',
  role: 'login',
  outcome,
  status,
  ms: 20,
  trail: `POST /login → ${status}`,
  note: '',
  reason: '',
});

kindContract({
  kind: login,
  spec: formSpec('http://auth.test'),
  unreachable: formSpec('http://127.0.0.1:1'),
  good: Array.from({ length: 3 }, () => ({ steps: [step('granted', 302)], ms: 20 })),
  bad: Array.from({ length: 3 }, () => ({ steps: [step('broken', 500)], ms: 20 })),
});

describe('a healthy login', () => {
  test('is granted, and what must be refused is refused, once', async () => {
    const service = await app();
    const { look, judge } = await open(formSpec(service.url));
    const first = await look();
    expect(stepsOf(first)).toEqual([
      'a stranger: refused',
      'a wrong password: refused',
      'open /login: granted',
      'sign in: granted',
      'see /me: granted',
      'sign out: granted',
      'the session after the logout: refused',
    ]);
    const second = await look();
    expect(stepsOf(second)).toEqual([
      'open /login: granted',
      'sign in: granted',
      'see /me: granted',
      'sign out: granted',
    ]);
    const verdict = judge([...first, ...second]);
    expect(verdict).toMatchObject({ outcome: 'pass', settled: true, reason: 'ok', unit: 'ms' });
    expect(words(verdict)).toBe(
      'signed in and saw /me in N ms (4 steps); refused, as it should be: a stranger, a wrong password, the session after the logout; 2 warnings',
    );
    expect(verdict.parts?.map(({ name, outcome }) => [name, outcome])).toContainEqual(['a wrong password', 'pass']);
  });

  test.each<Phase>(['baseline', 'rollout', 'warmup', 'verify', 'last'])(
    'never sends a wrong password in the phase %s',
    async (phase) => {
      const service = await app();
      const { look } = await open(formSpec(service.url));
      await look(phase);
      expect(service.passwords).toEqual([account.password]);
    },
  );

  test('sends one wrong password per run, also to several instances', async () => {
    const [blue, green] = [await app(), await app()];
    const { look } = await open({ ...(formSpec(blue.url) as object), instances: { blue: blue.url, green: green.url } });
    const looks = await look();
    await look();
    expect(looks.map(({ group }) => group)).toEqual(['blue', 'green']);
    expect([...blue.passwords, ...green.passwords].filter((sent) => sent !== account.password)).toHaveLength(1);
  });

  test('by JSON carries its token in a header', async () => {
    const service = await app();
    const spec = formSpec(service.url, { login: { json: { post: '/api/login', token: 'data.token' } } });
    const { look, judge } = await open(spec);
    const looks = await look();
    expect(stepsOf(looks)).toEqual([
      'a stranger: refused',
      'a wrong password: refused',
      'sign in: granted',
      'see /me: granted',
      'sign out: granted',
      'the session after the logout: refused',
    ]);
    expect(judge(looks).outcome).toBe('pass');
  });

  test('in own steps captures what it needs', async () => {
    const service = await app();
    const steps = [
      {
        post: '/api/login',
        json: { username: '{{username}}', password: '{{password}}' },
        capture: { key: '$.data.token' },
      },
    ];
    const session = { header: { authorization: 'Bearer {{key}}' } };
    const { look } = await open(formSpec(service.url, { login: { steps }, session, logout: undefined }));
    expect(stepsOf(await look('warmup'))).toEqual(['sign in: granted', 'see /me: granted']);
  });

  test('learns cookies and form tokens at once, and shows none of them', async () => {
    const { look, learned } = await open(formSpec((await app()).url));
    const looks = await look();
    expect(new Set(learned.map(([name]) => name))).toEqual(new Set(['cookie session', 'form field csrf']));
    const shown = JSON.stringify(looks);
    for (const [, secret] of learned) expect(shown).not.toContain(secret);
    expect(shown).not.toContain(account.password);
  });

  test('says what it did not look at', async () => {
    const service = await app();
    const negative = { wrongPassword: { off: 'the directory locks after one' } };
    const { look, judge } = await open(formSpec(service.url, { negative, logout: undefined }));
    const looks = await look();
    expect(service.passwords).toEqual([account.password]);
    expect(judge(looks).parts?.filter(({ outcome }) => outcome === 'skipped')).toEqual([
      { name: 'a wrong password', outcome: 'skipped', because: 'switched off: the directory locks after one' },
      {
        name: 'the session from before the login',
        outcome: 'skipped',
        because: 'there was no cookie before the password was sent',
      },
      { name: 'the session after the logout', outcome: 'skipped', because: 'no logout is named in the check' },
    ]);
  });
});

describe('a broken login fails at the step where it breaks', () => {
  test.each<[string, Knobs, string, string, string]>([
    [
      'the form answers 500',
      { login: 500 },
      'login_broken',
      'login is BROKEN at step 2 of 4 (POST /login → 500)',
      'look at the log of the service for POST /login first; if db-connections or pool-wait fail too, start there',
    ],
    [
      'the page behind the login answers 500',
      { me: 500 },
      'login_broken',
      'login is BROKEN at step 2 of 4 (POST /login → 302, then GET /me → 500): the password was accepted; the page behind it fails',
      'the session was written, the next request could not be served: look at db-connections and pool-wait first, then at the log of the service for GET /me',
    ],
    [
      'the page with the form answers 503',
      { page: 503 },
      'login_broken',
      'login is BROKEN at step 1 of 4 (GET /login → 503)',
      'look at the log of the service for GET /login first; if db-connections or pool-wait fail too, start there',
    ],
    [
      'load shedding is no throttle',
      { login: 503, retryAfter: '30' },
      'login_broken',
      'login is BROKEN at step 2 of 4 (POST /login → 503)',
      'look at the log of the service for POST /login first; if db-connections or pool-wait fail too, start there',
    ],
    [
      'the right password is refused',
      { login: 401 },
      'login_refused',
      'login REFUSED the right password at step 2 of 4 (POST /login → 401)',
      'look at what this release changed in checking passwords and sessions and at the accounts table; then whether the account in the profile still exists',
    ],
    [
      'the session is not kept',
      { noSession: true },
      'login_refused',
      'login REFUSED the right password at step 2 of 4 (POST /login → 302, then GET /me → 302, then GET /login → 200): the login form came back',
      'look at what this release changed in checking passwords and sessions and at the accounts table; then whether the account in the profile still exists',
    ],
  ])('%s', async (_, knobs, reason, because, next) => {
    const { look, judge } = await open(formSpec((await app(knobs)).url));
    const verdict = judge(await look('hold'));
    expect(verdict).toMatchObject({ outcome: 'fail', settled: true, reason, because, next });
    expect(verdict.asks).toBeUndefined();
  });

  test('nothing listens', async () => {
    const { look, judge } = await open(formSpec(`http://127.0.0.1:${await closedPort()}`));
    const verdict = judge(await look());
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'target_unreachable' });
    expect(words(verdict)).toBe(
      'login is BROKEN at step 1 of 4 (GET /login → no answer): 127.0.0.1:PORT refused the connection: nothing listens there (ECONNREFUSED)',
    );
    expect(verdict.next).toBe('look whether the service runs and listens there, then at the network between');
  });

  test('requests hang, within the timeout of the look', async () => {
    const { look, judge } = await open(formSpec((await app({ hang: true })).url));
    const verdict = judge(await look('warmup', 300));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'target_timeout' });
    expect(words(verdict)).toMatch(
      /^login is BROKEN at step 2 of 4 \(POST \/login → 302, then GET \/me → no answer\): 127\.0\.0\.1:PORT: connected, but no answer came within N ms$/,
    );
    expect(verdict.next).toBe(
      'requests hang: look at pool-wait and db-connections first, then at locks and the load of the service',
    );
  });

  test('the page has no form', async () => {
    const server = kept(await serve((_, response) => void response.end('<div id="app"></div>')));
    const { look, judge } = await open(formSpec(server.url));
    expect(judge(await look('warmup')).because).toBe(
      'login is BROKEN at step 2 of 4: no <form> on /login (status 200); a page that is drawn by JavaScript needs `steps` with the API that it calls',
    );
  });

  test('the page behind it does not show the account', async () => {
    const probe = { get: '/me', granted: { contains: 'Log out' } };
    const { look, judge } = await open(
      formSpec((await app()).url, { probe, negative: { wrongPassword: { off: 'x' } } }),
    );
    expect(judge(await look('warmup')).because).toBe(
      'login is BROKEN at step 3 of 4 (GET /me → 200): the answer (status 200, 20 characters) does not contain "Log out"',
    );
  });

  test('it works and takes longer than its budget: it blocks', async () => {
    const { look, judge } = await open(formSpec((await app()).url, { budgets: { login: '1ms' } }));
    const verdict = judge(await look('warmup'));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'too_slow', asks: 'block', limit: 1, unit: 'ms' });
    expect(words(verdict)).toMatch(
      /^the login works but took N ms, limit N ms(?:: most of it was its step "[^"]+", N ms)?$/,
    );
  });
});

describe('what must be refused', () => {
  test.each<[string, Knobs, string, string]>([
    [
      'a stranger',
      { openPage: true },
      'anonymous_granted',
      'a stranger was GRANTED access (GET /me → 200): the page is not protected',
    ],
    [
      'a wrong password',
      { anyPassword: true },
      'wrong_password_granted',
      'a wrong password was GRANTED access (POST /login → 302, then GET /me → 200, then GET /me → 200): authentication is not enforced',
    ],
    [
      'the session after the logout',
      { logoutForgets: true },
      'session_survives',
      'the session survives the logout: replayed, it is still GRANTED access (GET /me → 200)',
    ],
  ])('%s that is granted blocks at once', async (_, knobs, reason, because) => {
    const { look, judge } = await open(formSpec((await app(knobs)).url));
    const first = await look();
    expect(judge([...first, ...(await look())])).toMatchObject({
      outcome: 'fail',
      settled: true,
      asks: 'block',
      reason,
      because,
    });
  });

  test('a wrong password that gets a token is granted, too', async () => {
    const spec = formSpec((await app({ anyPassword: true })).url, {
      login: { json: { post: '/api/login', token: 'data.token' } },
    });
    const { look, judge } = await open(spec);
    expect(judge(await look()).reason).toBe('wrong_password_granted');
  });

  test('an error is no refusal', async () => {
    const service = await app({ login: 500 });
    const { look } = await open(formSpec(service.url));
    expect(stepsOf(await look())[1]).toBe('a wrong password: broken');
  });
});

describe('an account that is held back', () => {
  test.each<[string, Knobs, object, string]>([
    ['429', { login: 429 }, {}, 'POST /login → 429: status 429'],
    ['423', { login: 423 }, {}, 'POST /login → 423: status 423'],
    ['Retry-After', { login: 403, retryAfter: '60' }, {}, 'POST /login → 403: status 403 with Retry-After: 60'],
    [
      'a known phrase',
      { formSays: 'Too many login attempts. Wait.' },
      {},
      'POST /login → 200: the answer says "Too many login attempts"',
    ],
    [
      'what the check names',
      { login: 500 },
      { throttled: { status: 500, contains: 'sorry' } },
      'POST /login → 500: the answer (status 500) is what `throttled` describes',
    ],
  ])('by %s is left in peace', async (_, knobs, more, what) => {
    const service = await app(knobs);
    const { look } = await open(formSpec(service.url, more));
    const because = `could not judge: the account of the probe is held back at "a wrong password" (${what}); it is not tried again in this run`;
    const missed = { by: 'throttle', reason: 'rate_limited', because };
    expect(await look()).toEqual([{ missed }]);
    const count = service.asked.length;
    await expect(look()).rejects.toMatchObject({ missed });
    expect(service.asked.length).toBe(count);
  });

  test('by a password that is refused again and again, stops before the account is locked', async () => {
    const service = await app({ login: 401 });
    const { look, judge } = await open(formSpec(service.url));
    const sent = async (phase: Phase, looks: number): Promise<number> => {
      for (let n = 0; n < looks; n += 1) await look(phase);
      return service.passwords.length;
    };
    expect([await sent('baseline', 2), await sent('warmup', 4), await sent('hold', 6)]).toEqual([2, 2, 4]);
    expect(judge(await look('hold')).because).toBe(
      'login REFUSED the right password at step 2 of 4 (POST /login → 401): not tried again after 4 refusals in a row, as more could lock the account',
    );
    expect([await sent('last', 2), await sent('verify', 3)]).toEqual([4, 5]);
    // No wrong one of ours was among them.
    expect(new Set(service.passwords)).toEqual(new Set([account.password]));
  });

  test('sends the wrong password when the right one is taken again', async () => {
    const service = await app({ login: 401 });
    const { look } = await open(formSpec(service.url));
    await look('warmup');
    await look('hold');
    delete service.knobs.login;
    await look('hold');
    expect(service.passwords).toEqual(Array(3).fill(account.password));
    const looks = await look('hold');
    expect(stepsOf(looks)).toContain('a wrong password: refused');
    await look('hold');
    expect(service.passwords.filter((password) => password !== account.password)).toHaveLength(1);
  });

  test('counts our own wrong password against the account', async () => {
    const service = await app({ login: 401 });
    const { look } = await open(formSpec(service.url));
    for (let n = 0; n < 6; n += 1) await look('hold');
    expect(service.passwords).toHaveLength(4);
  });

  test('refused before the deploy as well is our own error', async () => {
    const { look, judge } = await open(formSpec((await app({ login: 401 })).url));
    const before = await look('baseline');
    expect(judge(await look('warmup'), before)).toMatchObject({
      outcome: 'error',
      reason: 'account_refused',
      because:
        'login REFUSED the right password at step 2 of 4 (POST /login → 401); it was refused before the deploy, too: the password of smoke in the profile is probably wrong',
    });
  });
});

describe('credentials stay with the target', () => {
  const foreign = async (): Promise<{ url: string; got: string[] }> => {
    const got: string[] = [];
    const server = kept(
      await serve(async (request, response) => {
        let body = '';
        for await (const chunk of request) body += String(chunk);
        got.push(`${request.method} ${request.headers.cookie ?? ''} ${request.headers.authorization ?? ''} ${body}`);
        response.end('hello smoke');
      }),
    );
    // Another name for the same machine, so that cookies do not go along by themselves.
    return { url: server.url.replace('127.0.0.1', 'localhost'), got };
  };

  test('a redirect to an origin that is not named is not followed', async () => {
    const elsewhere = await foreign();
    const { look } = await open(formSpec((await app({ redirect: `${elsewhere.url}/in` })).url));
    const looks = await look('warmup');
    expect(elsewhere.got).toEqual([]);
    expect(JSON.stringify(looks)).toContain(`the redirect to ${elsewhere.url} was not followed: it is not in origins`);
    expect(stepsOf(looks)).toContain('see /me: granted');
  });

  test('a redirect to a named origin takes neither password nor session along', async () => {
    const elsewhere = await foreign();
    const spec = formSpec((await app({ redirect: `${elsewhere.url}/in` })).url, { origins: [elsewhere.url] });
    const { look } = await open(spec);
    await look('warmup');
    expect(elsewhere.got).toEqual(['GET   ']);
  });

  test('headers that the check names stay with their origin', async () => {
    const elsewhere = await foreign();
    const service = kept(
      await serve((_, response) => void response.writeHead(302, { location: `${elsewhere.url}/in` }).end()),
    );
    const probe = { get: '/me', headers: { authorization: 'Basic abcd' }, granted: { contains: 'hello' } };
    const { look } = await open(formSpec(service.url, { origins: [elsewhere.url], probe }));
    await look();
    expect(elsewhere.got.length).toBeGreaterThan(0);
    expect(new Set(elsewhere.got)).toEqual(new Set(['GET   ']));
  });

  test('a session in a header stays with the target', async () => {
    const elsewhere = await foreign();
    const service = kept(
      await serve((request, response) => {
        if (request.method === 'POST') response.end('{"token":"0123456789"}');
        else response.writeHead(302, { location: `${elsewhere.url}/in` }).end();
      }),
    );
    const own = { login: { json: { post: '/in', token: 'token' } }, origins: [elsewhere.url], logout: undefined };
    const { look } = await open(formSpec(service.url, own));
    expect(stepsOf(await look('warmup'))).toEqual(['sign in: granted', 'see /me: granted']);
    expect(elsewhere.got).toEqual(['GET   ']);
  });

  test.each([307, 308])('a %i does not take the password to another origin', async (status) => {
    const elsewhere = await foreign();
    const page = '<form method="post" action="/in"><input name="u"><input type="password" name="p"></form>';
    const service = kept(
      await serve((request, response) => {
        if (request.method === 'GET') response.end(page);
        else response.writeHead(status, { location: `${elsewhere.url}/in` }).end();
      }),
    );
    const { look } = await open(formSpec(service.url, { origins: [elsewhere.url] }));
    const looks = await look('warmup');
    expect(elsewhere.got).toEqual([]);
    expect(JSON.stringify(looks)).toContain('was not followed: it would take the body along');
  });

  test('a form that is sent elsewhere gets no password', async () => {
    const elsewhere = await foreign();
    const page = `<form method="post" action="${elsewhere.url}/in"><input name="u"><input type="password" name="p"></form>`;
    const service = kept(await serve((_, response) => void response.end(page)));
    const { look, judge } = await open(formSpec(service.url));
    const verdict = judge(await look('warmup'));
    expect(elsewhere.got).toEqual([]);
    expect(verdict.because).toBe(
      `login is BROKEN at step 2 of 4: the password would go to ${elsewhere.url}, not to ${service.url}`,
    );
  });
});

describe('the keys', () => {
  const issues = (more: object): string[] =>
    login.spec
      .safeParse({ ...(formSpec('http://a.test') as object), ...more })
      .error?.issues.map(({ message }) => message) ?? [];

  test.each<[object, string]>([
    [{ target: undefined }, 'needs a target (a base URL) or instances'],
    [{ target: 'ftp://a' }, 'must be an http or https URL like https://auth.example.com'],
    [{ login: {} }, 'needs exactly one of form, json, graphql, oidc, oauth, saml, basic, digest, steps'],
    [
      { login: { form: { page: '/' }, json: { post: '/' } } },
      'needs exactly one of form, json, graphql, oidc, oauth, saml, basic, digest, steps',
    ],
    [{ account: { username: 'a', password: 'abc' } }, 'secrets below 4 characters cannot be masked'],
    [{ probe: { get: '/me', granted: {} } }, 'needs at least one of status, contains, json, location'],
    [{ session: {} }, 'needs one of cookie, header'],
    [
      { session: { header: { 'x-key': '{{token}}' } } },
      '{{token}} is filled by nothing; known: username, password and what an earlier step captures',
    ],
  ])('%j is refused', (more, message) => {
    expect(issues(more)).toContain(message);
  });

  test('a negative is switched off only with a reason', () => {
    expect(issues({ negative: { wrongPassword: false } })).not.toEqual([]);
    expect(issues({ negative: { wrongPassword: { off: 'locks at once' } } })).toEqual([]);
  });
});
