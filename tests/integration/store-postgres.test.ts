// The store on a real Postgres, and a second real one under test: the contract, leases, upgrades, and staying apart.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createIo } from '../../src/io/index.ts';
import { isLease, type Io, type PostgresSession } from '../../src/kit/index.ts';
import { openStore } from '../../src/store/index.ts';
import { handProject } from '../helpers/hand-project.ts';
import { startTestServer, type TestServer } from '../helpers/postgres.ts';
import { storeContract } from '../store/contract.ts';

let server: TestServer;
let tested: TestServer;
let io: Io;

beforeAll(async () => {
  [server, tested] = [await startTestServer(), await startTestServer()];
  io = createIo({ version: '0.0.0', env: {} });
});

afterAll(async () => {
  await server?.stop();
  await tested?.stop();
});

const onServer = async <T>(work: (session: PostgresSession) => Promise<T>): Promise<T> => {
  const session = await io.postgres.connect(server.url(), { connectTimeout: 5000, statementTimeout: 5000 });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
};

const empty = () => onServer((session) => session.query('DROP SCHEMA IF EXISTS holdpoint CASCADE'));

const openEmpty = async (given: Io = io) => {
  await empty();
  const warnings: string[] = [];
  const again = () => openStore(server.url(), { io: given, root: '/', warn: (text) => warnings.push(text) });
  const store = again();
  onTestFinished(() => store.close());
  return { store, again, warnings };
};

describe('Postgres', () => {
  storeContract(openEmpty);
});

describe('a lease', () => {
  it('of a process that is gone on this host is taken over at once', async () => {
    const { self } = io.processes;
    const dead: Io = {
      ...io,
      processes: { ...io.processes, self: async () => ({ ...(await self()), pid: 2 ** 22 + 1, started: 'long ago' }) },
    };
    const { store } = await openEmpty(dead);
    expect(isLease(await store.lock('auth', 'killed'))).toBe(true);
    await store.close();
    const next = openStore(server.url(), { io, root: '/', warn: () => {} });
    onTestFinished(() => next.close());
    const lock = await next.lock('auth', 'next');
    expect(isLease(lock)).toBe(true);
    if (isLease(lock)) await lock.release();
  });

  it('of another host holds until it runs out by the clock of the server', async () => {
    const { store } = await openEmpty();
    const claim = (until: string) =>
      onServer((session) =>
        session.query(`INSERT INTO holdpoint.locks VALUES ('auth', gen_random_uuid(), 'run 7', 1, 'elsewhere', NULL, now(), now() ${until})
          ON CONFLICT (name) DO UPDATE SET expires_at = excluded.expires_at`),
      );
    await store.records({});
    await claim("+ interval '60 seconds'");
    expect(await store.lock('auth', 'next')).toMatchObject({ heldBy: { owner: 'run 7', pid: 1, host: 'elsewhere' } });
    await claim("- interval '1 second'");
    const lock = await store.lock('auth', 'next');
    expect(isLease(lock)).toBe(true);
    if (isLease(lock)) await lock.release();
    expect(await onServer((session) => session.query('SELECT * FROM holdpoint.locks'))).toEqual([]);
  });
});

describe('the schema', () => {
  it('is made once, however many begin at once', async () => {
    const { again } = await openEmpty();
    const stores = Array.from({ length: 5 }, again);
    onTestFinished(async () => {
      for (const store of stores) await store.close();
    });
    await Promise.all(stores.map((store, n) => store.journal('rb:x', { n })));
    expect(await stores[0]?.readJournal('rb:x')).toHaveLength(5);
  });

  it('of a newer holdpoint is refused', async () => {
    const { store, again } = await openEmpty();
    await store.records({});
    await onServer((session) => session.query('UPDATE holdpoint.meta SET version = 99'));
    const other = again();
    onTestFinished(() => other.close());
    await expect(other.records({})).rejects.toThrow(
      'the store was made by a newer holdpoint (its schema is 99, this one knows 1): update holdpoint',
    );
  });

  it('a session that the server ends is opened anew, and no line is lost or doubled', async () => {
    const { store } = await openEmpty();
    await store.journal('rb:x', { n: 1 });
    await onServer((session) =>
      session.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdpoint-store'`,
      ),
    );
    await store.journal('rb:x', { n: 2 });
    expect(await store.readJournal('rb:x')).toEqual([{ n: 1 }, { n: 2 }]);
  });
});

