// The styles of `login` without a page: OAuth grants, GraphQL, Basic and Digest.
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { login } from '../../src/kinds/login/index.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { account } from '../helpers/auth-app.ts';
import { digestApp } from '../helpers/digest-app.ts';
import { type App, type Ask, json, routes } from '../helpers/flow-apps.ts';
import { type OpenedLogin, openLogin, stepsOf, wordsOf } from '../helpers/login.ts';

const kept = closedAfterEach();

const specOf = (target: string, style: object, more: object = {}) => ({
  target,
  account,
  login: style,
  probe: { get: '/me', granted: { contains: 'smoke' } },
  ...more,
});

const open = async (target: string, style: object, more: object = {}): Promise<OpenedLogin> =>
  kept(await openLogin(specOf(target, style, more)));

const tokens = new Set(['first-token', 'second-token']);
const bearer = ({ request, response }: Ask): void => {
  const known = tokens.has(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
  response.writeHead(known ? 200 : 401).end(known ? 'Hello smoke' : '');
};

const encoded = (text: string): string => new URLSearchParams({ text }).toString().slice(5);
const basicOf = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

describe('an OAuth grant', () => {
  const client = { id: 'ci', secret: 'cl1ent/se+cret&%' };
  const right = {
    account: basicOf(encoded(account.username), encoded(account.password)),
    client: basicOf(encoded(client.id), encoded(client.secret)),
  };
  const refuse = (response: ServerResponse, error: string, status = 400): void =>
    json(response, status, { error, error_description: 'no luck' });

  const grants: Record<string, (ask: Ask) => boolean> = {
    client_credentials: ({ request, fields }) =>
      request.headers.authorization === right.account || fields.get('client_secret') === account.password,
    password: ({ fields }) =>
      fields.get('username') === account.username && fields.get('password') === account.password,
    refresh_token: ({ fields }) => fields.get('refresh_token') === 'a-refresh-token',
  };
  const server = async (answer?: (response: ServerResponse) => void): Promise<App> => {
    tokens.add('first-token').add('second-token');
    return kept(
      await routes({
        'POST /token': (ask) => {
          const { response, fields, request } = ask;
          if (answer) return answer(response);
          const grant = fields.get('grant_type') ?? '';
          const isClient = request.headers.authorization === right.client || fields.get('client_id') === 'public';
          if (grant === 'password' && !isClient) return refuse(response, 'invalid_client', 401);
          if (fields.get('scope') === 'wrong') return refuse(response, 'invalid_scope');
          if (!grants[grant]?.(ask))
            return refuse(response, grant === 'client_credentials' ? 'invalid_client' : 'invalid_grant', 400);
          const token = grant === 'refresh_token' ? 'second-token' : 'first-token';
          return json(response, 200, { access_token: token, token_type: 'bearer', refresh_token: 'a-refresh-token' });
        },
        'POST /revoke': ({ response, fields }) => {
          tokens.delete(fields.get('token') ?? '');
          response.end();
        },
        'GET /me': bearer,
      }),
    );
  };

  const passing = [
    'a stranger: refused',
    'a wrong password: refused',
    'sign in: granted',
    'see /me: granted',
    'sign out: granted',
    'the session after the logout: refused',
  ];
  test.each<[string, object]>([
    ['client credentials', { grant: 'client_credentials' }],
    ['client credentials in the body', { grant: 'client_credentials', auth: 'post' }],
    ['a password', { grant: 'password', client }],
    ['a password, by a public client', { grant: 'password', client: { id: 'public' } }],
  ])('by %s signs in and out', async (_, oauth) => {
    const { look, judge } = await open((await server()).url, {
      oauth: { token: '/token', revoke: '/revoke', ...oauth },
    });
    const looks = await look();
    expect(stepsOf(looks)).toEqual(passing);
    expect(judge(looks).outcome).toBe('pass');
  });

  test('that is renewed is carried by the new token, and none of them is shown', async () => {
    const style = { oauth: { token: '/token', grant: 'password', client, refresh: true, revoke: '/revoke' } };
    const { look, learned } = await open((await server()).url, style);
    const looks = await look();
    expect(stepsOf(looks)).toContain('refresh the token: granted');
    expect(tokens.has('first-token')).toBe(true);
    expect(tokens.has('second-token')).toBe(false);
    const shown = JSON.stringify(looks);
    for (const [, value] of learned) expect(shown).not.toContain(value);
    expect(learned.map(([name]) => name)).toEqual(expect.arrayContaining(['token', 'refresh', 'client']));
  });

  const html = (response: ServerResponse): void =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Oops</h1>');
  test.each<[string, object, ((response: ServerResponse) => void) | undefined, string, string]>([
    [
      'another scope',
      { scope: 'wrong' },
      undefined,
      'login_broken',
      'login is BROKEN at step 1 of 2 (POST /token → 400): status 400, "invalid_scope": "no luck"',
    ],
    [
      'a client that is not known',
      { client: { id: 'ci', secret: 'another' } },
      undefined,
      'login_broken',
      'login is BROKEN at step 1 of 2 (POST /token → 401): status 401, "invalid_client": "no luck"',
    ],
    [
      'a page',
      {},
      html,
      'login_broken',
      'login is BROKEN at step 1 of 2 (POST /token → 200): the token endpoint answered text/html instead of JSON',
    ],
    [
      'no token',
      {},
      (response) => json(response, 200, {}),
      'login_broken',
      'login is BROKEN at step 1 of 2 (POST /token → 200): the answer (status 200) has no "token" at "$.access_token"',
    ],
    [
      'an error of the server',
      {},
      (response) => json(response, 500, { error: 'server_error' }),
      'login_broken',
      'login is BROKEN at step 1 of 2 (POST /token → 500): status 500, "server_error"',
    ],
    [
      'a refusal',
      {},
      (response) => json(response, 400, { error: 'invalid_grant' }),
      'login_refused',
      'login REFUSED the right password at step 1 of 2 (POST /token → 400): status 400, "invalid_grant"',
    ],
  ])('%s is told', async (_, more, answer, reason, because) => {
    const style = { oauth: { token: '/token', grant: 'password', client, ...more } };
    const { look, judge } = await open((await server(answer)).url, style);
    const verdict = judge(await look('warmup'));
    expect(verdict.reason).toBe(reason);
    expect(wordsOf(verdict)).toBe(because);
  });

  test('an unknown client is no refusal of a wrong password', async () => {
    const style = { oauth: { token: '/token', grant: 'password', client: { id: 'ci', secret: 'another' } } };
    const { look } = await open((await server()).url, style);
    expect(stepsOf(await look())).toContain('a wrong password: broken');
  });
});

describe('a mutation', () => {
  const query = 'mutation ($username: String!, $password: String!) { login(user: $username, pw: $password) { token } }';
  const graphql = { post: '/graphql', query, token: 'data.login.token' };
  const server = async (fault?: object): Promise<App> => {
    tokens.add('first-token');
    return kept(
      await routes({
        'POST /graphql': ({ response, body }) => {
          const { variables } = JSON.parse(body) as { variables: { password: string } };
          const wrong = { message: 'Invalid user credentials.', extensions: { code: 'INVALID_CREDENTIALS' } };
          const errors = fault ?? (variables.password === account.password ? undefined : wrong);
          return json(
            response,
            200,
            errors ? { data: { login: null }, errors: [errors] } : { data: { login: { token: 'first-token' } } },
          );
        },
        'GET /me': bearer,
      }),
    );
  };

  test('that gives a token', async () => {
    const { look } = await open((await server()).url, { graphql });
    expect(stepsOf(await look())).toEqual([
      'a stranger: refused',
      'a wrong password: refused',
      'sign in: granted',
      'see /me: granted',
    ]);
  });

  test.each<[object, string]>([
    [
      { message: 'Invalid user credentials.', extensions: { code: 'INVALID_CREDENTIALS' } },
      'login REFUSED the right password at step 1 of 2 (POST /graphql → 200): GraphQL says "Invalid user credentials." ("INVALID_CREDENTIALS")',
    ],
    [
      { message: 'remaining connection slots are reserved', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      'login is BROKEN at step 1 of 2 (POST /graphql → 200): GraphQL says "remaining connection slots are reserved" ("INTERNAL_SERVER_ERROR")',
    ],
    [
      { message: 'Cannot query field "login" on type "Mutation".' },
      'login is BROKEN at step 1 of 2 (POST /graphql → 200): GraphQL says "Cannot query field "login" on type "Mutation"."',
    ],
  ])('that answers %j', async (fault, because) => {
    const { look, judge } = await open((await server(fault)).url, { graphql });
    expect(judge(await look('warmup')).because).toBe(because);
  });

  test('with a query as the page behind it', async () => {
    const app = kept(
      await routes({
        'POST /graphql': ({ request, response, body }) => {
          const { query: asked, variables } = JSON.parse(body) as { query: string; variables?: { password: string } };
          const refuse = (code: string) => json(response, 200, { errors: [{ message: 'no', extensions: { code } }] });
          if (asked === '{ me { name } }')
            return request.headers.authorization === 'Bearer first-token'
              ? json(response, 200, { data: { me: { name: account.username } } })
              : refuse('UNAUTHENTICATED');
          if (variables?.password !== account.password) return refuse('INVALID_CREDENTIALS');
          return json(response, 200, { data: { login: { token: 'first-token' } } });
        },
      }),
    );
    const me = {
      post: '/graphql',
      json: { query: '{ me { name } }' },
      granted: { json: { 'data.me.name': '{{username}}' } },
    };
    const { look } = await open(app.url, { graphql }, { probe: me });
    expect(stepsOf(await look())).toEqual([
      'a stranger: refused',
      'a wrong password: refused',
      'sign in: granted',
      'see /graphql: granted',
    ]);
  });

  test('that is held back is left in peace', async () => {
    const { look } = await open((await server({ message: 'x', extensions: { code: 'REQUESTS_EXCEEDED' } })).url, {
      graphql,
    });
    expect(await look('warmup')).toMatchObject([{ missed: { by: 'throttle' } }]);
  });
});

describe('Basic', () => {
  const server = async (): Promise<App> =>
    kept(
      await routes({
        'GET /me': ({ request, response }) => {
          const known = request.headers.authorization === basicOf(account.username, account.password);
          response
            .writeHead(known ? 200 : 401, { 'www-authenticate': 'Basic realm="x"' })
            .end(known ? 'Hello smoke' : '');
        },
      }),
    );

  test('signs in with each request', async () => {
    const { look, learned } = await open((await server()).url, { basic: {} });
    expect(stepsOf(await look())).toEqual([
      'a stranger: refused',
      'a wrong password: refused',
      'sign in: granted',
      'see /me: granted',
    ]);
    expect(learned.map(([name]) => name)).toContain('basic');
  });

  test('refuses the right password', async () => {
    const { look, judge } = await open(
      (await server()).url,
      { basic: {} },
      { account: { ...account, username: 'other' } },
    );
    expect(judge(await look('warmup')).because).toBe('login REFUSED the right password at step 1 of 2 (GET /me → 401)');
  });
});

describe('Digest', () => {
  test.each(['MD5', 'SHA-256', 'SHA-512-256', 'MD5-sess', 'SHA-256-sess'])('by %s signs in', async (algorithm) => {
    const { look } = await open(kept(await digestApp([algorithm, 'MD5'])).url, { digest: {} });
    expect(stepsOf(await look())).toEqual([
      'a stranger: refused',
      'a wrong password: refused',
      'sign in: granted',
      'see /me: granted',
    ]);
  });

  test('takes a new nonce when the old one is over', async () => {
    const app = kept(await digestApp(['SHA-256'], 1));
    const { look } = await open(app.url, { digest: {} });
    const looks = await look('warmup');
    expect(stepsOf(looks)).toEqual(['sign in: granted', 'see /me: granted']);
    expect(JSON.stringify(looks)).toContain('GET /me → 401, then GET /me → 200');
  });

  test.each<[string | undefined, string]>([
    [
      undefined,
      'login is BROKEN at step 1 of 2 (GET /me → 401): the answer (status 401) asks for no Digest authentication',
    ],
    [
      'Digest realm="x", nonce="n", algorithm=MD5, qop="auth-int"',
      'login is BROKEN at step 1 of 2 (GET /me → 401): the server offers Digest by MD5 with qop auth-int only; known here: MD5, SHA-256 and SHA-512-256 with qop auth',
    ],
  ])('says what it cannot answer: %s', async (challenge, because) => {
    const headers = challenge === undefined ? {} : { 'www-authenticate': challenge };
    const app = kept(await routes({ 'GET /me': ({ response }) => void response.writeHead(401, headers).end() }));
    const { look, judge } = await open(app.url, { digest: {} });
    expect(judge(await look('warmup')).because).toBe(because);
  });
});

test.each<[object, object, string]>([
  [{ basic: {} }, { probe: { granted: { contains: 'x' } } }, 'needs exactly one of get, post'],
  [{ basic: {} }, { probe: { get: '/', json: {}, granted: { contains: 'x' } } }, 'json belongs to post'],
  [
    { basic: {} },
    { logout: { post: '/out' } },
    'has no meaning with basic and digest: each request carries the password',
  ],
  [
    { digest: {} },
    { session: { cookie: 'sid' } },
    'has no meaning with basic and digest: each request carries the password',
  ],
  [
    { basic: {} },
    { probe: { get: 'http://other.test/me', granted: { contains: 'x' } } },
    'must be on the target with basic and digest: the password goes there only',
  ],
  [
    { oauth: { token: '/t', grant: 'client_credentials', client: { id: 'a' } } },
    {},
    'belongs to grant: password; with client_credentials the account is the client',
  ],
])('%j with %j is refused', (style, more, message) => {
  const result = login.spec.safeParse(specOf('http://a.test', style, more));
  expect(result.error?.issues.map((issue) => issue.message)).toEqual([message]);
});
