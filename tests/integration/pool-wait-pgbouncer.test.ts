// pool-wait at a real PgBouncer: its console in transaction and session mode, two processes on one port, and our own acquires.
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createPostgres } from '../../src/io/postgres.ts';
import { poolWait } from '../../src/kinds/pool-wait/index.ts';
import type { Seen } from '../../src/kinds/pool-wait/seen.ts';
import { spec as schema, type Spec } from '../../src/kinds/pool-wait/spec.ts';
import type { Look, Session, Verdict } from '../../src/kit/index.ts';
import { realClock } from '../helpers/fake-io.ts';
import { historyOf, samples, tick, worldOf } from '../helpers/kinds.ts';
import { type PgBouncerPlan, startPgBouncer, type TestPgBouncer } from '../helpers/pgbouncer.ts';
import { startTestServer, type TestServer } from '../helpers/postgres.ts';
import { isServerPlatform } from '../helpers/postgres-versions.ts';
import { closedPort } from '../helpers/servers.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ max_connections: '40' });
  await asAdmin("CREATE ROLE app LOGIN PASSWORD 'app-password'");
  await asAdmin("CREATE ROLE narrow LOGIN PASSWORD 'app-password' CONNECTION LIMIT 1");
});

afterAll(() => server.stop());

const asAdmin = async (sql: string): Promise<void> => {
  const client = new Client(server.url());
  await client.connect();
  await client.query(sql);
  await client.end();
};

const users = { app: 'app-password', narrow: 'app-password' };

const bouncer = async (plan: Partial<PgBouncerPlan> = {}): Promise<TestPgBouncer> => {
  const started = await startPgBouncer({ target: server.url(), poolMode: 'transaction', poolSize: 2, users, ...plan });
  onTestFinished(() => started.stop());
  return started;
};

/** A client of the release `auth@new`; what becomes of it is the business of the test. */
const connected = async (pool: TestPgBouncer, user = 'app', database?: string): Promise<Client> => {
  const client = new Client({
    connectionString: pool.url(user, 'app-password', database),
    application_name: 'auth@new',
  });
  client.on('error', () => undefined);
  onTestFinished(() => void client.end().catch(() => undefined));
  await client.connect();
  return client;
};

const clients = (pool: TestPgBouncer, number: number): Promise<Client[]> =>
  Promise.all(Array.from({ length: number }, () => connected(pool)));

/** Sends a statement whose answer the test does not wait for. */
const send = (client: Client, sql: string): void => void client.query(sql).catch(() => undefined);

const pause = (ms: number): Promise<void> => realClock.sleep(ms);

const opened = async (
  settings: object,
): Promise<{ session: Session<Seen>; spec: Spec; verdict: (looks: Look<Seen>[]) => Verdict }> => {
  const spec = schema.parse(settings);
  const session = await poolWait.open(spec, worldOf({ postgres: createPostgres(), clock: realClock }));
  onTestFinished(() => session.close());
  return { session, spec, verdict: (looks) => poolWait.judge(historyOf(samples(looks)), spec) };
};

/** Three looks after a first one, each after this work. */
const judged = async (settings: object, work: () => Promise<unknown>): Promise<Verdict> => {
  const { session, verdict } = await opened(settings);
  await session.sample(tick());
  const looks: Look<Seen>[] = [];
  for (let n = 0; n < 3; n += 1) {
    await work();
    looks.push(...(await session.sample(tick())));
  }
  return verdict(looks);
};

/** 118 for 1.18: what PgBouncer tells of itself differs by version, and Debian's next one is newer. */
const versionOf = async (pool: TestPgBouncer): Promise<number> => {
  const admin = new Client(pool.adminUrl);
  await admin.connect();
  const { rows } = await admin.query<{ version: string }>('SHOW VERSION');
  await admin.end();
  const [, major, minor] = /(\d+)\.(\d+)/.exec(rows[0]?.version ?? '') ?? [];
  return Number(major) * 100 + Number(minor);
};

