// The check `login` through an application that is itself the client of oidc-provider: two origins, one session. The
// application is a small relying party of this test; the provider is the real one.
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, appAccount } from '../helpers/apps.ts';
import { oidcClient, startOidcProvider } from '../helpers/apps-oidc.ts';
import { type Looked, partsOf, runLogin, verdictOf } from '../helpers/login-project.ts';
import { serve, type TestServer } from '../helpers/servers.ts';

const { id, secret } = oidcClient;
const random = (): string => randomBytes(32).toString('base64url');

/** What the application remembers: verifiers by state, e-mail addresses by session. */
const logins = new Map<string, string>();
const sessions = new Map<string, string>();
const knobs = { clientSecret: secret, asked: [] as string[] };

let app: TestServer;
let provider: App;
/** Another name of the same machine: cookies know no ports. */
const appUrl = (): string => app.url.replace('127.0.0.1', 'localhost');
const callback = (): string => `${appUrl()}/callback`;

const sendToProvider = (response: ServerResponse): void => {
  const [state, verifier] = [random(), random()];
  logins.set(state, verifier);
  const url = new URL('/auth', provider.url);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const asked = { response_type: 'code', client_id: id, redirect_uri: callback(), scope: 'openid email', state };
  url.search = new URLSearchParams({ ...asked, code_challenge: challenge, code_challenge_method: 'S256' }).toString();
  response.writeHead(302, { location: url.href }).end();
};

const ask = async (path: string, init: RequestInit): Promise<Record<string, string>> => {
  const answer = await fetch(new URL(path, provider.url), init);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return (await answer.json()) as Record<string, string>;
};

const redeem = async (query: URLSearchParams): Promise<string> => {
  const verifier = logins.get(query.get('state') ?? '') ?? '';
  const pair = new URLSearchParams([[id, knobs.clientSecret]]).toString().replace('=', ':');
  const form = { grant_type: 'authorization_code', code: query.get('code') ?? '', redirect_uri: callback() };
  const { access_token: token = '' } = await ask('/token', {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    body: new URLSearchParams({ ...form, code_verifier: verifier }),
  });
  return (await ask('/me', { headers: { authorization: `Bearer ${token}` } }))['email'] ?? '';
};

const takeBack = async (query: URLSearchParams, response: ServerResponse): Promise<void> => {
  try {
    const session = random();
    sessions.set(session, await redeem(query));
    const cookie = `app_session=${session}; Path=/; HttpOnly; SameSite=Lax`;
    response.writeHead(302, { location: '/me', 'set-cookie': cookie }).end();
  } catch {
    response.writeHead(502).end('Bad gateway');
  }
};

const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { pathname, searchParams } = new URL(request.url ?? '/', app.url);
  let body = '';
  for await (const chunk of request) body += String(chunk);
  knobs.asked.push(`${request.method} ${request.url} ${request.headers.cookie ?? ''} ${body}`);
  const session = /app_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
  const email = sessions.get(session);
  if (pathname === '/callback') return takeBack(searchParams, response);
  if (pathname === '/logout') sessions.delete(session);
  if (pathname === '/me' && email !== undefined)
    return void response.writeHead(200, { 'cache-control': 'no-store' }).end(`Hello ${email}`);
  if (pathname === '/me' || pathname === '/login') return sendToProvider(response);
  return void response.end('Bye');
};

beforeAll(async () => {
  app = await serve(answer);
  provider = await startOidcProvider('healthy', callback());
});
afterAll(async () => {
  await provider.stop();
  await app.close();
});

const spec = (form: object): object => ({
  target: appUrl(),
  login: { form: { page: '/login', ...form } },
  session: { cookie: 'app_session' },
  // A stranger ends on the page of the provider that asks for a password.
  probe: { get: '/me', granted: { status: 200, contains: '{{username}}@example.test' } },
  logout: { post: '/logout' },
});

const look = async (form: object = { at: provider.url }): Promise<Looked> => {
  knobs.asked.length = 0;
  return runLogin(provider, { ...spec(form), origins: [provider.url] }, { env: { CLIENT_SECRET: secret } });
};

it('passes with every proof, over both origins', async () => {
  const looked = await look();
  expect(verdictOf(looked)).toMatchObject({
    exitCode: 0,
    outcome: 'pass',
    because: expect.stringContaining(
      'refused, as it should be: a stranger, a wrong password, the session after the logout',
    ) as string,
  });
  expect(partsOf(looked)).toContainEqual(
    expect.stringMatching(/^consent: pass, .*GET \/callback → 302, then GET \/me → 200\)/),
  );
  // The application never sees a password; the provider never sees the application's session.
  expect(knobs.asked.join('\n')).not.toContain(encodeURIComponent(appAccount.password));
  expect(sessions.size).toBe(0);
  expect(provider.recording.requests().filter((line) => line.endsWith('/login'))).toHaveLength(2);
});

it('gives the password to the provider only where `at` names it', async () => {
  expect(verdictOf(await look({}))).toMatchObject({
    exitCode: 10,
    reason: 'login_broken',
    because: expect.stringContaining(
      'the password would go to http://127.0.0.1:PORT, not to http://localhost:PORT',
    ) as string,
  });
  expect(provider.recording.requests().filter((line) => line.endsWith('/login'))).toEqual([]);
});

it('names the callback of an application that cannot redeem the code', async () => {
  knobs.clientSecret = 'rotated-and-forgotten';
  const looked = await look();
  knobs.clientSecret = secret;
  expect(verdictOf(looked)).toMatchObject({
    exitCode: 10,
    reason: 'login_broken',
    because: expect.stringMatching(/^login is BROKEN at step 3 of 5 \(POST .*GET \/callback → 502\)/) as string,
    next: 'look at the log of the service for GET /callback first; if db-connections or pool-wait fail too, start there',
  });
});
