// The check `login` against services that misbehave: it ends within its timeout, and the password goes nowhere else.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/kit/index.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { account } from '../helpers/auth-app.ts';
import { type HostilityName, startHostile } from '../helpers/hostile.ts';
import { openLogin, wordsOf } from '../helpers/login.ts';
import { bodyOf, serve, type TestServer } from '../helpers/servers.ts';

const kept = closedAfterEach();

const off = { off: 'the one sentence of the login is what is looked at' };
const noNegatives = { anonymous: off, wrongPassword: off, rotated: off, deadSession: off };

const specOf = (target: string, more: object = {}): object => ({
  target,
  account,
  login: { form: { page: '/login' } },
  probe: { get: '/me', granted: { status: 200, contains: '{{username}}' } },
  negative: noNegatives,
  ...more,
});

const look = async (spec: object, timeout: number): Promise<Verdict> => {
  const check = kept(await openLogin(spec));
  return check.judge(await check.look('hold', timeout));
};

const at = (what: string): string => `login is BROKEN at step 1 of 3 ${what}`;
const noAnswer = at('(GET /login → no answer): 127.0.0.1:PORT');
const early = `${noAnswer} closed the connection before the answer was complete (UND_ERR_SOCKET)`;
const drawn = '; a page that is drawn by JavaScript needs `steps` with the API that it calls';
const noForm = (where: string): string => `login is BROKEN at step 2 of 3: no <form> ${where} (status 200)`;
const cut = noForm('in the first 1,048,576 characters of /login');
const notHttp = `${noAnswer} answered with something that is not HTTP/1.1 (HTTPParserError)`;
const lengths = `${noAnswer} sent a body that is not as long as its Content-Length says (UND_ERR_RES_CONTENT_LENGTH_MISMATCH)`;
const rounds = 'GET /round → 302, then GET /round → 302, then 7 more, then GET /round → 302';

const cases: Record<HostilityName, [reason: string, because: string]> = {
  silent: ['target_timeout', `${noAnswer}: connected, but no answer came within N ms`],
  'one byte per second': ['target_timeout', `${noAnswer}: connected, but no answer came within N ms`],
  'one byte of the body per second': ['target_timeout', `${noAnswer}: the answer began and did not end within N ms`],
  'endless early hints': ['target_timeout', `${noAnswer}: connected, but no answer came within N ms`],
  'endless body': ['login_broken', `${cut}: it is another page than the login`],
  'gzip bomb': ['login_broken', `${cut}${drawn}`],
  'header flood': ['target_broken', `${noAnswer} answered with headers above 32 KiB (UND_ERR_HEADERS_OVERFLOW)`],
  'endless redirect': ['login_broken', at(`(GET /login → 302, then ${rounds}): more than 10 redirects`)],
  'content length too short': ['login_broken', `${noForm('on /login')}: it is another page than the login`],
  'content length too long': ['target_broken', early],
  'two content lengths': ['target_broken', lengths],
  'chunked and a content length': ['target_broken', lengths],
  'half-closed at once': ['target_broken', early],
  'half-closed after the head': ['target_broken', early],
  'reset after the head': ['target_broken', `${noAnswer} reset the connection (ECONNRESET)`],
  'another protocol': ['target_broken', notHttp],
  'HTTP/2 without TLS': ['target_broken', notHttp],
};

describe('a service that misbehaves on its login page', () => {
  test.each(Object.entries(cases))('%s', async (name, [reason, because]) => {
    const server = kept(await startHostile(name as HostilityName));
    const verdict = await look(specOf(server.url), reason === 'target_timeout' ? 700 : 5000);
    expect([verdict.outcome, verdict.reason, wordsOf(verdict)]).toEqual(['fail', reason, because]);
  });

  test('and hangs already for the stranger is told by that look, not by a login that had no time left', async () => {
    const server = kept(await startHostile('silent'));
    const verdict = await look(specOf(server.url, { negative: {} }), 700);
    expect([verdict.outcome, verdict.reason, wordsOf(verdict)]).toEqual([
      'fail',
      'target_timeout',
      'a stranger was not refused but met an error (GET /me → no answer): 127.0.0.1:PORT: connected, but no answer came within N ms',
    ]);
  });
});

const form = (action = '/login', more = ''): string =>
  `<form method="post" action="${action}">${more}<input name="username"><input type="password" name="password"></form>`;

type Answering = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
const answers = (routes: Record<string, Answering>): Promise<TestServer> =>
  serve((request, response) => {
    const route = routes[`${request.method} ${request.url}`];
    return route ? route(request, response) : void response.writeHead(404).end();
  });

