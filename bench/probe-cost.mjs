// What one look of db-connections costs against few and many backends: time, and connections by the server's own view.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Client } from 'pg';
import { idleBackends, withoutPassword } from './idle-backends.mjs';
import { parts } from './parts.mjs';

/** Idle backends beside the probe; 0 again at the end shows how far the machine itself has drifted. */
const levels = [0, 100, 500, 0];
const rounds = 40;

const password = 'probe-password';

const percentile = (values, share) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1];

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The yardstick: log in, SELECT 1, log out. */
async function bareConnect(url) {
  const client = new Client({ connectionString: url, application_name: 'yardstick' });
  await client.connect();
  await client.query('SELECT 1');
  await client.end();
}

/** Looks and bare connects in turn, so that what else the machine does meets both alike. */
async function times(session, url, tick) {
  const [looks, bare] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    looks.push(await timed(() => session.sample(tick())));
    bare.push(await timed(() => bareConnect(url)));
  }
  return { looks, bare };
}

const countOurs = "SELECT count(*)::int AS ours FROM pg_stat_activity WHERE application_name = 'holdpoint'";

/** How many sessions of ours the server has, asked without a pause while some looks are taken. */
async function connections(session, observer, tick) {
  const count = async () => (await observer.query(countOurs)).rows[0].ours;
  const running = { looks: true };
  const looks = (async () => {
    for (let round = 0; round < 10; round += 1) {
      await session.sample(tick());
      await pause(100);
    }
    running.looks = false;
  })();
  const seen = [];
  while (running.looks) seen.push({ at: performance.now(), ours: await count() });
  await looks;
  await pause(100);
  const doubled = seen.reduce((ms, { at, ours }, n) => ms + (ours > 1 ? (seen[n + 1]?.at ?? at) - at : 0), 0);
  return { steady: await count(), most: Math.max(...seen.map(({ ours }) => ours)), doubledMs: doubled / 10 };
}

async function atLevel(lab, server, url, backends, observer) {
  const { dbConnections, createPostgres, realClock, tick, worldOf } = lab;
  const application = { user: 'app', database: 'postgres', application: 'auth@old' };
  const idle = await idleBackends(server.port, backends, application);
  const spec = dbConnections.spec.parse({ postgres: url, role: 'app', database: 'postgres' });
  const session = await dbConnections.open(spec, worldOf({ postgres: createPostgres(), clock: realClock }));
  try {
    for (let round = 0; round < 3; round += 1) await session.sample(tick());
    const { looks, bare } = await times(session, url, tick);
    return { backends, looks, bare, ...(await connections(session, observer, tick)) };
  } finally {
    await session.close();
    await idle.close();
  }
}

/** One row for a table per level. */
export async function probeCosts() {
  const lab = await parts('probe-cost', {
    './src/kinds/db-connections/index.ts': 'dbConnections',
    './src/io/postgres.ts': 'createPostgres',
    './tests/helpers/postgres.ts': 'startTestServer',
    './tests/helpers/fake-io.ts': 'realClock',
    './tests/helpers/kinds.ts': 'tick, worldOf',
  });
  const prepare = (data) => writeFile(join(data, 'pg_hba.conf'), withoutPassword('app'));
  const server = await lab.startTestServer({ max_connections: '560' }, { prepare });
  const observer = new Client({ connectionString: server.url(), application_name: 'observer' });
  try {
    await observer.connect();
    await observer.query('CREATE ROLE app LOGIN');
    await observer.query(`CREATE ROLE probe LOGIN PASSWORD '${password}' IN ROLE pg_monitor`);
    const rows = [];
    for (const level of levels) rows.push(await atLevel(lab, server, server.url('probe', password), level, observer));
    return rows.map((row) => shown(row, rows[0]));
  } finally {
    await observer.end();
    await server.stop();
  }
}

const ms = (value) => value.toFixed(1);
const times1 = (value, yardstick) => (value / yardstick).toFixed(2);

function shown({ backends, looks, bare, steady, most, doubledMs }, first) {
  const [look, yardstick] = [percentile(looks, 0.5), percentile(bare, 0.5)];
  return {
    'idle backends': backends,
    'look p50, ms': ms(look),
    'look p95, ms': ms(percentile(looks, 0.95)),
    'bare connect p50, ms': ms(yardstick),
    'x bare connect': times1(look, yardstick),
    'x the first row': times1(look, percentile(first.looks, 0.5)),
    'connections between looks': steady,
    'at most': most,
    'so many for, ms per look': ms(doubledMs),
  };
}
