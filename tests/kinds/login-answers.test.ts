// What the answer to a password means, and where to look first: as pure functions.
import { describe, expect, test } from 'vitest';
import { readPasswordAnswer } from '../../src/kinds/login/classify.ts';
import { brokenNext, refusedNext } from '../../src/kinds/login/first-look.ts';
import { loginSpec } from '../../src/kinds/login/spec.ts';
import type { StepSeen } from '../../src/kinds/login/seen.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { openLogin } from '../helpers/login.ts';
import { bodyOf, serve } from '../helpers/servers.ts';

const kept = closedAfterEach();

const spec = loginSpec.parse({
  target: 'http://auth.test',
  account: { username: 'smoke', password: 'right-password' },
  login: { form: { page: '/login' } },
  probe: { get: '/me', granted: { status: 200, contains: 'smoke' } },
});
const form = (more = ''): string =>
  `<form><input name="csrf_token" type="hidden"><input type="password">${more}</form>`;
const answer = (status: number, body = '', headers: Record<string, string[]> = {}) => ({ status, body, headers });
type Answer = ReturnType<typeof answer>;

const read = (first: Answer, last: Answer = first, before = form()): string => {
  const answers = { first, last, url: 'http://auth.test/after', before };
  const { outcome, note } = readPasswordAnswer(answers, { spec, values: {}, loginPage: '/login' });
  return `${outcome}: ${note}`;
};

describe('the answer to a password', () => {
  test.each<[string, Answer, string]>([
    ['a refusal', answer(401, 'wrong'), 'refused: status 401'],
    ['the form again', answer(200, form()), 'refused: the login form came back'],
    [
      'a form token that is missing',
      answer(403, '<h1>Forbidden</h1><p>CSRF verification failed. Request aborted.</p>'),
      'broken: the form was turned away, not the password: the answer says "CSRF verification failed"',
    ],
    [
      'a form token that is old',
      answer(419, '<title>Page Expired</title>'),
      'broken: the form was turned away, not the password: the answer says "Page Expired"',
    ],
    [
      'a form token that is wrong, as JSON',
      answer(422, '{"error":"Invalid authenticity token"}'),
      'broken: the form was turned away, not the password: the answer says "authenticity token"',
    ],
    ['a refusal whose form names its token', answer(403, form()), 'refused: status 403'],
    ['an attribute that names a token', answer(401, '<meta name="csrf-token">no'), 'refused: status 401'],
    [
      'a limit that says when',
      answer(429, '', { 'retry-after': ['600'] }),
      'throttled: status 429 with Retry-After: 600',
    ],
    ['a limit', answer(423), 'throttled: status 423'],
    [
      'a captcha that was not there before',
      answer(200, form('<div class="g-recaptcha">')),
      'throttled: the answer asks for a captcha, which the page before did not',
    ],
  ])('that is %s', (_, first, expected) => {
    expect(read(first)).toBe(expected);
  });

  test('that is the form again with the captcha of the page before is a refusal that says so', () => {
    const page = form('<div class="h-captcha">');
    expect(read(answer(200, page), undefined, page)).toBe('refused: the login form came back, with a captcha');
  });

  test.each([401, 403])('that leads to a page which answers %i is no refusal of the password', (status) => {
    const expected = 'broken: the page after the password refuses the session';
    expect(read(answer(302, '', { location: ['/me'] }), answer(status))).toBe(expected);
  });
});

const step = (more: Partial<StepSeen>): StepSeen => ({
  name: 'sign in',
  role: 'login',
  outcome: 'broken',
  status: 200,
  ms: 1,
  trail: 'POST /login → 200',
  note: '',
  reason: '',
  ...more,
});

