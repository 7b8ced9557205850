// The checks `http` and `login` against TLS that is wrong, HTTP/2 without HTTP/1.1, and a server on IPv6 alone.
import { writeFileSync } from 'node:fs';
import { createServer as createPlainServer, type RequestListener } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import type { SecureServerOptions } from 'node:http2';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Certificate, newAuthority, selfSigned, type Validity } from '../helpers/hostile-certificates.ts';
import { account, type Looked, runChecks, verdictOf } from '../helpers/login-project.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const authority = newAuthority();

const listening = async (server: Server, host = '127.0.0.1'): Promise<string> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, host, resolve);
  });
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
};

const hello: RequestListener = (_, response) => void response.end('<p>Hello smoke</p>');
const https = (certificate: Certificate, more: object = {}): Promise<string> =>
  listening(createServer({ ...certificate, ...more }, hello));

const specs = {
  http: (host: string): object => ({
    page: { use: 'http', target: `https://${host}`, request: { get: '/x' }, expect: { contains: 'Hello' } },
  }),
  login: (host: string): object => ({
    login: {
      target: `https://${host}`,
      account,
      login: { form: { page: '/login' } },
      probe: { get: '/me', granted: { status: 200, contains: 'smoke' } },
      negative: Object.fromEntries(
        ['anonymous', 'wrongPassword', 'rotated', 'deadSession'].map((name) => [name, { off: 'only the login' }]),
      ),
    },
  }),
};

/** Runs one check with an authority of its own trusted, as an operator would. */
const look = async (kind: keyof typeof specs, host: string): Promise<Looked> => {
  const file = join(await tempFolder(), 'authority.pem');
  writeFileSync(file, authority.cert);
  return runChecks(specs[kind](host) as Record<string, object>, { env: { NODE_EXTRA_CA_CERTS: file } });
};

const before = { http: 'GET /x: ', login: 'login is BROKEN at step 1 of 3 (GET /login → no answer): ' };

const failed = (kind: keyof typeof specs, sentence: string): object => ({
  exitCode: 10,
  outcome: 'fail',
  reason: 'target_tls',
  because: `${before[kind]}${sentence}`,
});

const issued =
  (name: string, validity?: Validity): (() => Certificate) =>
  () =>
    authority.issue(name, validity);

const expired = 'the certificate of 127.0.0.1:PORT has expired (CERT_HAS_EXPIRED)';
const oldTls: SecureServerOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' };

describe('TLS that is', () => {
  test('right, by an authority of one’s own, passes', async () => {
    const looked = await look('http', await https(authority.issue('127.0.0.1')));
    expect(verdictOf(looked)).toMatchObject({ exitCode: 0, outcome: 'pass', because: 'GET /x answered 200 in N ms' });
  });

  const cases: [what: string, kind: keyof typeof specs, () => Certificate, sentence: string, more?: object][] = [
    ['expired', 'http', issued('127.0.0.1', { from: -9, until: -3 }), expired],
    ['expired', 'login', issued('127.0.0.1', { from: -9, until: -3 }), expired],
    [
      'not valid yet',
      'http',
      issued('127.0.0.1', { from: 2, until: 9 }),
      'the certificate of 127.0.0.1:PORT is not valid yet: compare the clocks (CERT_NOT_YET_VALID)',
    ],
    [
      'for another host',
      'http',
      issued('auth.example.test'),
      'the certificate of 127.0.0.1:PORT is for another name: DNS:auth.example.test (ERR_TLS_CERT_ALTNAME_INVALID)',
    ],
    [
      'self-signed',
      'login',
      () => selfSigned('127.0.0.1'),
      'the certificate of 127.0.0.1:PORT is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
    [
      'of an authority that nobody knows',
      'http',
      () => newAuthority().issue('127.0.0.1'),
      'the certificate of 127.0.0.1:PORT comes from an authority that is not trusted here, or the server leaves out an intermediate one (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
    ],
    [
      'too old',
      'http',
      issued('127.0.0.1'),
      '127.0.0.1:PORT speaks no version of TLS from 1.2 on (ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION)',
      oldTls,
    ],
  ];
  test.each(cases)('%s fails (%s)', async (_, kind, certificate, sentence, more) => {
    expect(verdictOf(await look(kind, await https(certificate(), more)))).toMatchObject(failed(kind, sentence));
  });
});

describe('a server that speaks HTTP/2 only', () => {
  test.each(['http', 'login'] as const)('could not be looked at, which is no failure of it (%s)', async (kind) => {
    const server = createSecureServer({ ...authority.issue('127.0.0.1'), allowHTTP1: false });
    const looked = await look(kind, await listening(server));
    expect(verdictOf(looked)).toMatchObject({
      exitCode: 12,
      outcome: 'error',
      reason: 'http2_only',
      because: `${kind === 'http' ? 'GET /x' : 'open /login (GET /login → no answer)'}: 127.0.0.1:PORT does not speak HTTP/1.1 over TLS, only another protocol such as HTTP/2 (ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL); holdpoint asks over HTTP/1.1`,
    });
  });
});

describe('a server on IPv6 alone', () => {
  const spec = (target: string): Record<string, object> => ({
    page: { use: 'http', target, request: { get: '/x' }, expect: { contains: 'Hello' } },
  });

  test('is reached, or told as what this machine cannot reach', async () => {
    const address = await listening(createPlainServer(hello), '::1').catch(
      (error: NodeJS.ErrnoException) => error.code,
    );
    // A container without IPv6: nothing can listen there, and nothing can be reached.
    const isHere = address?.startsWith('[') ?? false;
    const looked = await runChecks(spec(isHere ? `http://${address}` : 'http://[::1]:9'));
    const unreachable = expect.stringMatching(
      /^GET \/x: (?:there is no route to|\[::1\]|the request to \[::1\])/,
    ) as unknown;
    expect(verdictOf(looked)).toMatchObject(
      isHere ? { exitCode: 0, because: 'GET /x answered 200 in N ms' } : { exitCode: 10, because: unreachable },
    );
  });

  test('gets nothing from a check of the IPv4 address', async () => {
    const address = await listening(createPlainServer(hello), '::1').catch(() => '[::1]:9');
    const looked = await runChecks(spec(`http://127.0.0.1:${address.replace('[::1]:', '')}`));
    expect(verdictOf(looked)).toMatchObject({
      exitCode: 10,
      outcome: 'fail',
      reason: 'target_unreachable',
      because: 'GET /x: 127.0.0.1:PORT refused the connection: nothing listens there (ECONNREFUSED)',
    });
  });
});
