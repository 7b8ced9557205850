// The kind `http` against real servers, and its judge by tables.
import { describe, expect, test } from 'vitest';
import { httpSpec } from '../../src/kinds/http/spec.ts';
import { http } from '../../src/kinds/http/index.ts';
import { jsonAt } from '../../src/kinds/http/json-path.ts';
import type { HttpSeen } from '../../src/kinds/http/seen.ts';
import { urlOf } from '../../src/kinds/http/target.ts';
import type { Look, Verdict } from '../../src/kit/index.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { historyOf, samples, seen, tick, worldOf } from '../helpers/kinds.ts';
import { bodyOf, closedPort, serve, type TestServer } from '../helpers/servers.ts';
import { kindContract } from './contract.ts';

const kept = closedAfterEach();

const answering = async (status: number, body = '', headers: Record<string, string> = {}): Promise<TestServer> =>
  kept(await serve((_, response) => void response.writeHead(status, headers).end(body)));

const look = async (raw: object, timeout = 2000): Promise<Look<HttpSeen>[]> => {
  const io = kept(networkIo());
  const session = kept(await http.open(await httpSpec.parseAsync(raw), worldOf({ http: io.http, clock: io.clock })));
  return session.sample({ ...tick(), timeout });
};

const judge = async (looks: Look<HttpSeen>[], raw: object): Promise<Verdict> =>
  http.judge(historyOf(samples(looks), [], { failAfter: 1 }), await httpSpec.parseAsync(raw));

const words = ({ because }: Verdict): string =>
  because.replaceAll(/\d+(?:\.\d)? m?s\b/g, 'N ms').replaceAll(/:\d{4,5}/g, ':PORT');

const spec = { target: 'http://auth.test', request: { get: '/health' }, expect: { status: 200 } };
const good: HttpSeen = { ask: 'GET /health', status: 200, ms: 12, fault: null };
const bad: HttpSeen = { ...good, status: 500, fault: { reason: 'target_5xx', because: 'the status was 500' } };

kindContract({
  kind: http,
  spec,
  unreachable: { ...spec, target: 'http://127.0.0.1:1' },
  good: [good, good, good],
  bad: [bad, bad, bad],
});

describe('an answer', () => {
  test.each<[string, object | string, number, string, string, string]>([
    ['the status', { status: 200 }, 404, '', 'unexpected_answer', 'GET /x: the status was 404, expected 200'],
    [
      'one of several',
      { status: [200, 204] },
      500,
      '',
      'target_5xx',
      'GET /x: the status was 500, expected 200 or 204',
    ],
    [
      'the content',
      { contains: 'ready' },
      200,
      'starting',
      'unexpected_answer',
      'GET /x: the answer (status 200, 8 characters) does not contain "ready"',
    ],
    [
      'a JSON value',
      { json: { 'data.state': 'up' } },
      200,
      '{"data":{"state":"down"}}',
      'unexpected_answer',
      'GET /x: data.state was "down", expected "up"',
    ],
    [
      'a JSON value that is there',
      { json: { '/a.b': true } },
      200,
      '{"a.b":null}',
      'unexpected_answer',
      'GET /x: /a.b was null, expected a value',
    ],
    [
      'JSON at all',
      { json: { a: 1 } },
      200,
      '<html>',
      'unexpected_answer',
      'GET /x: the answer (status 200, 6 characters) is not JSON',
    ],
    [
      'a redirect',
      { location: '/in' },
      200,
      '',
      'unexpected_answer',
      'GET /x: the redirect went to nowhere, expected a Location with "/in"',
    ],
    [
      'a condition',
      'status == 200 && json.queue < 10',
      200,
      '{"queue":12}',
      'unexpected_answer',
      'GET /x: status == 200 && json.queue < 10 does not hold (status 200)',
    ],
    [
      'a condition over what is absent',
      'json.queue < 10',
      200,
      '{}',
      'unexpected_answer',
      'GET /x: json.queue < 10 cannot be answered (status 200): No such key: queue',
    ],
  ])('is held against %s', async (_, expectation, status, body, reason, because) => {
    const server = await answering(status, body);
    const raw = { target: server.url, request: { get: '/x' }, expect: expectation };
    expect(await judge(await look(raw), raw)).toMatchObject({ outcome: 'fail', settled: true, reason, because });
  });

  test.each<[object | string]>([
    [{ status: [200, 302], contains: ['a', 'b'], json: { 'list[0].id': 7, ok: true, nothing: null } }],
    ['status == 200 && body.contains("ab") && json.list.size() == 1 && headers["x-a"] == "1" && ms * 2 < 10000.0'],
  ])('that fits passes: %j', async (expectation) => {
    const server = await answering(200, '{"list":[{"id":7}],"ok":"ab","nothing":null}', { 'x-a': '1' });
    const raw = { target: server.url, request: { get: '/x' }, expect: expectation };
    const verdict = await judge(await look(raw), raw);
    expect(words(verdict)).toBe('GET /x answered 200 in N ms');
    expect(verdict).toMatchObject({ outcome: 'pass', settled: true, unit: 'ms' });
  });

  test('that is too slow blocks', async () => {
    const raw = { ...spec, expect: { maxTime: '10ms' } };
    expect(await judge(seen({ ...good, ms: 1500 }), raw)).toMatchObject({
      outcome: 'fail',
      asks: 'block',
      reason: 'too_slow',
      because: 'GET /health took 1.5 s, limit 10 ms',
      value: 1500,
      limit: 10,
    });
  });

  test('that does not come is the failure of the target', async () => {
    const raw = { ...spec, target: `http://127.0.0.1:${await closedPort()}` };
    const verdict = await judge(await look(raw), raw);
    expect(words(verdict)).toBe(
      'GET /health: 127.0.0.1:PORT refused the connection: nothing listens there (ECONNREFUSED)',
    );
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'target_unreachable' });
  });

  test('that hangs fails within the timeout of the look', async () => {
    const server = kept(await serve(() => undefined));
    const raw = { ...spec, target: server.url };
    const verdict = await judge(await look(raw, 200), raw);
    expect(words(verdict)).toBe('GET /health: 127.0.0.1:PORT: connected, but no answer came within N ms');
    expect(verdict.reason).toBe('target_timeout');
  });
});

