// The style `oidc` of `login`: a whole login through a provider's page, and what each fault of a provider says.
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/kit/index.ts';
import { leavesHttps, whyNot } from '../../src/kinds/login/flows/onward.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { account } from '../helpers/auth-app.ts';
import { type OpenedLogin, openLogin, stepsOf, wordsOf } from '../helpers/login.ts';
import { client, type OidcApp, type OidcKnobs, redirectUri, startOidcApp } from '../helpers/oidc-app.ts';
import { serve } from '../helpers/servers.ts';

const kept = closedAfterEach();

const app = async (knobs: OidcKnobs = {}): Promise<OidcApp> => kept(await startOidcApp(knobs));

const open = async (target: string, oidc: object = {}, more: object = {}): Promise<OpenedLogin> =>
  kept(
    await openLogin({
      target,
      account,
      login: { oidc: { client, redirectUri, logout: 'endSession', ...oidc } },
      probe: { get: '/me', granted: { json: { name: '{{username}}' } } },
      ...more,
    }),
  );

describe('a healthy provider', () => {
  test('grants the login, and what must be refused is refused', async () => {
    const provider = await app({ consent: true });
    const { look, judge } = await open(provider.url);
    const looks = await look();
    expect(stepsOf(looks)).toEqual([
      'a stranger: refused',
      'a wrong password: refused',
      'read the discovery document: granted',
      "open the provider's login page: granted",
      'sign in: granted',
      'consent: granted',
      'redeem the code: granted',
      'see /me: granted',
      'sign out: granted',
      'sign out: granted',
      'the session after the logout: refused',
    ]);
    expect(judge(looks).outcome).toBe('pass');
    expect(provider.passwords).toHaveLength(2);
    expect(provider.passwords[1]).toBe(account.password);
    expect(provider.asked.filter((ask) => /\/(?:cb|in)$/.test(ask))).toEqual([]);
  });

  test.each([
    ['without consent', {}, {}],
    ['that answers by form_post', { formPost: true }, {}],
    ['with the secret in the body', {}, { client: { ...client, auth: 'post' } }],
    ['with a refreshed token', {}, { refresh: true }],
    ['whose tokens are revoked', {}, { logout: 'revoke' }],
  ])('%s', async (_, knobs, oidc) => {
    const { look, judge } = await open((await app(knobs)).url, oidc);
    const verdict = judge(await look());
    expect(verdict.because).toMatch(/^signed in and saw \/me .*: a stranger, a wrong password, the session after/);
  });

  test('shows and leaks neither code, state, verifier, tokens nor secrets', async () => {
    const { look, learned } = await open((await app()).url, { refresh: true });
    const looks = await look();
    const names = new Set(learned.map(([name]) => name));
    for (const name of ['code', 'state', 'nonce', 'verifier', 'token', 'refresh', 'idToken', 'client secret'])
      expect(names).toContain(name);
    const redactor = createRedactor();
    for (const [name, value] of learned) redactor.learn(value, name);
    const shown = JSON.stringify(redactor.json(looks));
    for (const [, value] of learned) expect(shown).not.toContain(value);
  });

  test('is signed in through calls where its page is drawn by JavaScript', async () => {
    const provider = await app({ page: '<div id="app"></div>' });
    const { look, judge } = await open(provider.url);
    expect(judge(await look('warmup')).because).toBe(
      'login is BROKEN at step 3 of 8: no <form> on /auth (status 200); a page that is drawn by JavaScript needs `signIn` with the API that it calls',
    );
  });
});

describe('what must be refused', () => {
  test('a provider that takes any password is found out at the page behind it', async () => {
    const { look, judge } = await open((await app({ anyPassword: true })).url);
    const verdict = judge(await look());
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'wrong_password_granted', asks: 'block' });
    expect(verdict.because).toMatch(
      /^a wrong password was GRANTED access \(POST \/interaction\/\S+ → 303, then POST \/token → 200, then GET \/keys → 200, then GET \/me → 200\)/,
    );
  });

  test('a session that outlives the end of the session', async () => {
    const { look, judge } = await open((await app({ logoutForgets: true })).url);
    expect(judge(await look()).reason).toBe('session_survives');
  });
});

