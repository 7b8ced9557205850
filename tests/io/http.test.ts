// The HTTP edge against well-behaved and hostile servers: it always ends in time, with a stage, a code and a sentence.
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createHttp } from '../../src/io/http.ts';
import { HttpFailure, type HttpRequest } from '../../src/kit/io.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { certificate, key } from '../helpers/self-signed.ts';
import { bodyOf, closedPort, serve, serveRaw, type TestServer } from '../helpers/servers.ts';

const kept = closedAfterEach();

const http = () => kept(createHttp({ version: '1.2.3' }));
const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  timeout: 2000,
  ...more,
});

const failure = async (request: Promise<unknown>): Promise<HttpFailure> => {
  const error = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(HttpFailure);
  return error as HttpFailure;
};

describe('a request', () => {
  test('sends method, headers and body, and says who asks', async () => {
    const server = kept(
      await serve(async (request, response) => {
        const { method, url, headers } = request;
        response.end(JSON.stringify({ method, url, agent: headers['user-agent'], body: await bodyOf(request) }));
      }),
    );
    const response = await http().request(get(`${server.url}/a?b=1`, { method: 'post', body: 'x=1' }));
    expect(JSON.parse(response.body)).toEqual({ method: 'POST', url: '/a?b=1', agent: 'holdpoint/1.2.3', body: 'x=1' });
    expect(response.status).toBe(200);
    expect(response.timings.reused).toBe(false);
    expect(response.timings.tcp).toBeGreaterThanOrEqual(0);
    expect(response.timings.tls).toBeUndefined();
    const { firstByte, body, total } = response.timings;
    expect(firstByte).toBeGreaterThanOrEqual(0);
    expect(body).toBeGreaterThanOrEqual(0);
    expect(total).toBeGreaterThanOrEqual(firstByte + body);
    expect(response.tls).toBeUndefined();
  });

  test('keeps several headers of one name in order', async () => {
    const server = kept(
      await serve((_, response) => void response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end()),
    );
    expect((await http().request(get(server.url))).headers['set-cookie']).toEqual(['a=1', 'b=2']);
  });

  test('is answered after what only announces the answer', async () => {
    const server = kept(
      await serve((_, response) => {
        response.writeEarlyHints({ link: '</style.css>; rel=preload' });
        response.writeHead(201).end('made');
      }),
    );
    const { status, body } = await http().request(get(server.url));
    expect([status, body]).toEqual([201, 'made']);
  });

  test('never follows a redirect', async () => {
    const server = kept(await serve((_, response) => void response.writeHead(302, { location: '/there' }).end()));
    const { status, headers } = await http().request(get(server.url));
    expect([status, headers['location']]).toEqual([302, ['/there']]);
  });

  test('turns the userinfo of a URL into an Authorization header', async () => {
    const server = kept(await serve((request, response) => void response.end(request.headers.authorization)));
    const url = server.url.replace('http://', 'http://me:p%40ss%@');
    expect((await http().request(get(url))).body).toBe(`Basic ${Buffer.from('me:p@ss%').toString('base64')}`);
  });

  test('dials connectTo and keeps the Host header', async () => {
    const server = kept(await serve((request, response) => void response.end(request.headers.host)));
    const connectTo = `127.0.0.1:${server.port}`;
    expect((await http().request(get('http://auth.example.test/', { connectTo }))).body).toBe('auth.example.test');
  });

  const connections = async (fresh: boolean): Promise<[number, boolean[]]> => {
    const seen = new Set<number | undefined>();
    const server = kept(
      await serve((request, response) => {
        seen.add(request.socket.remotePort);
        response.end('ok');
      }),
    );
    const client = http();
    const first = await client.request(get(server.url, { fresh }));
    const second = await client.request(get(server.url, { fresh }));
    return [seen.size, [first.timings.reused, second.timings.reused]];
  };

  test('is on a connection of its own, or on a kept one where that is asked for', async () => {
    expect(await connections(true)).toEqual([2, [false, false]]);
    expect(await connections(false)).toEqual([1, [false, true]]);
  });
});