test('a request carries what the check says', async () => {
  const server = kept(
    await serve(async (request, response) => {
      const { method, url, headers } = request;
      response.end([method, url, headers['content-type'], headers['x-key'], await bodyOf(request)].join(' '));
    }),
  );
  const sent = async (request: object, text: string): Promise<void> => {
    const [one] = await look({ target: `${server.url}/base/`, request, expect: { contains: text } });
    expect(one).toMatchObject({ seen: { fault: null } });
  };
  await sent(
    { post: '/a?b=1', json: { c: [1] }, headers: { 'x-key': 'k' } },
    'POST /base/a?b=1 application/json k {"c":[1]}',
  );
  await sent({ put: 'a', form: { b: 'c d' } }, 'PUT /base/a application/x-www-form-urlencoded  b=c+d');
  await sent({ delete: `${server.url}/whole`, body: 'raw' }, 'DELETE /whole   raw');
});

test('each instance is asked, and the bad one is named', async () => {
  const [blue, green] = [await answering(200), await answering(503)];
  const raw = { request: { get: '/' }, expect: { status: 200 }, instances: { blue: blue.url, green: green.url } };
  expect(await judge(await look(raw), raw)).toMatchObject({
    outcome: 'fail',
    because: 'green: GET /: the status was 503, expected 200',
    parts: [
      { name: 'blue', outcome: 'pass', because: 'answered 200' },
      { name: 'green', outcome: 'fail', because: 'GET /: the status was 503, expected 200' },
    ],
  });
});

test.each<[string, string]>([
  ['stat == 200', 'Unknown variable: stat'],
  ['status == "200"', 'no such overload: int == string'],
  ['status', 'it gives int, not true or false'],
  ['status ==', 'Unexpected token: EOF'],
])('the condition "%s" is refused before the first look', async (condition, what) => {
  const { error } = await httpSpec.safeParseAsync({ ...spec, expect: condition });
  expect(error?.issues.map(({ message }) => message)).toEqual([
    `"${condition}" is no condition: ${what}; known here: status (int), ms (double), body (string), json (the body), headers (lower-case names)`,
  ]);
});

test.each<[object, string]>([
  [{ ...spec, target: undefined }, 'needs a target (a base URL) or instances'],
  [{ ...spec, request: {} }, 'needs exactly one of get, post, put, patch, delete, head, options, each with a path'],
  [{ ...spec, request: { post: '/', json: 1, body: 'x' } }, 'may have only one of form, json, body'],
  [{ ...spec, connectTo: 'nowhere' }, 'must be host:port'],
])('the spec %j is refused', (raw, message) => {
  expect(httpSpec.safeParse(raw).error?.issues[0]?.message).toBe(message);
});

test.each<[string, unknown]>([
  ['a.b', 1],
  ['$.a.b', 1],
  ['/a/b', 1],
  ['list[1].x', 2],
  ['/list/1/x', 2],
  ['/with.dot', 3],
  ['/sl~1ash', 4],
  ['a.c', undefined],
  ['toString', undefined],
  ['list.length', undefined],
])('the path %s leads to %j', (path, value) => {
  const document = { a: { b: 1 }, list: [{}, { x: 2 }], 'with.dot': 3, 'sl/ash': 4 };
  expect(jsonAt(document, path)).toBe(value);
});

test.each([
  ['http://a', '/b', 'http://a/b'],
  ['http://a/v1/', '/b?c=1', 'http://a/v1/b?c=1'],
  ['http://a/v1', 'b', 'http://a/v1/b'],
  ['http://a/v1', 'https://c/d', 'https://c/d'],
])('%s and %s make %s', (base, path, url) => {
  expect(urlOf(base, path)).toBe(url);
});