describe('where to look first', () => {
  test.each<[Partial<StepSeen>, string]>([
    [
      { note: 'the page after the password refuses the session; cookie sid was dropped: why' },
      'look at how this release writes and reads sessions (store, cookie, signing key) and at the cookie that the login sets',
    ],
    [
      { note: 'the form was turned away, not the password: the answer says "CSRF"' },
      'look at how this release makes and checks the token of the form, and at the cookie that goes with it; behind a proxy, at the host and scheme that the service sees',
    ],
    [
      { note: 'the password would go to http://b.test, not to http://a.test', trail: '' },
      'look who changed where the form leads: nothing was sent; if it goes there on purpose, name that origin as `at`',
    ],
    [
      { note: 'the redirect to http://b.test was not followed: it is not in origins' },
      'look who changed where the login leads; if it goes there on purpose, name it in `origins`',
    ],
    [
      { note: 'more than 10 redirects' },
      'look at why the service sends its visitor in a circle: a cookie that does not come back, or the scheme and host that it sees behind a proxy',
    ],
    [
      { note: 'the ID token expired 5 min ago (exp): compare the clocks of the provider and of this machine' },
      'compare the clocks of the provider, of the service and of this machine (NTP), then look at the lifetime of its tokens',
    ],
    [
      { note: 'the signature of the ID token does not fit the key of the provider' },
      'look at the keys of the provider (its jwks_uri): were they changed, and does it sign with one that it publishes?',
    ],
    [
      { note: 'the token endpoint answered 401: it does not know the client, or not by this secret' },
      'look at the client of the profile and at its registration with the provider: id, secret, how the secret is sent',
    ],
    [
      { trail: 'POST /login → 404' },
      'send the request by hand; if its answer changed on purpose, change `login` in the profile, else look at the log of the service for POST /login',
    ],
    [
      { trail: 'GET /login → 404' },
      'open the page by hand; if it changed on purpose, change `login` in the profile, else look at the log of the service for GET /login',
    ],
  ])('for %o', (more, expected) => {
    expect(brokenNext(step(more))).toBe(expected);
  });

  test.each<[Partial<StepSeen>, string]>([
    [
      { role: 'login', note: 'status 401' },
      'look at what this release changed in checking passwords and sessions and at the accounts table; then whether the account in the profile still exists',
    ],
    [
      { role: 'login', note: 'the login form came back, with a captcha' },
      'exempt the account of this check from the captcha: no check over HTTP can answer one',
    ],
    [
      { role: 'login', note: 'the code of the second factor was refused: compare the clocks' },
      'compare the clocks (a code lives 30 s), then look whether another run or person uses the account, then at its seed in the profile',
    ],
    [
      { role: 'probe', note: 'status 401' },
      'look at how this release writes and reads sessions (store, cookie, signing key) and at the cookie that the login sets',
    ],
  ])('for a refusal %o', (more, expected) => {
    expect(refusedNext(step({ outcome: 'refused', ...more }))).toBe(expected);
  });
});

test('a service that refuses a wrong password in words and opens the page all the same is found out', async () => {
  const asked: string[] = [];
  const server = kept(
    await serve(async (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const body = await bodyOf(request);
      const isIn = (request.headers.cookie ?? '').includes('sid=');
      if (request.method === 'GET') return void response.writeHead(isIn ? 200 : 401).end('Hello smoke');
      const cookie = { 'set-cookie': `sid=${crypto.randomUUID()}` };
      return void response.writeHead(body.includes('wrong-') ? 401 : 200, cookie).end('{}');
    }),
  );
  const check = kept(
    await openLogin({
      target: server.url,
      account: { username: 'smoke', password: 'right-password' },
      login: { json: { post: '/login' } },
      probe: { get: '/me', granted: { status: 200, contains: 'smoke' } },
    }),
  );
  const verdict = check.judge(await check.look());
  expect([verdict.outcome, verdict.reason, verdict.because]).toEqual([
    'fail',
    'wrong_password_granted',
    'a wrong password was GRANTED access (POST /login → 401, then GET /me → 200): authentication is not enforced',
  ]);
  expect(asked.slice(0, 3)).toEqual(['GET /me', 'POST /login', 'GET /me']);
});