const consoleOf = (pool: TestPgBouncer, more: object = {}): object => ({
  pgbouncer: { urls: [pool.statsUrl], database: 'postgres', ...more },
});

describe.skipIf(!isServerPlatform)('the console in transaction mode', () => {
  it('passes a pool that is large enough', async () => {
    const pool = await bouncer({ poolSize: 5 });
    const all = await clients(pool, 3);
    const verdict = await judged(consoleOf(pool), async () => {
      for (let n = 0; n < 4; n += 1) await Promise.all(all.map((client) => client.query('SELECT 1')));
    });
    expect(verdict).toMatchObject({ outcome: 'pass', settled: true, reason: 'ok', unit: 'ms' });
    expect(verdict.because).toMatch(
      /^mean wait [\d.]+ ms over 36 acquires \(limit 50 ms\); 0 callers waiting, 0 of 5 connections in use$/,
    );
  });

  it('measures the wait of a pool that is too small, and says whose callers wait', async () => {
    const pool = await bouncer();
    const all = await clients(pool, 10);
    const waits: number[] = [];
    const timed = async (client: Client): Promise<void> => {
      const asked = performance.now();
      await client.query('SELECT pg_sleep(0.1)');
      waits.push(performance.now() - asked - 100);
    };
    const verdict = await judged(consoleOf(pool), () => Promise.all(all.map(timed)));
    // Ten callers of 100 ms each for two connections: 0, 0, 100, 100 … 400, 400 ms.
    const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'slow', asks: 'block', limit: 50 });
    expect(Math.abs((verdict.value ?? 0) - mean)).toBeLessThan(0.15 * mean);
  });

  it('tells a stuck pool, whose mean reads 0, and names the release that waits and holds', async () => {
    const pool = await bouncer();
    const [first, second, ...rest] = await clients(pool, 5);
    await Promise.all([first?.query('BEGIN'), second?.query('BEGIN')]);
    for (const client of rest) send(client, 'SELECT 1');
    await pause(1200);
    const verdict = await judged(consoleOf(pool), () => pause(300));
    expect(verdict).toMatchObject({ outcome: 'fail', settled: true, reason: 'stuck', value: 3 });
    expect(verdict.because).toMatch(
      /^the pool is stuck: nobody was served in \d+ ms, the oldest waits for [\d.]+ s; 3 callers waiting \(auth@new 3\), 2 of 2 connections in use \(auth@new 2\) \(a mean would read 0 ms\)$/,
    );
  });

  it('tells that the server is down', async () => {
    const port = await closedPort();
    const pool = await bouncer({ databases: { down: `host=127.0.0.1 port=${port} dbname=postgres` } });
    void connected(pool, 'app', 'down').catch(() => undefined);
    await pause(200);
    const verdict = await judged(consoleOf(pool, { database: 'down' }), () => pause(100));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'no_servers', asks: 'block' });
    expect(verdict.because).toMatch(
      (await versionOf(pool)) < 119
        ? /^1 caller waiting.*, and the pool has no server connection at all: the server is down or refuses it, or /
        : /^1 caller waiting.*, and the pool has no server connection at all$/,
    );
  });

  it('tells that the server refuses further connections', async () => {
    const pool = await bouncer({ poolSize: 4 });
    const holder = await connected(pool, 'narrow');
    await holder.query('BEGIN');
    for (let n = 0; n < 3; n += 1) send(await connected(pool, 'narrow'), 'SELECT 1');
    await pause(200);
    const verdict = await judged(consoleOf(pool, { user: 'narrow' }), () => pause(100));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'cannot_grow', asks: 'block' });
    expect(verdict.because).toBe('the pool cannot grow: 1 of 4 server connections, 3 callers waiting (auth@new 3)');
  });

  it('tells that the pool is paused', async () => {
    const pool = await bouncer();
    const waiting = await connected(pool);
    const admin = new Client(pool.adminUrl);
    await admin.connect();
    onTestFinished(() => admin.end());
    await admin.query('PAUSE postgres');
    send(waiting, 'SELECT 1');
    const verdict = await judged(consoleOf(pool), () => pause(100));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'paused', asks: 'block' });
    expect(verdict.because).toBe(
      'the pool is paused or disabled in PgBouncer; 1 caller waiting (auth@new 1), 0 of 2 connections in use',
    );
    await admin.query('RESUME postgres');
  });

  it('tells that PgBouncer is paused as a whole, or may be, before 1.19', async () => {
    const pool = await bouncer();
    const waiting = await connected(pool);
    await waiting.query('SELECT 1');
    const admin = new Client(pool.adminUrl);
    await admin.connect();
    onTestFinished(() => admin.end());
    await admin.query('PAUSE');
    const { rows } = await admin.query<{ name: string; paused: number }>('SHOW DATABASES');
    expect(rows.find(({ name }) => name === 'postgres')?.paused).toBe(0);
    const served = waiting.query('SELECT 1');
    const verdict = await judged(consoleOf(pool), () => pause(100));
    const untold = (await versionOf(pool)) < 119;
    expect(verdict).toMatchObject({ outcome: 'fail', reason: untold ? 'no_servers' : 'paused', asks: 'block' });
    expect(verdict.because).toBe(
      untold
        ? '1 caller waiting (auth@new 1), and the pool has no server connection at all: the server is down or refuses it, or PgBouncer is paused as a whole, which it does not tell before 1.19'
        : 'PgBouncer is paused as a whole (PAUSE without a database); 1 caller waiting (auth@new 1), 0 of 2 connections in use',
    );
    expect(verdict.next).toMatch(/^RESUME on the console of PgBouncer/);
    await admin.query('RESUME');
    await served;
    expect(await judged(consoleOf(pool), () => waiting.query('SELECT 1'))).toMatchObject({ outcome: 'pass' });
  });

  it('holds the mean wait against the baseline, far below the limits', async () => {
    const pool = await bouncer();
    const all = await clients(pool, 8);
    const rush = (seconds: number) => () =>
      Promise.all(all.map((client) => client.query(`SELECT pg_sleep(${seconds})`)));
    const { session, spec } = await opened({
      ...consoleOf(pool),
      limits: { block: '60s', rollback: '60s' },
      minAcquires: 8,
    });
    const looksWith = async (work: () => Promise<unknown>): Promise<Look<Seen>[]> => {
      const looks: Look<Seen>[] = [];
      for (let n = 0; n < 3; n += 1) {
        await work();
        looks.push(...(await session.sample(tick())));
      }
      return looks;
    };
    await session.sample(tick());
    const before = await looksWith(rush(0.01));
    const now = await looksWith(rush(0.3));
    const verdict = poolWait.judge(historyOf(samples(now), before), spec);
    expect(verdict).toMatchObject({ outcome: 'fail', settled: true, reason: 'slower_than_before', asks: 'block' });
    expect(verdict.because).toMatch(
      /^the pool is slower than before: mean wait [\d.]+ (?:ms|s) over 8 acquires, [\d.]+ ms in the baseline \(limit [\d.]+ ms: 3 times and 10 ms more\); 0 callers waiting, /,
    );
    expect(poolWait.judge(historyOf(samples(before), before), spec)).toMatchObject({ outcome: 'pass', settled: true });
  });
});

