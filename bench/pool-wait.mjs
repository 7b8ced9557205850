// How far the waits that pool-wait reads at PgBouncer's console are from what its clients measure: mean wait in transaction
// mode, mean number of waiting callers in session mode. Single statements of 100 ms, more callers than connections.
import { performance } from 'node:perf_hooks';
import { Client } from 'pg';
import { parts } from './parts.mjs';

/** What the design asks for, as a share. */
const TARGET = 0.05;

const sleepMs = 100;
const rounds = 6;

async function withClient(url, work) {
  const client = new Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Milliseconds that one statement waited before it ran. */
async function waited(client) {
  const asked = performance.now();
  await client.query(`SELECT pg_sleep(${sleepMs / 1000})`);
  return performance.now() - asked - sleepMs;
}

/** Callers that keep their client connection, and ones that log in anew: in session mode the goodbye gives back. */
const callers = {
  transaction: (url, note) =>
    withClient(url, async (client) => {
      for (let round = 0; round < rounds; round += 1) note(await waited(client));
    }),
  session: async (url, note) => {
    for (let round = 0; round < rounds; round += 1) note(await withClient(url, waited));
  },
};

const percent = (share) => `${(share * 100).toFixed(1)} %`;

async function compare({ poolWait, createPostgres, realClock, startPgBouncer, tick, worldOf }, target, poolMode) {
  const pool = await startPgBouncer({ target, poolMode, poolSize: 2 });
  const spec = poolWait.spec.parse({ pgbouncer: { urls: [pool.statsUrl], database: 'postgres' } });
  const session = await poolWait.open(spec, worldOf({ postgres: createPostgres(), clock: realClock }));
  try {
    await withClient(pool.url(), waited);
    await session.sample(tick());
    const waits = [];
    const started = performance.now();
    await Promise.all(Array.from({ length: 8 }, () => callers[poolMode](pool.url(), (ms) => waits.push(ms))));
    const [{ seen }] = await session.sample(tick());
    const passed = performance.now() - started;
    const sum = waits.reduce((all, ms) => all + ms, 0);
    const isMean = poolMode === 'transaction';
    const truth = isMean ? sum / waits.length : sum / passed;
    const read = isMean ? (seen.waited / seen.acquires) * 1000 : seen.waited / seen.seconds;
    const error = read / truth - 1;
    const unit = isMean ? 'mean wait, ms' : 'callers waiting on average';
    const shown = `${percent(error)}${Math.abs(error) > TARGET ? ` MISSED (${percent(TARGET)})` : ''}`;
    return { 'pool mode': poolMode, what: unit, clients: truth.toFixed(2), console: read.toFixed(2), error: shown };
  } finally {
    await session.close();
    await pool.stop();
  }
}

/** One row for a table per pool mode. */
export async function poolWaits() {
  const lab = await parts('pool-wait', {
    './src/kinds/pool-wait/index.ts': 'poolWait',
    './src/io/postgres.ts': 'createPostgres',
    './tests/helpers/postgres.ts': 'startTestServer',
    './tests/helpers/pgbouncer.ts': 'startPgBouncer',
    './tests/helpers/fake-io.ts': 'realClock',
    './tests/helpers/kinds.ts': 'tick, worldOf',
  });
  const server = await lab.startTestServer({ max_connections: '20' });
  try {
    const rows = [];
    for (const mode of ['transaction', 'session']) rows.push(await compare(lab, server.url(), mode));
    return rows;
  } finally {
    await server.stop();
  }
}
