// db-errors and the counters of MySQL and MariaDB, without a server: what counts as what.
import { describe, expect, it } from 'vitest';
import { dbErrors } from '../../src/kinds/db-errors/index.ts';
import type { Seen } from '../../src/kinds/db-errors/seen.ts';
import { spec as schema } from '../../src/kinds/db-errors/spec.ts';
import { type Look, type Mysql, MysqlFailure } from '../../src/kit/index.ts';
import { alarmBy } from '../helpers/alarm.ts';
import { historyOf, samples, seen, tick, worldOf } from '../helpers/kinds.ts';
import { kindContract } from './contract.ts';

const given = { mysql: 'mysql://probe:x@db/auth' };

/** What SHOW GLOBAL STATUS tells at one look. */
type Status = Record<string, number>;

/** `id`: what the server calls each session, where it differs from the greeting. */
const serverOf = (all: readonly Status[], id = 7): Mysql => {
  let at = 0;
  return {
    connect: async () => ({
      pid: 7,
      alive: () => true,
      close: async () => undefined,
      query: async (sql) => {
        if (!sql.includes('SHOW')) {
          const limits = { role_limit: 0, own_limit: 0, standby: 0, max_connections: 100 };
          return [{ pid: id, version: '8.4.3', db_now: '5000.5', ...limits }];
        }
        const status = { Uptime: 10 * at, Threads_connected: 20, ...all[at] };
        at += 1;
        return Object.entries(status).map(([Variable_name, value]) => ({ Variable_name, Value: String(value) }));
      },
    }),
  };
};

const looksAt = async (...all: Status[]): Promise<Look<Seen>[]> => {
  let now = 0;
  const clock = {
    now: () => now,
    monotonic: () => (now += 5000),
    sleep: async () => undefined,
    alarm: alarmBy(async () => undefined),
  };
  const session = await dbErrors.open(schema.parse(given), worldOf({ mysql: serverOf(all), clock }));
  const looks: Look<Seen>[] = [];
  for (const _ of all) looks.push(...(await session.sample(tick())));
  await session.close();
  return looks;
};

const counted = async (before: Status, after: Status): Promise<Seen['counts']> => {
  const [, second] = await looksAt(before, after);
  return second && 'seen' in second ? second.seen.counts : undefined;
};

const none = { slots: 0, failed: 0, broken: 0, abandoned: 0 };

kindContract({
  kind: dbErrors,
  spec: given,
  unreachable: { mysql: 'mysql://probe:x@127.0.0.1:1/auth' },
  good: [{}, { seconds: 5, counts: none }, { seconds: 5, counts: none }, { seconds: 5, counts: none }],
  bad: [
    {},
    { seconds: 5, counts: { slots: 9 } },
    { seconds: 5, counts: { slots: 9 } },
    { seconds: 5, counts: { slots: 20 } },
  ],
});

describe('a look', () => {
  it.each<[string, Status, Status, Seen['counts']]>([
    ['nothing new', { Aborted_connects: 9 }, { Aborted_connects: 9 }, none],
    [
      'refused before the greeting',
      { Aborted_connects: 9, Connection_errors_max_connections: 2 },
      { Aborted_connects: 14, Connection_errors_max_connections: 7 },
      { ...none, slots: 5 },
    ],
    ['failed for another reason', { Aborted_connects: 9 }, { Aborted_connects: 12 }, { ...none, failed: 3 }],
    [
      'refused while the spare slot was free',
      { Aborted_connects: 9 },
      { Aborted_connects: 12, Threads_connected: 100 },
      { ...none, slots: 3 },
    ],
    [
      'refused while it was full before',
      { Aborted_connects: 9, Threads_connected: 101 },
      { Aborted_connects: 12 },
      { ...none, slots: 3 },
    ],
    [
      'broken and abandoned',
      { Connection_errors_internal: 1, Aborted_clients: 3 },
      { Connection_errors_internal: 2, Connection_errors_accept: 4, Aborted_clients: 5 },
      { ...none, broken: 5, abandoned: 2 },
    ],
    ['a restart', { Uptime: 900, Aborted_connects: 1 }, { Uptime: 5, Aborted_connects: 4 }, undefined],
    ['FLUSH STATUS', { Aborted_connects: 9 }, { Aborted_connects: 4 }, undefined],
  ])('counts %s', async (_, before, after, counts) => {
    expect(await counted(before, after)).toEqual(counts);
  });

  it('knows a pooler by the connection id that it made up', async () => {
    const clock = {
      now: () => 0,
      monotonic: () => 0,
      sleep: async () => undefined,
      alarm: alarmBy(async () => undefined),
    };
    const session = await dbErrors.open(schema.parse(given), worldOf({ mysql: serverOf([{}], 99), clock }));
    expect(await session.sample(tick())).toMatchObject([{ missed: { by: 'ours', reason: 'is_a_pooler' } }]);
  });

  it.each([
    [1040, undefined, 'target', 'slots_exhausted'],
    [1226, '42000', 'ours', 'probe_limit'],
    [1129, undefined, 'ours', 'host_blocked'],
    [1045, '28000', 'ours', 'probe_refused'],
  ])('that is refused with %i is missed', async (errno, sqlState, by, reason) => {
    const mysql = { connect: () => Promise.reject(new MysqlFailure('ER_X', { errno, sqlState }, 'no')) };
    const session = await dbErrors.open(schema.parse(given), worldOf({ mysql }));
    expect(await session.sample(tick())).toMatchObject([{ missed: { by, reason } }]);
    expect(Object.keys(dbErrors.reasons)).toContain(reason);
  });
});

describe('the verdict', () => {
  const judged = (counts: Seen['counts'], changes: object = {}) =>
    dbErrors.judge(
      historyOf(samples(seen<Seen>({}, ...[1, 2, 3].map(() => ({ seconds: 5, counts: counts ?? {} }))))),
      schema.parse({ ...given, ...changes }),
    );

  it('fails for refused logins', () => {
    expect(judged({ ...none, slots: 20 })).toMatchObject({
      outcome: 'fail',
      because: '60 connection errors in 15 s: 60 refused for lack of slots, 240 per minute (limit 30 per minute)',
      next: 'no slot is free: see db-connections for who holds them',
    });
  });

  it('leaves failed logins out until they are named', () => {
    expect(judged({ ...none, failed: 20 })).toMatchObject({ outcome: 'pass' });
    expect(judged({ ...none, failed: 20 }, { sessions: ['failed'] })).toMatchObject({
      outcome: 'fail',
      because:
        '60 connection errors in 15 s: 60 failed at the login (Aborted_connects), 240 per minute (limit 30 per minute)',
    });
  });

  it('counts what breaks off in the server', () => {
    expect(judged({ ...none, broken: 1 })).toMatchObject({
      outcome: 'fail',
      because:
        '3 connection errors in 15 s: 3 broken off in the server before the login (Connection_errors_*), 12 per minute (limit 1 per minute)',
    });
  });
});