/** Another origin that must never hear of anything. */
const foreign = async (): Promise<{ url: string; heard: string[] }> => {
  const heard: string[] = [];
  const server = kept(
    await serve(async (request, response) => {
      heard.push(`${request.method} ${await bodyOf(request)}`);
      response.end('thank you');
    }),
  );
  return { url: server.url, heard };
};

describe('a password', () => {
  const page: Answering = (_, response) => void response.end(form());
  const redirectTo =
    (status: number, location: string): Answering =>
    async (request, response) => {
      await bodyOf(request);
      response.writeHead(status, { location }).end();
    };

  test.each([307, 308])('is not taken along by a %i to another origin, declared or not', async (status) => {
    const other = await foreign();
    const server = kept(await answers({ 'GET /login': page, 'POST /login': redirectTo(status, `${other.url}/login`) }));
    const undeclared = await look(specOf(server.url), 5000);
    expect(wordsOf(undeclared)).toBe(
      `login is BROKEN at step 2 of 3 (POST /login → ${status}): the redirect to http://127.0.0.1:PORT was not followed: it is not in origins`,
    );
    const declared = await look(specOf(server.url, { origins: [other.url] }), 5000);
    expect(wordsOf(declared)).toBe(
      `login is BROKEN at step 2 of 3 (POST /login → ${status}): the redirect to http://127.0.0.1:PORT was not followed: it would take the body along`,
    );
    expect(other.heard).toEqual([]);
  });

  test('is not sent to a form that leads to another origin', async () => {
    const other = await foreign();
    const leads: Answering = (_, response) => void response.end(form(`${other.url}/collect`));
    const server = kept(await answers({ 'GET /login': leads }));
    const verdict = await look(specOf(server.url, { origins: [other.url] }), 5000);
    expect(wordsOf(verdict)).toBe(
      'login is BROKEN at step 2 of 3: the password would go to http://127.0.0.1:PORT, not to http://127.0.0.1:PORT',
    );
    expect(other.heard).toEqual([]);
  });

  test('stays where it is when the login page itself is elsewhere', async () => {
    const other = await foreign();
    const away: Answering = (_, response) => void response.writeHead(302, { location: `${other.url}/login` }).end();
    const server = kept(await answers({ 'GET /login': away }));
    const verdict = await look(specOf(server.url), 5000);
    expect(wordsOf(verdict)).toBe(
      'login is BROKEN at step 2 of 3: no <form> on /login (status 302): the redirect to http://127.0.0.1:PORT was not followed: it is not in origins',
    );
    expect(other.heard).toEqual([]);
  });
});

describe('a service that is only strange', () => {
  const names = Array.from({ length: 100 }, (_, index) => `preference${index}`);
  const cookies = (): string[] => names.map((name) => `${name}=${'v'.repeat(60)}; Path=/`);
  const isSignedIn = ({ headers }: IncomingMessage): boolean => (headers.cookie ?? '').includes('session=abcdefgh');
  const me: Answering = (request, response) =>
    void (isSignedIn(request)
      ? response.end(Buffer.concat([Buffer.from([0xff, 0xfe, 0xc3, 0x28]), Buffer.from(`Hello ${account.username}`)]))
      : response.writeHead(401).end());
  const signIn: Answering = async (request, response) => {
    const fields = new URLSearchParams(await bodyOf(request));
    const sent = (request.headers.cookie ?? '').split('; ').length;
    const isRight = fields.get('password') === account.password && sent === 100;
    response
      .writeHead(isRight ? 302 : 401, {
        location: '/me',
        'set-cookie': 'session=abcdefgh; Path=/; HttpOnly; SameSite=Lax',
      })
      .end();
  };
  const bytes = Buffer.concat([
    Buffer.from('<p>'),
    Buffer.from([0x80, 0xff, 0xed, 0xa0, 0x80]),
    Buffer.from(`</p>${form()}`),
  ]);

  test('sets 100 cookies and sends bytes that are no text, and is healthy', async () => {
    const page: Answering = (_, response) => void response.writeHead(200, { 'set-cookie': cookies() }).end(bytes);
    const server = kept(await answers({ 'GET /login': page, 'POST /login': signIn, 'GET /me': me }));
    const verdict = await look(specOf(server.url, { session: { cookie: 'session' } }), 10_000);
    expect([verdict.outcome, wordsOf(verdict)]).toEqual([
      'pass',
      'signed in and saw /me in N ms (3 steps); 2 warnings',
    ]);
    expect(
      verdict.parts?.filter(({ outcome }) => outcome === 'warn').map(({ name, because }) => [name, because]),
    ).toEqual([
      ['cookie preference0 and 99 more', 'it is not HttpOnly: scripts of the page can read it; it has no SameSite'],
      ['caching', expect.stringContaining('it must say no-store')],
    ]);
  });
});
