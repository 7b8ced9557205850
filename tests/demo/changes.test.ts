// What each release of the lab does otherwise: the mistakes are real, and they are the ones that the scenarios tell of.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolClient } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { greetByInitials } from '../../src/demo/changes/greet-by-initials.ts';
import { greetWithWelcome } from '../../src/demo/changes/greet-with-welcome.ts';
import { keyFile, signedSessions } from '../../src/demo/changes/signed-sessions.ts';
import { unreadyMetrics } from '../../src/demo/changes/unready-metrics.ts';
import { wobblingAuthentication } from '../../src/demo/changes/wobbling-authentication.ts';
import type { Ask } from '../../src/demo/service/http.ts';
import { counter } from '../../src/demo/service/metrics.ts';
import type { Sessions } from '../../src/demo/service/sessions.ts';

const account = (displayName: string | null) => ({ id: 1, username: 'ada', displayName, hasPicture: false });

describe('the greetings', () => {
  it.each([
    [greetWithWelcome, 'Ada Lovelace', 'Welcome back, Ada Lovelace'],
    [greetWithWelcome, null, 'Welcome back, ada'],
    [greetByInitials, 'Ada Lovelace', 'A. L.'],
  ])('%o of %s is %s', (greet, displayName, expected) => {
    expect(greet(account(displayName))).toBe(expected);
  });

  it('by initials fails for an account without a display name', () => {
    expect(() => greetByInitials(account(null))).toThrow(TypeError);
  });
});

describe('the wobbling authentication', () => {
  it('fails sign-ins 5, 25 and 45 of the named account and no others', async () => {
    const authenticate = wobblingAuthentication('smoke', async ({ username = '', password }) =>
      password === 'right' ? { id: 1, username } : undefined,
    );
    const failed: number[] = [];
    for (let turn = 1; turn <= 60; turn += 1) {
      // A wrong password and another account do not count.
      expect(await authenticate({ username: 'smoke', password: 'wrong' })).toBeUndefined();
      expect(await authenticate({ username: 'reader', password: 'right' })).toEqual({ id: 1, username: 'reader' });
      await authenticate({ username: 'smoke', password: 'right' }).catch(() => failed.push(turn));
    }
    expect(failed).toEqual([5, 25, 45]);
  });
});

describe('the signed sessions', () => {
  let folder: string;
  const client = {} as PoolClient;
  const plain: Sessions = {
    begin: async () => ({ token: 'anonymous', csrf: 'x' }),
    signIn: async () => 'token',
    find: async (_client, token) => (token === 'token' ? { accountId: 1, csrf: 'x' } : undefined),
    end: async () => {},
  };
  const config = () => ({
    folder,
    instance: 'a',
    port: 1,
    databaseUrl: '',
    revision: 'r',
    poolSize: 8,
    pageTimeoutMs: 1,
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdpoint-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('sign nobody in without the key file, and let sessions from before live on', async () => {
    const sessions = signedSessions(config(), plain);
    await expect(sessions.signIn(1)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await sessions.find(client, 'token')).toEqual({ accountId: 1, csrf: 'x' });
  });

  it('are mended by the key file, without a restart', async () => {
    const sessions = signedSessions(config(), plain);
    writeFileSync(join(folder, keyFile), 'key');
    const token = await sessions.signIn(1);
    expect(token).toMatch(/^token\.\S{43}$/);
    expect(await sessions.find(client, token)).toEqual({ accountId: 1, csrf: 'x' });
    expect(await sessions.find(client, `${token}x`)).toBeUndefined();
  });
});

describe('the unready metrics', () => {
  const ask: Ask = { method: 'GET', path: '/metrics', token: undefined, bearer: false, fields: {} };

  it('answer 503 as long as nobody registers a collector', async () => {
    const { page, register } = unreadyMetrics();
    expect(await page(ask)).toMatchObject({ status: 503, body: 'no collector is registered\n' });
    register([counter('requests_total', 'Requests.', [{}])]);
    expect(await page(ask)).toMatchObject({ status: 200, body: expect.stringContaining('requests_total 0') });
  });
});
