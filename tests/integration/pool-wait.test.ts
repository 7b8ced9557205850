// pool-wait over the source scrape, on the metrics of a real node-postgres pool that is too small, and of one that leaks.
import { Pool, type PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { poolWait } from '../../src/kinds/pool-wait/index.ts';
import type { Seen } from '../../src/kinds/pool-wait/seen.ts';
import { spec as schema } from '../../src/kinds/pool-wait/spec.ts';
import type { Look, Session } from '../../src/kit/index.ts';
import { scrape } from '../../src/sources/scrape.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { historyOf, samples, tick, worldOf } from '../helpers/kinds.ts';
import { startTestServer, type TestServer as Postgres } from '../helpers/postgres.ts';
import { serve } from '../helpers/servers.ts';

let server: Postgres;

beforeAll(async () => {
  server = await startTestServer({ max_connections: '20' });
});

afterAll(() => server.stop());

/** A pool that publishes its numbers, and a check that reads them. */
const openPool = async (max: number) => {
  const pool = new Pool({ connectionString: server.url(), max });
  pool.on('error', () => undefined);
  const sums = { wait: 0, acquires: 0 };
  const page = await serve((_, response) => {
    const waiting = `pool_waiting ${pool.waitingCount}\npool_used ${pool.totalCount - pool.idleCount}\npool_max ${max}\n`;
    response.end(`pool_wait_seconds_sum ${sums.wait}\npool_wait_seconds_count ${sums.acquires}\n${waiting}`);
  });
  const acquire = async (): Promise<PoolClient> => {
    const asked = performance.now();
    const client = await pool.connect();
    sums.wait += (performance.now() - asked) / 1000;
    sums.acquires += 1;
    return client;
  };
  const io = networkIo();
  onTestFinished(async () => {
    await Promise.all([page.close(), io.close(), pool.end()]);
  });
  const query = {
    waitSeconds: 'pool_wait_seconds_sum',
    acquires: 'pool_wait_seconds_count',
    waiting: 'pool_waiting',
    inUse: 'pool_used',
    max: 'pool_max',
  };
  const settings = { url: page.url };
  const spec = schema.parse({ from: { source: 'scrape', settings, query } });
  const source = await scrape.open(scrape.settings.parse(settings), { io, root: '/', learn: () => undefined });
  const session = await poolWait.open(spec, worldOf(io, source));
  return { acquire, session, spec };
};

const work = async (acquire: () => Promise<PoolClient>, ms: number): Promise<void> => {
  const client = await acquire();
  try {
    await client.query(`SELECT pg_sleep(${ms / 1000})`);
  } finally {
    client.release();
  }
};

const looks = async (session: Session<Seen>, load: () => Promise<unknown>): Promise<Look<Seen>[]> => {
  await session.sample(tick());
  const all: Look<Seen>[] = [];
  for (let n = 0; n < 3; n += 1) {
    await load();
    all.push(...(await session.sample(tick())));
  }
  return all;
};

describe('pool-wait over the metrics of a real pool', () => {
  it('passes a pool that is large enough', async () => {
    const { acquire, session, spec } = await openPool(10);
    await Promise.all(Array.from({ length: 10 }, () => work(acquire, 1)));
    const all = await looks(session, () => Promise.all(Array.from({ length: 10 }, () => work(acquire, 5))));
    expect(poolWait.judge(historyOf(samples(all)), spec)).toMatchObject({
      outcome: 'pass',
      settled: true,
      reason: 'ok',
    });
  });

  it('blocks one that is too small for its load', async () => {
    const { acquire, session, spec } = await openPool(2);
    // Ten callers of 60 ms each for two connections: the mean wait is 120 ms.
    const all = await looks(session, () => Promise.all(Array.from({ length: 10 }, () => work(acquire, 60))));
    const verdict = poolWait.judge(historyOf(samples(all)), spec);
    expect(verdict).toMatchObject({ outcome: 'fail', settled: true, asks: 'block', reason: 'slow', limit: 50 });
    expect(verdict.because).toMatch(
      /^the pool is slow: mean wait \d+ ms over 10 acquires \(limit 50 ms\); 0 callers waiting, 0 of 2/,
    );
  });

  it('calls one stuck whose connections never come back', async () => {
    const { acquire, session, spec } = await openPool(2);
    const held = [await acquire(), await acquire()];
    const waiting = [acquire(), acquire(), acquire()];
    const all = await looks(session, () => new Promise((resolve) => setTimeout(resolve, 50)));
    const verdict = poolWait.judge(historyOf(samples(all)), spec);
    expect(verdict).toMatchObject({ outcome: 'fail', settled: true, reason: 'stuck' });
    expect(verdict.because).toMatch(
      /^the pool is stuck: nobody was served in \d+ ms; 3 callers waiting, 2 of 2 connections in use \(a mean would read 0 ms\)$/,
    );
    for (const client of held) client.release();
    for (const next of waiting) (await next).release();
  });
});
