// What a failed `http` check shows of the request and its answer, where it says to look first, and that no secret is in it.
import { describe, expect, test } from 'vitest';
import { nextLook, type Unheard } from '../../src/kinds/http/next-look.ts';
import { withoutTokens } from '../../src/kinds/http/opaque.ts';
import { http } from '../../src/kinds/http/index.ts';
import { httpSpec } from '../../src/kinds/http/spec.ts';
import { mostText } from '../../src/kinds/http/stages.ts';
import { shownPath } from '../../src/kinds/http/target.ts';
import type { Verdict } from '../../src/kit/index.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { historyOf, samples, tick, worldOf } from '../helpers/kinds.ts';
import { closedPort, serve } from '../helpers/servers.ts';

const kept = closedAfterEach();

const judged = async (raw: object): Promise<{ verdict: Verdict; told: string }> => {
  const io = kept(networkIo());
  const spec = await httpSpec.parseAsync(raw);
  const session = kept(await http.open(spec, worldOf({ http: io.http, clock: io.clock })));
  const looks = await session.sample({ ...tick(), timeout: 1000 });
  const verdict = http.judge(historyOf(samples(looks), [], { failAfter: 1 }), spec);
  return { verdict, told: JSON.stringify([looks, verdict]) };
};

const answering = async (status: number, body: string, headers: Record<string, string> = {}): Promise<string> =>
  kept(await serve((_, response) => void response.writeHead(status, headers).end(body))).url;

const secret = 'Pr0be+pass/word&1';

describe('a request that fails', () => {
  test('names the layer, what came back, and itself as a line of a shell', async () => {
    const target = await answering(502, '<h1>Bad gateway</h1><p>upstream', { 'content-type': 'text/html' });
    const { verdict } = await judged({ target, request: { get: '/health?deep=1' }, expect: { status: 200 } });
    expect(verdict.because).toBe('GET /health?deep=…: the status was 502, expected 200');
    expect(verdict.parts).toEqual([
      {
        name: 'GET /health?deep=…',
        outcome: 'fail',
        because: 'the status was 502, expected 200',
        ms: expect.any(Number) as number,
        evidence: `application layer; answered 502, text/html, "Bad gateway upstream"; by hand: curl -i '${target}/health?deep=…'`,
      },
    ]);
  });

  test('shows no secret that it sent, also where the service says it back and it is cut', async () => {
    const echo = `${'x '.repeat(74)}${secret} ${encodeURIComponent(secret)} token-1234567`;
    const { told } = await judged({
      target: await answering(500, echo),
      request: {
        post: '/in?key=query-secret-1',
        headers: { authorization: 'Bearer token-1234567' },
        form: { user: 'smoke', password: secret },
      },
      expect: { status: 200 },
    });
    for (const part of [secret, secret.slice(0, 6), encodeURIComponent(secret), 'token-1234567', 'query-secret-1'])
      expect(told).not.toContain(part);
    expect(told).toContain("-H 'authorization: …'");
    expect(told).toContain("-d 'user=…&password=…'");
  });

  test('shows no token that the service gave', async () => {
    const body = '{"access_token":"9f8e7d6c5b4a","message":"too many connections"}';
    const { told } = await judged({
      target: await answering(200, body),
      request: { get: '/' },
      expect: { contains: 'x' },
    });
    expect(told).not.toContain('9f8e7d6c5b4a');
    expect(told).toContain('too many connections');
  });

  test('and gets no answer names the layer', async () => {
    const { verdict } = await judged({
      target: `http://127.0.0.1:${await closedPort()}`,
      request: { get: '/' },
      expect: { status: 200 },
    });
    expect(verdict.next).toBe('look whether the service runs and listens there, then at the network between');
    expect(verdict.parts?.[0]?.evidence).toMatch(/^TCP layer; by hand: curl -i 'http:\/\/127\.0\.0\.1:\d+\/'$/);
  });

  test('at one of several instances says it at that instance', async () => {
    const instances = { blue: await answering(500, 'no slots'), green: await answering(200, 'ok') };
    const { verdict } = await judged({ instances, request: { get: '/' }, expect: { status: 200 } });
    expect(verdict.parts?.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['blue', 'fail'],
      ['green', 'pass'],
    ]);
    expect(verdict.parts?.[0]?.evidence).toContain('answered 500, no content type, "no slots"');
  });

  test('shows nothing of the kind where all is well', async () => {
    const { verdict } = await judged({
      target: await answering(200, 'ok'),
      request: { get: '/' },
      expect: { status: 200 },
    });
    expect(verdict.parts).toBeUndefined();
  });
});

