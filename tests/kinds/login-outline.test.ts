// What each style of `login` expands to, as `validate --show` prints it; and what must be dead after the logout.
import { describe, expect, test } from 'vitest';
import { livesOn } from '../../src/kinds/login/flows/stateless.ts';
import { login } from '../../src/kinds/login/index.ts';
import { leastEvery, outline } from '../../src/kinds/login/outline.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { account } from '../helpers/auth-app.ts';
import { type App, json, routes } from '../helpers/flow-apps.ts';
import { openLogin } from '../helpers/login.ts';

const kept = closedAfterEach();

const settings = (style: object, more: object = {}): unknown => ({
  account: { username: 'smoke', password: 'unresolved' },
  login: style,
  probe: { get: '/me', granted: { contains: 'smoke' } },
  ...more,
});
const probe = 'see /me: GET /me with the session';
const toTarget = '(carries the password, to the target only)';

describe('a style expands to steps', () => {
  test.each<[string, unknown, string[]]>([
    [
      'form, with a second factor',
      settings({ form: { page: '/login' } }, { account: { totp: 'unresolved' }, logout: { post: '/logout' } }),
      [
        'open /login: GET /login',
        `sign in: send the form of the page ${toTarget}`,
        'send the code: send the form of the page with the code',
        probe,
        'sign out: POST /logout',
      ],
    ],
    [
      'json',
      settings({ json: { post: '/in', token: '$.token' } }),
      [`sign in: POST /in with the JSON fields username, password ${toTarget}; takes token`, probe],
    ],
    [
      'saml',
      settings({ saml: { page: '/login', at: 'https://idp.example.com/x' } }),
      [
        'open /login: GET /login',
        'sign in: send the form of the page (carries the password, to https://idp.example.com only)',
        'consent: send a form without a password field, if there is one',
        probe,
      ],
    ],
    [
      'oauth',
      settings({ oauth: { token: 'https://idp.example.com/token', grant: 'client_credentials', revoke: '/revoke' } }),
      [
        'sign in: POST https://idp.example.com/token with the form fields grant_type (carries the password, to https://idp.example.com only); takes token, refresh',
        probe,
        `sign out: POST /revoke with the form fields token ${toTarget}`,
      ],
    ],
    [
      'graphql',
      settings({ graphql: { post: '/graphql', query: 'mutation { a }', token: 'data.a' } }),
      [`sign in: POST /graphql with the JSON fields query, variables ${toTarget}; takes token`, probe],
    ],
    ['basic', settings({ basic: {} }), [`sign in: GET /me ${toTarget}`, probe]],
    [
      'digest',
      settings({ digest: { page: '/api' } }),
      [`sign in: GET /api, and again with the answer to its Digest challenge ${toTarget}`, probe],
    ],
    [
      'steps',
      settings({
        steps: [
          { post: '/code', json: ['{{username}}'] },
          { poll: { get: '/mails', until: { contains: 'code' } }, capture: { code: { regex: '\\d+' } } },
          { submit: { form: '#f', set: { p: '{{password}}' }, at: 'https://idp.example.com' } },
        ],
      }),
      [
        'POST /code: POST /code with a body',
        'wait for /mails: GET /mails every 1 s for at most 15 s; takes code',
        'sign in: send the form #f (carries the password, to https://idp.example.com only)',
        probe,
      ],
    ],
    ['what is no plan yet', settings({ saml: { page: '/login', at: 'unresolved' } }), []],
  ])('%s', (_, written, lines) => {
    expect(outline(written)).toEqual(lines);
  });

  test('oidc', () => {
    const oidc = { client: { id: 'a' }, redirectUri: 'http://localhost/cb', refresh: true, logout: 'endSession' };
    const second = { account: { totp: 'unresolved' } };
    expect(outline(settings({ oidc }, second)).map((line) => line.replace(/:.*/, ''))).toEqual([
      'read the discovery document',
      "open the provider's login page",
      'sign in',
      'send the code',
      'consent',
      'redeem the code',
      'refresh the token',
      'see /me',
      'sign out',
      'sign out',
    ]);
  });
});