describe('a broken provider says what is wrong:', () => {
  const html = (status: number) => (response: import('node:http').ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Oops</h1>');
  const start = 'login is BROKEN at step';
  test.each<[string, OidcKnobs, string]>([
    [
      'no discovery',
      { discovery: 404 },
      `${start} 1 of 8 (GET /.well-known/openid-configuration → 404): the discovery document answered status 404`,
    ],
    [
      'another issuer',
      { issuer: 'https://other.example.com' },
      `${start} 1 of 8 (GET /.well-known/openid-configuration → 200): the discovery document names the issuer "https://other.example.com", expected "http://127.0.0.1:PORT/"`,
    ],
    [
      'a state that is not ours',
      { state: 'someone-else' },
      `${start} 5 of 8: the provider sent the browser back with a state that is not ours: the answer belongs to another login`,
    ],
    [
      'a nonce that is not ours',
      { nonce: 'someone-else' },
      `${start} 5 of 8 (POST /token → 200): the nonce of the ID token is not the one that was sent: it belongs to another login`,
    ],
    [
      'a wrong signature',
      { badSignature: true },
      `${start} 5 of 8 (POST /token → 200, then GET /keys → 200): the signature of the ID token does not fit the provider's key`,
    ],
    [
      'no key',
      { noKeys: true },
      `${start} 5 of 8 (POST /token → 200, then GET /keys → 200): the provider publishes no key that fits the ID token (alg RS256, kid one)`,
    ],
    [
      'a token that is over',
      { lifetime: -600 },
      `${start} 5 of 8 (POST /token → 200): the ID token expired 10 min ago (exp): compare the clocks of the provider and of this machine`,
    ],
    [
      'a token for somebody else',
      { audience: 'other' },
      `${start} 5 of 8 (POST /token → 200): the claim aud of the ID token is "other", expected "smoke app"`,
    ],
    [
      'a token endpoint that answers a page',
      { token: html(200) },
      `${start} 5 of 8 (POST /token → 200): the token endpoint answered text/html instead of JSON (status 200)`,
    ],
    [
      'a token endpoint that fails',
      { token: html(500) },
      `${start} 5 of 8 (POST /token → 500): the token endpoint answered status 500`,
    ],
    [
      'an error in place of a code',
      { error: 'server_error' },
      `${start} 5 of 8: the provider sent the browser back with "server_error" (something broke)`,
    ],
    ['no code', { noCode: true }, `${start} 5 of 8: the provider sent the browser back without a code`],
    [
      'an error before anybody could sign in',
      { authorize: 'invalid_scope' },
      `${start} 2 of 8 (GET /auth → 303): the provider sent the browser back with "invalid_scope"`,
    ],
    [
      'a page with an error',
      { authorize: 'page' },
      `${start} 2 of 8 (GET /auth → 400): status 400; the page names invalid_redirect_uri`,
    ],
    [
      'an endpoint elsewhere',
      { tokenEndpoint: 'https://evil.example.com/token' },
      `${start} 5 of 8: the provider names https://evil.example.com, which is not in origins; nothing was sent there`,
    ],
  ])('%s', async (_, knobs, because) => {
    const { look, judge } = await open((await app(knobs)).url);
    const verdict = judge(await look('warmup'));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'login_broken' });
    expect(wordsOf(verdict).replaceAll('10 min', '10 min')).toBe(because);
  });

  test.each<[string, OidcKnobs, number, string, string]>([
    [
      'that hangs',
      { token: () => undefined },
      2000,
      'target_timeout',
      `${start} 5 of 8 (POST /token → no answer): 127.0.0.1:PORT: connected, but no answer came within N ms`,
    ],
    [
      'that hangs up',
      { token: (response) => void response.destroy() },
      3000,
      'target_broken',
      `${start} 5 of 8 (POST /token → no answer): 127.0.0.1:PORT`,
    ],
    [
      'with a status that is none',
      { token: (response) => void response.socket?.end('HTTP/1.1 799 What\r\nContent-Length: 0\r\n\r\n') },
      3000,
      'login_broken',
      `${start} 5 of 8 (POST /token → 799): the provider answered status 799`,
    ],
  ])('a token endpoint %s', async (_, knobs, timeout, reason, because) => {
    const { look, judge } = await open((await app(knobs)).url);
    const verdict = judge(await look('warmup', timeout));
    expect(verdict.reason).toBe(reason);
    expect(wordsOf(verdict)).toContain(because);
  });

  test('a client that it does not know', async () => {
    const { look, judge } = await open((await app()).url, { client: { id: client.id, secret: 'another' } });
    expect(judge(await look('warmup')).because).toBe(
      'login is BROKEN at step 5 of 8 (POST /token → 401): the token endpoint answered 401 with "invalid_client" (client authentication failed)',
    );
  });

  test('no refresh token', async () => {
    const { look, judge } = await open((await app({ noRefresh: true })).url, { refresh: true });
    expect(judge(await look('warmup')).because).toBe(
      'login is BROKEN at step 6 of 9: the provider gave no refresh token; most want the scope offline_access and prompt=consent',
    );
  });

  test('turned away by name is refused', async () => {
    const { look, judge } = await open((await app({ error: 'access_denied' })).url);
    const verdict = judge(await look('warmup'));
    expect(verdict.reason).toBe('login_refused');
    expect(verdict.because).toBe(
      'login REFUSED the right password at step 5 of 8: the provider sent the browser back with "access_denied" (something broke)',
    );
  });
});

test.each([
  ['https://a.test/login', 'http://a.test/in', true],
  ['https://a.test/login', 'https://b.test/in', false],
  ['http://a.test/login', 'http://a.test/in', false],
])('from %s to %s leaves https: %s', (from, to, leaves) => {
  expect(leavesHttps(from, to)).toBe(leaves);
  const way = whyNot({ method: 'GET', url: from }, { method: 'GET', url: to }, 'redirect', {
    origins: new Set(['http://a.test', 'https://b.test']),
    guarded: [],
  });
  expect(way).toBe(leaves ? 'the redirect to http://a.test was not followed: it leaves https' : undefined);
});

test('a provider on another origin gets the password only where it is named', async () => {
  const provider = await app();
  const elsewhere = kept(await serve((_, response) => void response.end('hello')));
  const named = await open(elsewhere.url, { issuer: provider.url, logout: undefined });
  expect(stepsOf(await named.look('warmup')).slice(0, 4)).toEqual([
    'read the discovery document: granted',
    "open the provider's login page: granted",
    'sign in: granted',
    'consent: granted',
  ]);
  const page = `<form method="post" action="${elsewhere.url}/in"><input name="u"><input type="password" name="p"></form>`;
  const stolen = await open((await app({ page })).url);
  expect(stolen.judge(await stolen.look('warmup')).because).toMatch(
    /^login is BROKEN at step 3 of 8: the password would go to http:\/\/127\.0\.0\.1:\d+, not to http:\/\/127\.0\.0\.1:\d+$/,
  );
});