describe('a limit on how often we ask', () => {
  const look = async (raw: object) => {
    const io = kept(networkIo());
    const spec = await httpSpec.parseAsync({ request: { get: '/' }, expect: { status: 200 }, ...raw });
    return kept(await http.open(spec, worldOf({ http: io.http, clock: io.clock }))).sample({
      ...tick(),
      timeout: 1000,
    });
  };

  test('is no failure of the service, unless it is what is expected', async () => {
    const target = await answering(429, '', { 'retry-after': '60' });
    expect(await look({ target })).toEqual([
      {
        missed: {
          by: 'throttle',
          reason: 'rate_limited',
          because: 'GET /: could not judge: the service holds the probe back (status 429 with Retry-After: 60)',
        },
      },
    ]);
    expect(await look({ target, expect: { status: 429 } })).toMatchObject([{ seen: { fault: null } }]);
  });

  test('at one instance hides no other', async () => {
    const instances = { blue: await answering(429, ''), green: await answering(500, '') };
    expect(await look({ instances })).toMatchObject([
      { group: 'blue', missed: { reason: 'rate_limited' } },
      { group: 'green', seen: { status: 500, fault: { reason: 'target_5xx' } } },
    ]);
  });
});

const curl = "curl -i 'http://auth.test/me'";
const layer = (name: 'DNS' | 'TCP' | 'TLS' | 'HTTP') => ({ layer: name, curl });
test.each<[Partial<Unheard> & Pick<Unheard, 'reason'>, string]>([
  [
    { reason: 'target_unreachable', evidence: layer('DNS') },
    'look at the name in the profile, then at its DNS record: nothing was asked of the service',
  ],
  [
    { reason: 'target_unreachable', evidence: layer('TCP') },
    'look whether the service runs and listens there, then at the network between',
  ],
  [
    { reason: 'target_timeout', evidence: layer('TCP') },
    'look whether the machine is up and at the firewalls between; a service that takes no more connections looks like this, too',
  ],
  [
    { reason: 'target_timeout', evidence: layer('TLS') },
    'look at what ends TLS there (the proxy or balancer): it takes connections and does no more',
  ],
  [
    { reason: 'target_timeout', evidence: layer('HTTP') },
    'requests hang: look at pool-wait and db-connections first, then at locks and the load of the service',
  ],
  [
    { reason: 'target_timeout', because: 'the answer began and did not end within 5 s', evidence: layer('HTTP') },
    'the answer came to a halt: look at the log of the service, or of the proxy before it, for GET /me',
  ],
  [
    { reason: 'target_tls', because: 'the certificate of a has expired (CERT_HAS_EXPIRED)' },
    'look at who renews the certificate, and whether the server was reloaded since',
  ],
  [
    { reason: 'target_tls', because: 'the certificate of a is self-signed' },
    'look at what the server sends: its chain must be whole; an authority of your own is trusted when NODE_EXTRA_CA_CERTS names its file',
  ],
  [
    { reason: 'target_tls', because: 'the certificate of a is for another name: DNS:b' },
    'look at the host name in the profile, then at which certificate the server gives for it',
  ],
  [
    { reason: 'target_tls', because: 'the certificate of a is not valid yet: compare the clocks' },
    'compare the clock of this machine with the one that issued the certificate',
  ],
  [
    { reason: 'target_tls', because: 'a does not speak TLS on this port' },
    'look at the scheme and the port of the target in the profile, then at who ends TLS there',
  ],
  [
    { reason: 'target_tls', because: 'a speaks no version of TLS from 1.2 on' },
    'look at the TLS settings of the server, or of the proxy before it: 1.2 is the least',
  ],
  [
    { reason: 'target_tls', because: 'the TLS handshake with a failed' },
    'look at the certificate and the TLS settings of the server',
  ],
  [
    { reason: 'target_broken', because: 'a answered with headers above 32 KiB' },
    'look at the log of the service, or of the proxy before it, for GET /me, and at what sets headers or cookies without end',
  ],
  [
    { reason: 'target_broken', because: 'a sent a body that is not as long as its Content-Length says' },
    'look at what stands before the service (proxy, compression): length and body do not fit; then at the log of the service, or of the proxy before it, for GET /me',
  ],
  [
    { reason: 'target_broken', because: 'a sent a compressed body that cannot be read' },
    'look at what compresses the answer to GET /me',
  ],
  [
    { reason: 'target_broken', because: 'a answered with something that is not HTTP/1.1' },
    'look at the port of the target in the profile: another service may listen there',
  ],
  [
    {
      reason: 'target_broken',
      because: 'a reset the connection',
      evidence: { layer: 'HTTP', curl: "curl -i 'https://a/'" },
    },
    'look at the log of the service, or of the proxy before it, for GET /me: it restarts or crashes',
  ],
  [
    { reason: 'target_broken', because: 'a closed the connection', evidence: layer('HTTP') },
    'look at the log of the service, or of the proxy before it, for GET /me: it restarts or crashes; a port that expects https closes plain http like this, too',
  ],
])('%o is looked into first there', (unheard, expected) => {
  expect(nextLook({ because: '', evidence: undefined, ask: 'GET /me', ...unheard })).toBe(expected);
});