describe('a body', () => {
  const answering = async (body: string | Buffer, headers: Record<string, string> = {}): Promise<TestServer> =>
    kept(await serve((_, response) => void response.writeHead(200, headers).end(body)));

  test('is cut at maxBytes', async () => {
    const server = await answering('x'.repeat(5000));
    const { body, truncated } = await http().request(get(server.url, { maxBytes: 100 }));
    expect([body.length, truncated]).toEqual([100, true]);
  });

  test('of exactly maxBytes is whole', async () => {
    const server = await answering('x'.repeat(100));
    const { body, truncated } = await http().request(get(server.url, { maxBytes: 100 }));
    expect([body.length, truncated]).toEqual([100, false]);
  });

  test('that never ends is cut, not waited for', async () => {
    const server = kept(
      await serve((_, response) => {
        // A write to a client that has gone fails at once: going on after it would spin for ever (Node 26).
        const more = (error?: Error | null): void => {
          if (!error && !response.destroyed) response.write('y'.repeat(1000), more);
        };
        more();
      }),
    );
    expect((await http().request(get(server.url, { maxBytes: 10_000 }))).truncated).toBe(true);
  });

  test('that is a gzip bomb is bounded by what comes out', async () => {
    const server = await answering(gzipSync(Buffer.alloc(30_000_000, 'z')), { 'content-encoding': 'gzip' });
    const { body, truncated } = await http().request(get(server.url, { maxBytes: 1000 }));
    expect([body.length, truncated]).toEqual([1000, true]);
  });

  test('compressed without being asked for is read', async () => {
    const server = await answering(gzipSync('hello'), { 'content-encoding': 'gzip' });
    expect((await http().request(get(server.url))).body).toBe('hello');
  });

  test('with bytes that are no text, and in another charset, is read', async () => {
    const broken = await answering(Buffer.from([0x61, 0xff, 0x62]));
    const latin = await answering(Buffer.from([0xe9]), { 'content-type': 'text/html; charset=ISO-8859-1' });
    expect((await http().request(get(broken.url))).body).toBe('a\uFFFDb');
    expect((await http().request(get(latin.url))).body).toBe('é');
  });
});

