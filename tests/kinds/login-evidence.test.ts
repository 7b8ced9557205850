// What a failed step of a login shows of the request and its answer: enough to look further, and no secret.
import { describe, expect, test } from 'vitest';
import { curlLine } from '../../src/kinds/http/evidence.ts';
import type { Evidence } from '../../src/kinds/http/seen.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { account } from '../helpers/auth-app.ts';
import { openLogin } from '../helpers/login.ts';
import { bodyOf, closedPort, serve } from '../helpers/servers.ts';

const kept = closedAfterEach();

const opened = async (target: string) =>
  kept(
    await openLogin({
      target,
      account,
      login: { json: { post: '/api/login', token: 'data.token' } },
      probe: { get: '/me', granted: { status: 200, contains: 'smoke' } },
    }),
  );

const evidenceOf = async (target: string): Promise<{ evidence: (Evidence | undefined)[]; told: string }> => {
  const { look, judge } = await opened(target);
  const looks = await look('warmup', 1000);
  const evidence = looks.flatMap((one) => ('seen' in one ? one.seen.steps.map((step) => step.evidence) : []));
  return { evidence, told: JSON.stringify([looks, judge(looks)]) };
};

describe('the evidence of a failed step', () => {
  test('names status, type and first words, and the request by hand', async () => {
    const server = kept(
      await serve(async (request, response) => {
        const { password } = JSON.parse(await bodyOf(request)) as { password: string };
        const page = `<html><style>p { color: red }</style><h1>Pool exhausted</h1><p>${password} of ${encodeURIComponent(password)}`;
        response.writeHead(500, { 'content-type': 'text/html; charset=utf-8' }).end(`${page}${' more'.repeat(100)}`);
      }),
    );
    const { evidence, told } = await evidenceOf(server.url);
    expect(evidence).toEqual([
      {
        layer: 'application',
        answer: expect.stringMatching(
          /^500, text\/html, "Pool exhausted \[password\] of \[password\] more more .*more … \(379 more characters\)"$/,
        ) as string,
        curl: `curl -i -X POST '${server.url}/api/login' -H 'origin: ${server.url}' -H 'content-type: application/json' -H 'accept: application/json' -d '{"username":"…","password":"…"}'`,
      },
    ]);
    expect(told).not.toContain(account.password);
    expect(told).not.toContain(encodeURIComponent(account.password));
    expect(told).toContain('by hand: curl -i -X POST');
  });

  test('masks before it cuts: half a secret is none that could be found later', async () => {
    const server = kept(
      await serve((_, response) => void response.writeHead(500).end(`${'x'.repeat(152)} ${account.password}`)),
    );
    const { told } = await evidenceOf(server.url);
    expect(told).not.toContain(account.password.slice(0, 6));
  });

  test('says where a redirect points, without its query', async () => {
    const server = kept(
      await serve((request, response) => {
        if (request.method === 'POST') return void response.end('{"data":{"token":"0123456789abcdef"}}');
        return void response.writeHead(302, { location: '/sorry?why=0123456789abcdef' }).end();
      }),
    );
    const { evidence, told } = await evidenceOf(server.url);
    expect(evidence.at(-1)?.answer).toBe('302 to /sorry, no content type, an empty body');
    expect(evidence.at(-1)?.curl).toBe(`curl -i '${server.url}/sorry?why=…' -H 'authorization: …'`);
    expect(told).not.toContain('0123456789abcdef');
  });

  test('names the layer that gave no answer', async () => {
    const port = await closedPort();
    const { evidence } = await evidenceOf(`http://127.0.0.1:${port}`);
    expect(evidence).toMatchObject([{ layer: 'TCP' }]);
    expect(evidence[0]).not.toHaveProperty('answer');
    const silent = kept(await serve(() => undefined));
    expect((await evidenceOf(silent.url)).evidence).toMatchObject([{ layer: 'HTTP' }]);
    expect((await evidenceOf('http://nowhere.invalid')).evidence).toMatchObject([{ layer: 'DNS' }]);
  });
});

test.each([
  [{ status: 200 }, 1],
  [{ status: 200, contains: 'smoke' }, 0],
])('a page that is told by %j alone is a warning: %i', async (granted, warnings) => {
  const server = kept(
    await serve(
      (request, response) => void response.end(request.method === 'POST' ? '{"token":"0123456789"}' : 'smoke'),
    ),
  );
  const { look, judge } = kept(
    await openLogin({
      target: server.url,
      account,
      login: { json: { post: '/in', token: 'token' } },
      probe: { get: '/', granted },
    }),
  );
  const { parts = [] } = judge(await look('warmup'));
  expect(parts.filter(({ name, outcome }) => name === 'the proof' && outcome === 'warn')).toHaveLength(warnings);
});

test('a connection that ends in the middle asks for a look into the log', async () => {
  const server = kept(await serve((request) => void request.socket.destroy()));
  const { look, judge } = await opened(server.url);
  expect(judge(await look('warmup')).next).toBe(
    'look at the log of the service, or of the proxy before it, for POST /api/login: it restarts or crashes; a port that expects https closes plain http like this, too',
  );
});

test.each<[Parameters<typeof curlLine>[0], string]>([
  [{ method: 'GET', url: 'https://a.test/me' }, "curl -i 'https://a.test/me'"],
  [
    {
      method: 'GET',
      url: 'https://a.test/cb?code=abc&state=d#x',
      headers: { referer: 'https://a.test/login?t=1', cookie: 'sid=1' },
    },
    "curl -i 'https://a.test/cb?code=…&state=…' -e 'https://a.test/login' -H 'cookie: …'",
  ],
  [
    {
      method: 'POST',
      url: 'https://a.test/login',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-key': "a'b" },
      body: 'user=smoke&pass=secret',
    },
    "curl -i -X POST 'https://a.test/login' -H 'content-type: application/x-www-form-urlencoded' -H 'x-key: …' -d 'user=…&pass=…'",
  ],
  [
    { method: 'PUT', url: "https://a.test/o'k", headers: { 'content-type': 'text/plain' }, body: 'secret' },
    String.raw`curl -i -X PUT 'https://a.test/o'\''k' -H 'content-type: text/plain' -d '…'`,
  ],
])('%j as a line of a shell', (visit, expected) => {
  expect(curlLine(visit)).toBe(expected);
});
