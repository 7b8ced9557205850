// A small auth service for the tests of `login`: an HTML form with a CSRF token, a JSON interface, sessions on the
// server. Each knob breaks one thing that real services break.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, serve, type TestServer } from './servers.ts';

/** The account that exists. */
export const account = { username: 'smoke', password: 'Pr0be+pass/word&1' };

/** What is broken; all off in a healthy service. */
export interface Knobs {
  /** Status of `POST /login` and `POST /api/login`. */
  login?: number;
  /** Status of `GET /me`. */
  me?: number;
  /** `GET /me` never answers. */
  hang?: boolean;
  /** Status of `GET /login`. */
  page?: number;
  anyPassword?: boolean;
  openPage?: boolean;
  logoutForgets?: boolean;
  noSession?: boolean;
  /** Wrong passwords answer 200 with the form and this text. */
  formSays?: string;
  /** Redirect of a granted login. */
  redirect?: string;
  retryAfter?: string;
}

export interface AuthApp extends TestServer {
  knobs: Knobs;
  /** `POST /login`, one per request. */
  asked: string[];
  /** Passwords that were sent. */
  passwords: string[];
  /** User-Agent and the like of the last request. */
  headers: IncomingMessage['headers'];
}

const form = (csrf: string, says = ''): string =>
  `<p>${says}</p><form action="/login" method="post"><input type="hidden" name="csrf" value="${csrf}">` +
  '<input name="username"><input type="password" name="password"><button name="go" value="1">Sign in</button></form>';

const cookieOf = (request: IncomingMessage): string | undefined =>
  /(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];

const tokenOf = (request: IncomingMessage): string | undefined =>
  /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? cookieOf(request);

const extra = ({ retryAfter }: Knobs): Record<string, string> =>
  retryAfter === undefined ? {} : { 'retry-after': retryAfter };

/** Starts the service. */
export const startAuthApp = async (knobs: Knobs = {}): Promise<AuthApp> => {
  const csrf = new Set<string>();
  const sessions = new Set<string>();
  const asked: string[] = [];
  const passwords: string[] = [];
  const state = { headers: {} as IncomingMessage['headers'] };

  const begin = (): string => {
    const token = randomUUID();
    if (!knobs.noSession) sessions.add(token);
    return token;
  };
  const isRight = (username: unknown, password: unknown): boolean =>
    knobs.anyPassword === true || (username === account.username && password === account.password);

  const refuseForm = (response: ServerResponse): void => {
    if (knobs.formSays === undefined) response.writeHead(401).end(form('again'));
    else response.writeHead(200).end(form('again', knobs.formSays));
  };
  const grantForm = (response: ServerResponse): void =>
    void response
      .writeHead(302, { location: knobs.redirect ?? '/me', 'set-cookie': `session=${begin()}; Path=/; HttpOnly` })
      .end();

  const postForm = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const fields = new URLSearchParams(await bodyOf(request));
    passwords.push(fields.get('password') ?? '');
    if (knobs.login !== undefined) return void response.writeHead(knobs.login, extra(knobs)).end('sorry');
    if (!csrf.has(fields.get('csrf') ?? '') || fields.get('go') !== '1')
      return void response.writeHead(403).end('stale');
    return isRight(fields.get('username'), fields.get('password')) ? grantForm(response) : refuseForm(response);
  };
  const postJson = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = JSON.parse(await bodyOf(request)) as Record<string, unknown>;
    passwords.push(String(body['password']));
    if (knobs.login !== undefined) return void response.writeHead(knobs.login, extra(knobs)).end('sorry');
    const right = isRight(body['username'], body['password']);
    response.writeHead(right ? 200 : 401).end(JSON.stringify(right ? { data: { token: begin() } } : { error: 'no' }));
  };
  const me = (request: IncomingMessage, response: ServerResponse): void => {
    if (knobs.hang) return;
    const isKnown = knobs.openPage === true || sessions.has(tokenOf(request) ?? '');
    if (knobs.me !== undefined && isKnown) return void response.writeHead(knobs.me, extra(knobs)).end('sorry');
    if (isKnown) return void response.end(`<h1>Hello ${account.username}</h1>`);
    if (request.headers.authorization) return void response.writeHead(401).end('{}');
    return void response.writeHead(302, { location: '/login' }).end();
  };
  const logout = (request: IncomingMessage, response: ServerResponse): void => {
    if (!knobs.logoutForgets) sessions.delete(tokenOf(request) ?? '');
    response.writeHead(302, { location: '/login', 'set-cookie': 'session=; Path=/; Max-Age=0' }).end();
  };
  const page = (response: ServerResponse): void => {
    const token = randomUUID();
    csrf.add(token);
    response.writeHead(knobs.page ?? 200).end(form(token));
  };

  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => void | Promise<void>> = {
    'GET /login': (_, response) => page(response),
    'POST /login': postForm,
    'POST /api/login': postJson,
    'GET /': me,
    'GET /me': me,
    'POST /logout': logout,
  };
  const server = await serve((request, response) => {
    const ask = `${request.method} ${request.url}`;
    asked.push(ask);
    state.headers = request.headers;
    return routes[ask] ? routes[ask](request, response) : void response.writeHead(404).end();
  });
  return {
    ...server,
    knobs,
    asked,
    passwords,
    get headers() {
      return state.headers;
    },
  };
};