describe.skipIf(!isServerPlatform)('the console in session mode', () => {
  it('counts the callers waiting on average where acquires are not counted, before 1.23', async () => {
    const pool = await bouncer({ poolMode: 'session', poolSize: 1 });
    const visit = async (): Promise<void> => {
      const client = await connected(pool);
      await client.query('SELECT pg_sleep(0.05)');
      await client.end();
    };
    const settings = { ...consoleOf(pool), minAcquires: 18 };
    const verdict = await judged(settings, () => Promise.all(Array.from({ length: 6 }, visit)));
    // Six visitors for one connection: 5, 4, 3, 2, 1, 0 of them wait, 2.5 on average, for 125 ms in the mean; less where
    // a busy machine lets them come one after the other.
    const isCounted = (await versionOf(pool)) >= 123;
    const [reason, limit, least, most] = isCounted ? (['slow', 50, 75, 500] as const) : (['crowded', 1, 1, 3] as const);
    expect(verdict).toMatchObject({ outcome: 'fail', reason, asks: 'block', limit });
    expect(verdict.value).toBeGreaterThan(least);
    expect(verdict.value).toBeLessThan(most);
  });
});

describe.skipIf(!isServerPlatform)('the consoles', () => {
  const consolesAt = async (pool: TestPgBouncer): Promise<number> => {
    const admin = new Client(pool.adminUrl);
    await admin.connect();
    const { rows } = await admin.query<{ database: string; user: string }>('SHOW CLIENTS');
    await admin.end();
    return rows.filter(({ database, user }) => database === 'pgbouncer' && user === 'stats').length;
  };

  it('are one while it looks, and none afterwards', async () => {
    const pool = await bouncer();
    const { session } = await opened(consoleOf(pool));
    for (let n = 0; n < 3; n += 1) await session.sample(tick());
    expect(await consolesAt(pool)).toBe(1);
    await session.close();
    await expect.poll(() => consolesAt(pool)).toBe(0);
  });

  it('of two PgBouncers are judged apart, and the one that stands still is named', async () => {
    const [well, bad] = [await bouncer(), await bouncer({ poolSize: 1 })];
    const holder = await connected(bad);
    await holder.query('BEGIN');
    send(await connected(bad), 'SELECT 1');
    await pause(300);
    const urls = { pgbouncer: { urls: [well.statsUrl, bad.statsUrl], database: 'postgres' } };
    const { session, verdict } = await opened(urls);
    await session.sample(tick());
    const looks: Look<Seen>[] = [];
    for (let n = 0; n < 3; n += 1) {
      await pause(200);
      looks.push(...(await session.sample(tick())));
    }
    expect(verdict(looks)).toMatchObject({ outcome: 'fail', reason: 'stuck' });
    expect(verdict(looks).because).toMatch(new RegExp(`^127\\.0\\.0\\.1:${bad.port}: the pool is stuck: `));
  });

  it('that do not answer are a target that cannot be reached, until they do', async () => {
    const pool = await bouncer();
    const { session } = await opened({ ...consoleOf(pool), connectTimeout: '400ms' });
    await session.sample(tick());
    const [frozen] = pool.processes;
    if (!frozen) throw new Error('PgBouncer has no process');
    process.kill(frozen.pid, 'SIGSTOP');
    try {
      for (let n = 0; n < 2; n += 1)
        expect(await session.sample(tick())).toMatchObject([{ missed: { by: 'target', reason: 'pool_unreachable' } }]);
    } finally {
      process.kill(frozen.pid, 'SIGCONT');
    }
    await expect.poll(async () => 'seen' in ((await session.sample(tick()))[0] ?? {}), { timeout: 10_000 }).toBe(true);
  });
});

