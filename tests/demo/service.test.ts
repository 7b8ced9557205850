// Small parts of the lab's service: passwords, requests, configuration.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/demo/service/config.ts';
import { escapeHtml, readAsk } from '../../src/demo/service/http.ts';
import { hashPassword, verifyPassword } from '../../src/demo/service/passwords.ts';

describe('passwords', () => {
  it('verify against their own hash only, which is salted', async () => {
    const hash = await hashPassword('Pr0be+/&1');
    expect(hash).toMatch(/^[0-9a-f]{32}:[0-9a-f]{64}$/);
    expect(await hashPassword('Pr0be+/&1')).not.toBe(hash);
    expect(await verifyPassword('Pr0be+/&1', hash)).toBe(true);
    expect(await verifyPassword('Pr0be+/&2', hash)).toBe(false);
  });

  it('refuse a hash that is none', async () => {
    await expect(verifyPassword('x', 'no hash')).rejects.toThrow('a password hash is not salt:key');
  });
});

const message = (method: string, url: string, headers: Record<string, string>, body = ''): IncomingMessage =>
  Object.assign(Readable.from([body]), { method, url, headers }) as unknown as IncomingMessage;

describe('a request', () => {
  it.each([
    [
      'a form',
      message('POST', '/login?x=1', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1%262&b=+'),
      { path: '/login', fields: { a: '1&2', b: ' ' } },
    ],
    [
      'JSON',
      message('POST', '/api/login', { 'content-type': 'application/json' }, '{"a":"1"}'),
      { fields: { a: '1' } },
    ],
    [
      'a cookie among others',
      message('GET', '/me', { cookie: 'x=1; session=abc; y=2' }),
      { token: 'abc', bearer: false },
    ],
    [
      'a bearer token before a cookie',
      message('GET', '/me', { cookie: 'session=abc', authorization: 'Bearer def' }),
      { token: 'def', bearer: true },
    ],
    ['no session', message('GET', '/me', { cookie: 'sessions=abc' }), { token: undefined, bearer: false }],
  ])('is read with %s', async (_what, incoming, expected) => {
    expect(await readAsk(incoming)).toMatchObject(expected);
  });

  it('is refused when its body is too long', async () => {
    await expect(readAsk(message('POST', '/login', {}, 'x'.repeat(10_001)))).rejects.toThrow(
      'a body of more than 10000 bytes',
    );
  });
});

it('escapes what stands in a page', () => {
  expect(escapeHtml('<a href="x">&</a>')).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;');
});

describe('the configuration of a release', () => {
  let folder: string;
  const env = { AUTH_PORT: '1234', AUTH_DATABASE_URL: 'postgres://x' };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdpoint-test-'));
    mkdirSync(join(folder, 'r1'));
    writeFileSync(join(folder, 'r1', 'server.mjs'), '');
    writeFileSync(join(folder, 'r1', 'config.json'), '{"revision":"r1","poolSize":8,"pageTimeoutMs":5000}');
    writeFileSync(join(folder, 'r1', 'config.b.json'), '{"pageTimeoutMs":5}');
    symlinkSync('r1', join(folder, 'current'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is read from the real folder behind the link', () => {
    expect(readConfig(join(folder, 'current', 'server.mjs'), env)).toEqual({
      revision: 'r1',
      poolSize: 8,
      pageTimeoutMs: 5000,
      folder: join(folder, 'r1'),
      instance: 'a',
      port: 1234,
      databaseUrl: 'postgres://x',
    });
  });

  it('is overlaid for one instance', () => {
    const config = readConfig(join(folder, 'current', 'server.mjs'), { ...env, AUTH_INSTANCE: 'b' });
    expect(config).toMatchObject({ instance: 'b', pageTimeoutMs: 5, poolSize: 8 });
  });

  it('names the variable that is missing', () => {
    expect(() => readConfig(join(folder, 'current', 'server.mjs'), { AUTH_PORT: '1' })).toThrow(
      "AUTH_DATABASE_URL is not set; the lab's supervisor sets it",
    );
  });
});
