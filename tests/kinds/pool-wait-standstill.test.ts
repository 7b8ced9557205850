// The ways in which a pool stands still, told apart: PAUSE and SUSPEND of all databases, where PgBouncer tells them and where not.
import { describe, expect, it } from 'vitest';
import { consoleOf } from '../../src/kinds/pool-wait/console.ts';
import { poolWait } from '../../src/kinds/pool-wait/index.ts';
import type { Seen } from '../../src/kinds/pool-wait/seen.ts';
import { spec as schema } from '../../src/kinds/pool-wait/spec.ts';
import { type Postgres, PostgresFailure } from '../../src/kit/index.ts';
import { realClock } from '../helpers/fake-io.ts';
import { historyOf, samples, seen, tick, worldOf } from '../helpers/kinds.ts';

const spec = schema.parse({ pgbouncer: { urls: ['postgres://stats:pw@b1:6432/pgbouncer'], database: 'auth' } });
const judge = (one: Seen) => poolWait.judge(historyOf(samples(seen(one, one, one))), spec);

/** Three callers, none served for five seconds. */
const still: Seen = { seconds: 5, waited: 0, acquires: 0, waiting: 3, longest: 6.6, inUse: 0, max: 2 };

const closed = 'see the db-connections check, then the log of PgBouncer: the server refuses the pool or is down';
const held = 'look for connections that are never given back or sit idle in transaction: a missing release or COMMIT';

describe('a pool in which nobody is served', () => {
  it.each<[string, Seen, string, string | undefined, string, string]>([
    [
      'PAUSE without a database',
      { ...still, servers: 0, halted: 'paused' },
      'paused',
      'block',
      'PgBouncer is paused as a whole (PAUSE without a database); 3 callers waiting, 0 of 2 connections in use',
      'RESUME on the console of PgBouncer, or find out who halted it',
    ],
    [
      'SUSPEND',
      { ...still, servers: 2, halted: 'suspended' },
      'paused',
      'block',
      'PgBouncer is suspended (SUSPEND); 3 callers waiting, 0 of 2 connections in use',
      'RESUME on the console of PgBouncer, or find out who halted it',
    ],
    [
      'no servers, where PgBouncer tells that it is not paused',
      { ...still, servers: 0 },
      'no_servers',
      'block',
      '3 callers waiting, and the pool has no server connection at all',
      closed,
    ],
    [
      'no servers, where it does not tell',
      { ...still, servers: 0, untold: true },
      'no_servers',
      'block',
      '3 callers waiting, and the pool has no server connection at all: the server is down or refuses it, or PgBouncer is paused as a whole, which it does not tell before 1.19',
      `RESUME on the console of PgBouncer if somebody gave PAUSE; else ${closed}`,
    ],
    [
      'a PAUSE that waits for the last transaction, where it does not tell',
      { ...still, servers: 1, inUse: 1, untold: true },
      'cannot_grow',
      'block',
      'the pool cannot grow: 1 of 2 server connections, 3 callers waiting',
      'RESUME on the console of PgBouncer if somebody gave PAUSE; else see the db-connections check, because the server refuses further connections; rolling back first may need more of them while both releases run',
    ],
    [
      'idle servers that nobody gets, where it does not tell',
      { ...still, servers: 2, untold: true },
      'stuck',
      'block',
      'the pool is paused or stuck: nobody was served in 5 s, the oldest waits for 6.6 s; 3 callers waiting, 0 of 2 connections in use (a mean would read 0 ms)',
      `RESUME on the console of PgBouncer if somebody gave PAUSE; else ${held}`,
    ],
    [
      'servers that are all in use: stuck, paused or not',
      { ...still, servers: 2, inUse: 2, untold: true },
      'stuck',
      undefined,
      'the pool is stuck: nobody was served in 5 s, the oldest waits for 6.6 s; 3 callers waiting, 2 of 2 connections in use (a mean would read 0 ms)',
      held,
    ],
  ])('%s', (_, one, reason, asks, because, next) => {
    const verdict = judge(one);
    expect(verdict).toMatchObject({ outcome: 'fail', settled: true, reason, because, next });
    expect(verdict.asks).toBe(asks);
  });
});

const pool = { database: 'auth', user: 'svc', cl_waiting: 3, sv_active: 0, maxwait: 6, pool_mode: 'transaction' };
const rows = {
  pools: [pool],
  stats: [{ database: 'auth', total_wait_time: '0', total_server_assignment_count: '5' }],
  databases: [{ name: 'auth', pool_size: 2, paused: 0, disabled: 0 }],
};
/** As admin_show_state() of 1.19 to 1.25 writes it. */
const stateOf = (on: string) =>
  ['active', 'paused', 'suspended'].map((key) => ({ key, value: key === on ? 'yes' : 'no' }));

describe('SHOW STATE', () => {
  it.each([
    ['active', undefined],
    ['paused', 'paused'],
    ['suspended', 'suspended'],
  ])('%s', (on, halted) => {
    const read = consoleOf({ ...rows, state: stateOf(on) }, { database: 'auth' });
    expect(read).toMatchObject({ paused: false });
    expect('halted' in read ? read.halted : undefined).toBe(halted);
    expect(read).not.toHaveProperty('untold');
  });

  /** A console; commands that it does not know are refused as PgBouncer does. */
  const consoleWith = (answers: Record<string, object[]>, asked: string[] = []): Postgres => ({
    literal: String,
    connect: async () => ({
      pid: 1,
      query: async (sql) => {
        asked.push(sql);
        const answer = answers[sql];
        if (!answer) throw new PostgresFailure('08P01', undefined, `invalid command '${sql}', use SHOW HELP;`);
        return answer as Record<string, unknown>[];
      },
      alive: () => true,
      close: async () => undefined,
    }),
  });
  const old = {
    'SHOW POOLS': rows.pools,
    'SHOW STATS': rows.stats,
    'SHOW DATABASES': rows.databases,
    'SHOW CLIENTS': [],
    'SHOW CONFIG': [{ key: 'so_reuseport', value: '0' }],
  };

  it('is asked at every look from 1.19 on', async () => {
    const answers = { ...old, 'SHOW STATE': stateOf('active') };
    const session = await poolWait.open(spec, worldOf({ postgres: consoleWith(answers), clock: realClock }));
    const [first] = await session.sample(tick());
    expect(first).toHaveProperty('seen');
    expect(first).not.toHaveProperty('seen.halted');
    answers['SHOW STATE'] = stateOf('paused');
    expect(await session.sample(tick())).toMatchObject([{ seen: { halted: 'paused' } }]);
    await session.close();
  });

  it('is asked once of an older one, and that it is not told is said while somebody waits', async () => {
    const asked: string[] = [];
    const answers = { ...old };
    const session = await poolWait.open(spec, worldOf({ postgres: consoleWith(answers, asked), clock: realClock }));
    await session.sample(tick());
    expect(await session.sample(tick())).toMatchObject([{ seen: { waiting: 3, untold: true } }]);
    answers['SHOW POOLS'] = [{ ...pool, cl_waiting: 0 }];
    expect((await session.sample(tick()))[0]).not.toHaveProperty('seen.untold');
    expect(asked.filter((sql) => sql === 'SHOW STATE')).toHaveLength(1);
    await session.close();
  });
});