describe.skipIf(!isServerPlatform)('two processes on one port', () => {
  it('finds and keeps a console on each, and says when one is gone', async () => {
    const pool = await bouncer({ processes: 2 });
    const host = new URL(pool.statsUrl).host;
    const groups = [`${host} process 1`, `${host} process 2`];
    for (const more of [{}, { processes: 2 }]) {
      const { session } = await opened(consoleOf(pool, more));
      const [first, second] = [await session.sample(tick()), await session.sample(tick())];
      expect(first.map(({ group }) => group)).toEqual(groups);
      expect(second.map((look) => ('seen' in look ? look.seen.seconds !== undefined : look.missed))).toEqual([
        true,
        true,
      ]);
      await session.close();
    }
    const { session, verdict } = await opened(consoleOf(pool, { processes: 2 }));
    await session.sample(tick());
    await pool.processes[1]?.stop();
    const looks = [await session.sample(tick()), await session.sample(tick()), await session.sample(tick())].flat();
    expect(verdict(looks)).toMatchObject({ outcome: 'fail', reason: 'process_missing' });
    expect(verdict(looks).because).toMatch(
      /process \d: 1 of 2 processes behind 127\.0\.0\.1:\d+ answered in 15 further console connections$/,
    );
  });
});

describe.skipIf(!isServerPlatform)('an acquire of our own', () => {
  const probeOf = (url: string): object => ({ probe: url, connectTimeout: '500ms', limits: { longest: '500ms' } });

  it.each(['transaction', 'session'] as const)(
    'passes through a healthy pool in %s mode, and gives back',
    async (poolMode) => {
      const pool = await bouncer({ poolMode, poolSize: 1 });
      const verdict = await judged(probeOf(pool.url('app', 'app-password')), async () => undefined);
      expect(verdict).toMatchObject({ outcome: 'pass', settled: true, reason: 'ok' });
      expect(verdict.because).toMatch(
        /^SELECT 1 through the pool took [\d.]+ ms on average, [\d.]+ ms at most, in 3 looks \(limit 50 ms\)$/,
      );
    },
  );

  it('waits in a pool whose connections are held', async () => {
    const pool = await bouncer({ poolSize: 1 });
    const holder = await connected(pool);
    await holder.query('BEGIN');
    const verdict = await judged(probeOf(pool.url('app', 'app-password')), async () => undefined);
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'waits_too_long' });
    expect(verdict.because).toBe('the pool gave the probe no connection within 500 ms');
    expect(verdict.asks).toBeUndefined();
  });

  it('is slow behind others', async () => {
    const pool = await bouncer({ poolSize: 1 });
    const holder = await connected(pool);
    const settings = probeOf(pool.url('app', 'app-password'));
    const verdict = await judged(settings, async () => send(holder, 'SELECT pg_sleep(0.2)'));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'slow', asks: 'block', limit: 50 });
    expect(verdict.because).toMatch(/^the pool is slow: SELECT 1 through it took \d+ ms \(limit 50 ms\)$/);
  });

  it('is refused when PgBouncer takes no more clients', async () => {
    const pool = await bouncer({ settings: { max_client_conn: '1' } });
    await connected(pool);
    const verdict = await judged(probeOf(pool.url('app', 'app-password')), async () => undefined);
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'pool_full' });
    expect(verdict.because).toContain('PgBouncer takes no more clients (08P01: no more connections allowed');
  });

  it('tells that the server refuses the pool', async () => {
    const pool = await bouncer({ poolMode: 'session' });
    const holder = new Client(server.url('narrow', 'app-password'));
    await holder.connect();
    onTestFinished(() => holder.end());
    const { session } = await opened(probeOf(pool.url('narrow', 'app-password')));
    const [refused, retried] = [await session.sample(tick()), await session.sample(tick())];
    // PgBouncer tells why once; until server_login_retry (15 s) is over it lets its clients wait.
    expect(refused).toEqual([
      {
        seen: {
          refused: {
            reason: 'no_servers',
            because: `the pool has no server connection for the probe (${(await versionOf(pool)) < 120 ? '08P01' : '53300'}: too many connections for role "narrow")`,
          },
        },
      },
    ]);
    expect(retried).toMatchObject([{ seen: { refused: { reason: 'waits_too_long' } } }]);
  });

  it('is our own mistake with a wrong password or an unknown database', async () => {
    const pool = await bouncer();
    for (const url of [pool.url('app', 'wrong-password'), pool.url('app', 'app-password', 'nowhere')]) {
      const { session } = await opened(probeOf(url));
      expect(await session.sample(tick())).toMatchObject([{ missed: { by: 'ours', reason: 'probe_refused' } }]);
      await session.close();
    }
  });

  it('misses a PgBouncer that is not there as a target', async () => {
    const { session } = await opened(probeOf(`postgres://app:app-password@127.0.0.1:${await closedPort()}/postgres`));
    expect(await session.sample(tick())).toMatchObject([{ missed: { by: 'target', reason: 'pool_unreachable' } }]);
  });
});