describe('a failure', () => {
  const raw = async (onSocket: (socket: Socket) => void): Promise<TestServer> => kept(await serveRaw(onSocket));
  const says = async (request: HttpRequest): Promise<unknown> => {
    const { stage, code, message } = await failure(http().request(request));
    return { stage, code, message: message.replace(/:\d+/, ':PORT') };
  };
  const head = 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n';

  test('of the connection says that nothing listens', async () => {
    expect(await says(get(`http://127.0.0.1:${await closedPort()}/`))).toEqual({
      stage: 'tcp',
      code: 'ECONNREFUSED',
      message: '127.0.0.1:PORT refused the connection: nothing listens there (ECONNREFUSED)',
    });
  });

  test('of a name says that it does not resolve', async () => {
    const { stage, code } = await failure(http().request(get('http://nowhere.invalid/')));
    expect(stage).toBe('dns');
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(code);
  });

  test('of a silent server ends at the deadline', async () => {
    const server = await raw(() => undefined);
    expect(await says(get(server.url, { timeout: 120 }))).toEqual({
      stage: 'timeout',
      code: 'TIMEOUT',
      message: '127.0.0.1:PORT: connected, but no answer came within 120 ms',
    });
  });

  test('of a server that drips one byte at a time ends at the deadline', async () => {
    const server = await raw((socket) => {
      socket.write(head);
      const timer = setInterval(() => socket.write('x'), 30);
      socket.once('close', () => clearInterval(timer));
    });
    expect(await says(get(server.url, { timeout: 200 }))).toMatchObject({
      stage: 'timeout',
      message: '127.0.0.1:PORT: the answer began and did not end within 200 ms',
    });
  });

  test.each<[string, (socket: Socket) => void, string, string]>([
    ['a reset', (socket) => socket.resetAndDestroy(), 'ECONNRESET', '127.0.0.1:PORT reset the connection (ECONNRESET)'],
    [
      'a body shorter than its content-length',
      (socket) => socket.end(`${head}short`),
      'UND_ERR_SOCKET',
      '127.0.0.1:PORT closed the connection before the answer was complete (UND_ERR_SOCKET)',
    ],
    [
      'something that is not HTTP',
      (socket) => socket.end('220 smtp ready\r\n'),
      'HTTPParserError',
      '127.0.0.1:PORT answered with something that is not HTTP/1.1 (HTTPParserError)',
    ],
    [
      'endless headers',
      (socket) => socket.end(`HTTP/1.1 200 OK\r\n${`x-a: ${'b'.repeat(1000)}\r\n`.repeat(64)}\r\n`),
      'UND_ERR_HEADERS_OVERFLOW',
      '127.0.0.1:PORT answered with headers above 32 KiB (UND_ERR_HEADERS_OVERFLOW)',
    ],
  ])('of %s has its code', async (_, answer, code, message) => {
    const server = await raw((socket) => void socket.once('data', () => answer(socket)));
    expect(await says(get(server.url))).toEqual({ stage: 'http', code, message });
  });

  test('of a broken gzip body has its code', async () => {
    const server = kept(
      await serve((_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip')),
    );
    expect(await says(get(server.url))).toMatchObject({ stage: 'http', code: 'Z_DATA_ERROR' });
  });

  test('of TLS names what is wrong with the certificate, with its code', async () => {
    const tls = createTlsServer({ cert: certificate, key }, (_, response) => response.end('ok'));
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    kept({ close: () => new Promise<void>((resolve) => void tls.close(() => resolve())) });
    expect(await says(get(`https://127.0.0.1:${(tls.address() as AddressInfo).port}/`))).toEqual({
      stage: 'tls',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      message: 'the certificate of 127.0.0.1:PORT is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
  });

  test('of https to a plain port names TLS', async () => {
    const server = kept(await serve((_, response) => void response.end('plain')));
    const { stage, message } = await failure(http().request(get(server.url.replace('http:', 'https:'))));
    expect(stage).toBe('tls');
    expect(message).toContain(`127.0.0.1:${server.port} does not speak TLS on this port`);
  });

  test('by its caller is told from a deadline', async () => {
    const server = await raw(() => undefined);
    const controller = new AbortController();
    const request = http().request(get(server.url, { signal: controller.signal }));
    controller.abort();
    expect(await failure(request)).toMatchObject({ stage: 'aborted', code: 'ABORTED' });
    expect(await failure(http().request(get(server.url, { signal: AbortSignal.abort() })))).toMatchObject({
      stage: 'aborted',
    });
  });

  test.each(['not a url', 'ftp://example.test/'])('of the URL "%s" is ours', async (url) => {
    expect(await failure(http().request(get(url)))).toMatchObject({ stage: 'http', code: 'ERR_INVALID_URL' });
  });

  test('of a header with a line break is ours', async () => {
    const server = kept(await serve((_, response) => void response.end()));
    const { message } = await failure(http().request(get(server.url, { headers: { 'x-a': 'b\r\nc: d' } })));
    expect(message).toBe('the request cannot be sent as it is written (UND_ERR_INVALID_ARG)');
  });
});

test('close ends kept connections and may be called twice', async () => {
  const sockets = new Set<Socket>();
  const server = kept(
    await serve((request, response) => {
      sockets.add(request.socket);
      response.end('ok');
    }),
  );
  const client = createHttp({ version: '1' });
  await client.request(get(server.url, { fresh: false }));
  await client.close();
  await client.close();
  await expect.poll(() => [...sockets].every((socket) => socket.destroyed)).toBe(true);
});