describe('the command line', () => {
  const withDatabase = async (url: string) => {
    const project = await handProject();
    const file = join(project.folder, 'deploy-profiles/web.yaml');
    const text = await readFile(file, 'utf8');
    const check = `  database: { use: db-connections, postgres: "${url}", role: postgres, onFail: warn, onInconclusive: warn, onError: warn }\n`;
    await writeFile(
      file,
      text.replace('baseline: 1s', `${check}baseline: 1s`).replace('store: { durable: true }\n', ''),
    );
    const env = { HOLDPOINT_STORE: server.url() };
    const type = (args: string[]) => project.type(args, { env });
    return { ...project, type };
  };

  it('keeps everything on the server: a run rolls back, show lists it, a freeze holds', async () => {
    await empty();
    const project = await withDatabase(tested.url());
    const run = await project.type(['run', 'web', '--release', 'v2', '--', ...project.deployTo('bad')]);
    expect([run.exitCode, await project.live()]).toEqual([20, 'r1']);
    expect(run.stderr).toMatch(/^record: run 20.+ in Postgres at 127\.0\.0\.1:\d+\/postgres$/m);
    expect(run.stderr).not.toContain('postgres-password');
    expect((await project.type(['show'])).stdout).toContain('ROLLED BACK and verified');
    await project.type(['freeze', 'web', '--for', '1h', '--reason', 'migration']);
    expect((await project.type(['freeze'])).stdout).toContain('web (all environments): until');
    const [row] = await onServer((session) =>
      session.query(
        `SELECT string_agg(line::json ->> 'state', ' ' ORDER BY n) AS states FROM holdpoint.journals WHERE id LIKE 'rb:%'`,
      ),
    );
    expect(row?.['states']).toBe('PLANNED FENCED EXECUTING EXECUTED WAITING VERIFYING ROLLED_BACK');
  });

  it('refuses the database server under test, by another name and another database, too', async () => {
    await empty();
    const project = await withDatabase(
      server.url('postgres', 'postgres-password', 'template1').replace('127.0.0.1', 'localhost'),
    );
    const run = await project.type(['run', 'web', '--', ...project.deployTo('bad')]);
    expect([run.exitCode, await project.live()]).toEqual([2, 'r1']);
    expect(run.stderr).toMatch(
      /^the store 127\.0\.0\.1:\d+ is the database server under test \(localhost:\d+\): when it is full, no journal could be written and nothing rolled back\./,
    );
  });

  it('that cannot be reached begins nothing', async () => {
    const project = await handProject();
    const typed = { env: { HOLDPOINT_STORE: 'postgres://x:secretword@127.0.0.1:1/store' } };
    const run = await project.type(['run', 'web', '--', ...project.deployTo('bad')], typed);
    expect([run.exitCode, await project.live()]).toEqual([2, 'r1']);
    expect(run.stderr).toMatch(
      /^the store \(Postgres at 127\.0\.0\.1:1\/store\) cannot be used, so nothing was begun: .*ECONNREFUSED/,
    );
    expect(run.stderr).not.toContain('secretword');
    const show = await project.type(['show'], typed);
    expect([show.exitCode, show.stderr.includes('cannot be used')]).toEqual([2, true]);
    const check = await project.type(['check', 'web'], typed);
    expect(check.exitCode).toBe(0);
  });

  it('that dies in the middle of a rollback costs neither the proof nor the exit code', async () => {
    const own = await startTestServer();
    onTestFinished(() => own.stop());
    const project = await handProject();
    const [waiting, gone] = [join(project.folder, 'waiting'), join(project.folder, 'gone')];
    await writeFile(
      join(project.folder, 'undo.sh'),
      `#!/bin/sh\ntouch ${waiting}; until test -e ${gone}; do sleep 0.1; done; echo "$1" > live\n`,
    );
    const args = ['run', 'web', '--release', 'v2', '--', ...project.deployTo('bad')];
    const running = project.type(args, { env: { HOLDPOINT_STORE: own.url() } });
    await expect.poll(() => readFile(waiting).catch(() => undefined), { timeout: 60_000 }).toBeDefined();
    await own.stop();
    await writeFile(gone, '');
    const { exitCode, stderr } = await running;
    expect([exitCode, await project.live()]).toEqual([20, 'r1']);
    expect(stderr).toContain('ROLLED BACK and verified');
    expect(stderr).toMatch(/^holdpoint: not everything could be closed: .*ECONNREFUSED/m);
  });

  it('files on a runner that is thrown away are refused for auto, unless they are named', async () => {
    const project = await handProject();
    const env = { RUNNER_ENVIRONMENT: 'github-hosted' };
    const run = await project.type(['run', 'web', '--', ...project.deployTo('r2')], { env });
    expect([run.exitCode, await project.live()]).toEqual([2, 'r1']);
    expect(run.stderr).toMatch(
      /^web: rollback\.mode is auto, and \.holdpoint is on a runner that GitHub hosts: gone after the job\./,
    );
    const named = await project.type(['run', 'web', '--store', 'kept', '--', ...project.deployTo('r2')], { env });
    expect(named.exitCode).toBe(0);
  });
});