test.each<[string, string]>([
  ['{"access_token":"9f8e7d6c5b4a","ok":true}', '{"access_token":"[hidden]","ok":true}'],
  ['{"password" : "Sup3r-geheim"}', '{"password" : "[hidden]"}'],
  ['session=abcdefghijklmnop; Path=/', 'session=[hidden]; Path=/'],
  ['Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln rest', 'Bearer [token] rest'],
  ['key 0123456789abcdef0123456789abcdef end', 'key [hidden] end'],
  ['password: must be longer', 'password: must be longer'],
  ['{"error":"token expired","code":"53300"}', '{"error":"token expired","code":"53300"}'],
  ['request 3f2b8c1e-5d4a-4b6c-9e8f-0a1b2c3d4e5f failed', 'request 3f2b8c1e-5d4a-4b6c-9e8f-0a1b2c3d4e5f failed'],
  ['internationalizationconfigurationerror', 'internationalizationconfigurationerror'],
])('%s without what looks like a token', (text, expected) => {
  expect(withoutTokens(text)).toBe(expected);
});

test.each<[string, string]>([
  ['/health', '/health'],
  ['/health?token=abc&deep=1#x', '/health?token=…&deep=…'],
  ['https://a.test/x?y=z', 'https://a.test/x?y=…'],
])('%s is shown as %s', (path, expected) => {
  expect(shownPath(path)).toBe(expected);
});

test.each([
  [{ tcp: 1, firstByte: 900, body: 3 }, 1000, ': most of it was the wait for the first byte, 900 ms'],
  [{ tcp: 300, firstByte: 300, body: 300 }, 1000, ''],
  [{}, 1000, ''],
])('of the stages %o in %i ms it says "%s"', (stages, ms, expected) => {
  expect(mostText(stages, ms)).toBe(expected);
});
