// A whole run with a burst, on a real Postgres: a service that opens a connection for each login under way and keeps
// it works for one login at a time; the burst shows what it takes.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { Client } from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { startTestServer, type TestServer } from '../helpers/postgres.ts';
import { bodyOf, serve } from '../helpers/servers.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const bin = resolve(import.meta.dirname, '../../bin/holdpoint.cjs');
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ max_connections: '25', superuser_reserved_connections: '3', max_wal_senders: '0' });
}, 60_000);
afterAll(() => server.stop());

/** Logins take a connection out of the idle ones, else a new one; `keeps`: none is ever closed. */
const startService = async (keeps: boolean) => {
  const sessions = new Set<string>();
  const idle: Client[] = [];
  const all: Client[] = [];
  const take = async (): Promise<Client> => {
    const kept = idle.pop();
    if (kept) return kept;
    const client = new Client(server.url());
    client.on('error', () => undefined);
    await client.connect();
    all.push(client);
    return client;
  };
  const service = await serve(async (request, response) => {
    const id = /sid=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    if (request.url === '/me') return void response.writeHead(sessions.has(id) ? 200 : 401).end('Hello');
    if (request.url === '/logout') return void (sessions.delete(id), response.end());
    const { password } = JSON.parse(await bodyOf(request)) as { password: string };
    const client = await take().catch(() => undefined);
    if (!client) return void response.writeHead(500).end('too many clients');
    await client.query('SELECT pg_sleep(0.3)');
    if (keeps) idle.push(client);
    else await client.end();
    if (password !== 'right-password') return void response.writeHead(401).end();
    const next = randomUUID();
    sessions.add(next);
    return void response.writeHead(200, { 'set-cookie': `sid=${next}; Path=/; HttpOnly; SameSite=Lax` }).end('{}');
  });
  onTestFinished(async () => {
    await Promise.all(all.map((client) => client.end().catch(() => undefined)));
    await service.close();
  });
  return service.url;
};

const profile = (url: string, burst: string): string => `
service: auth
hold: { warmup: 0s, for: 3s, every: 1s, failAfter: 2, deadline: 60s }
checks:
  login:
    every: 1s
    target: ${url}
    account: { username: smoke, password: "\${env:LOGIN_PASSWORD}" }
    login: { json: { post: /login } }
    probe: { get: /me, granted: { status: 200, contains: Hello } }
    logout: { post: /logout }
    burst: ${burst}
  db-connections: { postgres: "\${env:DATABASE}", role: postgres, every: 1s }
`;

const run = async (keeps: boolean, burst: string): Promise<RunRecord> => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'deploy-profiles'));
  await writeFile(join(folder, 'deploy-profiles/auth.yaml'), profile(await startService(keeps), burst));
  const { CI: _, ...env } = process.env;
  const child = spawn(process.execPath, [bin, 'run', 'auth', '--reporter', 'plain'], {
    cwd: folder,
    env: { ...env, LOGIN_PASSWORD: 'right-password', DATABASE: server.url() },
    stdio: 'ignore',
  });
  await new Promise((done, failed) => child.once('close', done).once('error', failed));
  const runs = join(folder, '.holdpoint/runs');
  const [name = ''] = await readdir(runs);
  return JSON.parse(await readFile(join(runs, name), 'utf8')) as RunRecord;
};

const partsOf = (record: RunRecord): Record<string, string> =>
  Object.fromEntries(
    (record.checks.find(({ id }) => id === 'login')?.parts ?? []).map(({ name, outcome, because }) => [
      name,
      `${outcome}: ${because}`,
    ]),
  );

it('says that the connections rose with the logins, did not fall, and what the peak would need', async () => {
  const record = await run(true, '{ users: 6, total: 20, rampUp: 1s, peak: 60/s }');
  expect(record.decision.action).toBe('pass');
  const parts = partsOf(record);
  expect(parts['burst']).toMatch(/^pass: 20 of 20 logins granted \(100 %\), [1-6] at once, p50 .*, p95 .*, p99 /);
  const needs = /holds at [\d.]+ logins\/s, needs about \d+ connections at the declared peak of 60\/s, has \d+; /;
  expect(record.checks.find(({ id }) => id === 'login')?.because).toMatch(needs);
  expect(parts['burst and db-connections']).toMatch(needs);
  expect(parts['burst and db-connections']).toMatch(
    /connections rose by [1-6] \(from \d+ to \d+\) for [1-6] concurrent logins? and did not fall$/,
  );
}, 120_000);

it('says that they fell back where the service gives them back', async () => {
  const record = await run(false, '{ users: 6, total: 20, rampUp: 1s }');
  expect(partsOf(record)['burst and db-connections']).toMatch(
    /^pass: (?:connections rose by \d+ .* and fell back to \d+|stayed at \d+ connections or below)$/,
  );
}, 120_000);

it('ends before all slots are taken for long, and blocks', async () => {
  const record = await run(true, '{ users: 40, total: 400, rampUp: 6s, rate: 100/s }');
  expect([record.decision.action, record.exitCode]).toEqual(['block', 10]);
  const login = record.checks.find(({ id }) => id === 'login');
  expect(login?.reason).toBe('burst_failed');
  expect(login?.because).toMatch(
    /^one login works, but \d+ at once are too many: (?:db-connections fails: |broken at "sign in" \(POST \/login → 500).*; stopped before the other \d{2,3}$/,
  );
}, 120_000);