test('a second factor wants 30 s between two logins', () => {
  expect(leastEvery({ account: { totp: 'unresolved' } })).toEqual({
    every: 30_000,
    because: 'account.totp signs in with codes that each work once in 30 s',
  });
  expect(leastEvery(settings({ basic: {} }))).toBeUndefined();
});

describe('what must be dead after the logout', () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const jwt = (exp: number): string => `${part({ alg: 'none' })}.${part({ exp })}.sig`;

  test('a token that carries its own end is named', () => {
    const note =
      'the token is stateless and lives on until its exp, in 15 min; say in `dead` what must be refused instead, like the refresh token';
    expect(livesOn({ Authorization: `Bearer ${jwt(1000)}` }, 100_000)).toBe(note);
    expect(livesOn({ authorization: `Bearer ${jwt(10)}` }, 100_000)).toBe('');
    expect(livesOn({ authorization: 'Bearer opaque' }, 0)).toBe('');
    expect(livesOn({ cookie: 'sid=1' }, 0)).toBe('');
  });

  interface Knobs {
    refreshLives?: boolean;
    fails?: boolean;
  }
  const token = jwt(4_000_000_000);
  const server = async ({ refreshLives = false, fails = false }: Knobs = {}): Promise<App> => {
    let alive = true;
    return kept(
      await routes({
        'POST /in': ({ response, body }) =>
          body.includes('Pr0be') ? json(response, 200, { token, refresh: 'a-refresh-token' }) : json(response, 401, {}),
        'GET /me': ({ request, response }) =>
          void response.writeHead(request.headers.authorization === `Bearer ${token}` ? 200 : 401).end('smoke'),
        'POST /out': ({ response }) => {
          alive = refreshLives;
          response.end();
        },
        'POST /refresh': ({ response, body }) =>
          void response.writeHead(fails ? 500 : alive && body.includes('a-refresh-token') ? 200 : 401).end(),
      }),
    );
  };
  const judged = async (knobs: Knobs, more: object) => {
    const app = await server(knobs);
    const steps = [
      {
        post: '/in',
        json: { user: '{{username}}', password: '{{password}}' },
        capture: { token: '$.token', refresh: '$.refresh' },
      },
    ];
    const { look, judge } = kept(
      await openLogin({
        target: app.url,
        account,
        login: { steps },
        session: { header: { authorization: 'Bearer {{token}}' } },
        probe: { get: '/me', granted: { status: 200, contains: 'smoke' } },
        logout: { post: '/out' },
        ...more,
      }),
    );
    return judge(await look());
  };
  const dead = { dead: { post: '/refresh', json: { refresh_token: '{{refresh}}' } } };

  test.each<[string, Knobs, object, string, RegExp]>([
    [
      'a stateless token is told',
      {},
      {},
      'session_survives',
      /^the session survives the logout: replayed, it is still GRANTED access \(GET \/me → 200\): the token is stateless and lives on until its exp, in /,
    ],
    [
      'a dead refresh token stands in for it',
      {},
      dead,
      'ok',
      /refused, as it should be: .*the session after the logout/,
    ],
    [
      'a living refresh token is found',
      { refreshLives: true },
      dead,
      'session_survives',
      /still GRANTED access \(POST \/refresh → 200\)$/,
    ],
    [
      'an error is no refusal',
      { fails: true },
      dead,
      'login_broken',
      /^the session after the logout was not refused but met an error \(POST \/refresh → 500\)$/,
    ],
  ])('%s', async (_, knobs, more, reason, because) => {
    const verdict = await judged(knobs, more);
    expect(verdict.reason).toBe(reason);
    expect(verdict.because).toMatch(because);
  });

  test('refers to nothing that was not captured', () => {
    const spec = { target: 'http://a.test', ...(settings({ basic: {} }) as object), ...dead };
    expect(login.spec.safeParse(spec).error?.issues.map(({ message }) => message)).toEqual([
      '{{refresh}} is filled by nothing; known: username, password and what an earlier step captures',
    ]);
  });
});
