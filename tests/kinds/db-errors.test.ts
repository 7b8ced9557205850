// db-errors without a server: which lines tell of a connection error, the counting of a minute, and every sentence.
import { describe, expect, it } from 'vitest';
import { logSelectors } from '../../src/kinds/db-errors/classes.ts';
import { dbErrors } from '../../src/kinds/db-errors/index.ts';
import { rateText } from '../../src/kinds/db-errors/rate.ts';
import type { Seen } from '../../src/kinds/db-errors/seen.ts';
import { spec as schema } from '../../src/kinds/db-errors/spec.ts';
import { MissedLook, parseSelector, type Look, type Reading, type Source } from '../../src/kit/index.ts';
import { openFormat } from '../../src/sources/log/formats.ts';
import { logSettings } from '../../src/sources/log/settings.ts';
import { historyOf, missed, samples, seen, start, tick, worldOf } from '../helpers/kinds.ts';
import { kindContract } from './contract.ts';

const fromLog = { source: 'log', settings: {}, query: {} };
const spec = schema.parse({ from: fromLog });

const look = (counts: Seen['counts'] = {}, lines?: number): Seen => ({
  seconds: 5,
  counts,
  ...(lines === undefined ? {} : { lines }),
});

const judged = (looks: Look<Seen>[], changes: object = {}) =>
  dbErrors.judge(historyOf(samples([{ seen: {} }, ...looks])), schema.parse({ from: fromLog, ...changes }));

describe('the lines of a log that tell of a connection error', () => {
  const classesOf = (format: string, line: string): string[] => {
    const fields = openFormat(logSettings.parse({ file: 'a', format }))(line);
    const labels = { ...fields, line, __name__: 'lines' };
    return logSelectors.filter(({ selector }) => parseSelector(selector)(labels)).map(({ of }) => of);
  };
  const stamp = '2026-11-22 16:00:00.000 UTC [12345] ';

  it.each<[string, string, string[]]>([
    ['json', '{"err":{"code":"53300","message":"sorry, too many clients already"}}', ['slots']],
    ['json', '{"err":{"code":"53400"}}', ['slots']],
    ['json', '{"msg":"sorry, too many clients already"}', ['slots']],
    ['json', '{"err":{"message":"timeout exceeded when trying to connect"}}', ['waiting']],
    ['json', '{"err":{"code":"08P01","message":"query_wait_timeout"}}', ['lost']],
    ['json', '{"err":{"code":"57P01","message":"terminating connection"}}', ['ended']],
    ['json', '{"err":{"code":"57P03"}}', ['ended']],
    ['json', '{"err":{"code":"08006"}}', ['lost']],
    ['json', '{"err":{"message":"Connection terminated unexpectedly"}}', ['lost']],
    ['json', '{"err":{"code":"23505","message":"duplicate key"}}', []],
    ['json', '{"level":30,"msg":"signed in"}', []],
    ['postgres', `${stamp}FATAL:  sorry, too many clients already`, ['slots']],
    [
      'postgres',
      `${stamp}FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute`,
      ['slots'],
    ],
    ['postgres', `${stamp}FATAL:  too many connections for role "auth_svc"`, ['slots']],
    ['postgres', `${stamp}FATAL:  53300: too many connections for database "auth"`, ['slots']],
    ['postgres', `${stamp}FATAL:  the database system is shutting down`, ['ended']],
    ['postgres', `${stamp}FATAL:  terminating connection due to administrator command`, ['ended']],
    ['postgres', `${stamp}LOG:  checkpoint complete`, []],
    ['text', 'Error: timeout exceeded when trying to connect', ['waiting']],
    ['text', 'Error: Connection terminated due to connection timeout', ['waiting']],
    ['text', '1040 Too many connections', ['slots']],
    ['json', '{"err":{"code":"ER_CON_COUNT_ERROR","sqlState":"08004","message":"Too many connections"}}', ['slots']],
    ['json', '{"err":{"code":"08004","message":"Data source rejected establishment of connection"}}', ['slots']],
    ['json', '{"err":{"code":"ER_TOO_MANY_USER_CONNECTIONS"}}', ['slots']],
    ['text', "User x already has more than 'max_user_connections' active connections", ['slots']],
    ['json', '{"err":{"code":"PROTOCOL_CONNECTION_LOST"}}', ['lost']],
    ['text', 'SQLSTATE[HY000]: General error: 2006 MySQL server has gone away', ['lost']],
    ['text', '1053 Server shutdown in progress', ['ended']],
    ['text', 'too many connections; timeout exceeded when trying to connect', ['slots']],
  ])('%s: %s', (format, line, expected) => {
    expect(classesOf(format, line)).toEqual(expected);
  });
});

describe('the verdict', () => {
  it.each<[string, Look<Seen>[], object, object]>([
    [
      'no errors pass, and say how much was read',
      seen(look({}, 400), look({}, 400), look({}, 404)),
      {},
      {
        outcome: 'pass',
        settled: true,
        because: '0 connection errors in 15 s (limit 1 per minute); 1,204 lines of the log read',
        value: 0,
      },
    ],
    [
      'a silent log passes, and is told',
      seen(look({}, 0), look({}, 0), look({}, 0)),
      {},
      {
        outcome: 'pass',
        because: '0 connection errors in 15 s (limit 1 per minute); nothing at all was written to the log',
      },
    ],
    [
      'the limit itself passes',
      seen(look(), look({ slots: 1 }), look()),
      {},
      {
        outcome: 'pass',
        because: '1 connection error in 15 s: 1 refused for lack of slots (limit 1 per minute)',
        value: 1,
        limit: 1,
      },
    ],
    ['too few looks do not settle it', seen(look(), look()), {}, { outcome: 'pass', settled: false }],
    [
      'more than the limit blocks at once',
      seen(look({ slots: 2, lost: 1 })),
      {},
      {
        outcome: 'fail',
        settled: true,
        asks: 'block',
        reason: 'connection_errors',
        because:
          '3 connection errors in 5 s: 2 refused for lack of slots, 1 lost (08xxx), 36 per minute (limit 1 per minute)',
        next: 'no slot is free: see db-connections for who holds them',
        value: 36,
        limit: 1,
        unit: 'errors per minute',
      },
    ],
    [
      'a single burst only blocks',
      seen(look({ ended: 500 }), look(), look()),
      {},
      {
        outcome: 'fail',
        asks: 'block',
        next: "the server is restarting, or its sessions are terminated: look at the server's log",
      },
    ],
    [
      'many errors that last ask for a rollback',
      seen(look({ waiting: 20 }), look({ waiting: 20 }), look({ waiting: 20 })),
      {},
      {
        outcome: 'fail',
        asks: undefined,
        because:
          '60 connection errors in 15 s: 60 given up waiting for a connection, 240 per minute (limit 30 per minute)',
        next: 'the pool hands out no connection in time: see pool-wait, then db-connections',
        value: 240,
        limit: 30,
      },
    ],
    [
      'only the last minute counts',
      seen(look({ slots: 9 }), ...Array.from({ length: 12 }, () => look())),
      {},
      { outcome: 'pass', because: '0 connection errors in 60 s (limit 1 per minute)' },
    ],
    [
      'limits of its own',
      seen(look({ errors: 1 }), look(), look()),
      { limits: { block: '6 per hour' }, from: { ...fromLog, query: { errors: 'x_total' } } },
      { outcome: 'fail', because: '1 connection error in 15 s, 4 per minute (limit 6 per hour)' },
    ],
    [
      'abandoned sessions are left out unless they are asked for',
      seen(look({ fatal: 0, killed: 0, abandoned: 50 })),
      {},
      { outcome: 'pass', value: 0 },
    ],
    [
      'sessions that were asked for',
      seen(look({ fatal: 1, killed: 0, abandoned: 50 })),
      { sessions: ['abandoned'] },
      {
        outcome: 'fail',
        because: '50 connection errors in 5 s: 50 abandoned by the client, 600 per minute (limit 1 per minute)',
      },
    ],
    ['a first look says nothing yet', [], {}, { outcome: 'inconclusive', settled: false, reason: 'no_samples' }],
    [
      'counters that do not exist are no zero',
      seen<Seen>({ nothing: 'a_total' }),
      {},
      { outcome: 'inconclusive', reason: 'no_data', because: 'none of these exists in the source: a_total' },
    ],
  ])('%s', (_, looks, changes, expected) => {
    expect({ asks: undefined, ...judged(looks, changes) }).toMatchObject(expected);
  });

  it('does not judge what the first look reaches back to', () => {
    const all = samples(seen(look({ slots: 99 }), look(), look(), look()));
    expect(dbErrors.judge(historyOf(all), spec)).toMatchObject({ outcome: 'pass', value: 0 });
  });

  const group = (name: string, looks: Look<Seen>[]) => looks.map((one) => ({ ...one, group: name }));

  it('judges log and server apart: one failing is a failure, one unknown is no pass', () => {
    const good = group('log', seen(look(), look(), look(), look()));
    const bad = group('server', seen(look(), look({ fatal: 4 })));
    const blind = group('server', seen<Seen>({}));
    expect(dbErrors.judge(historyOf(samples([...good, ...bad])), spec)).toMatchObject({
      outcome: 'fail',
      because: 'server: 4 connection errors in 5 s: 4 ended by a fatal error, 48 per minute (limit 1 per minute)',
    });
    expect(dbErrors.judge(historyOf(samples([...good, ...blind])), spec)).toMatchObject({ outcome: 'inconclusive' });
    expect(dbErrors.judge(historyOf(samples([...good, ...group('server', seen(look(), look()))])), spec)).toMatchObject(
      {
        outcome: 'pass',
        settled: false,
        because:
          'log: 0 connection errors in 15 s (limit 1 per minute); server: 0 connection errors in 5 s (limit 1 per minute)',
      },
    );
  });

  it('draws the errors of each look', () => {
    const all = samples(seen(look({ slots: 3 }), look({ lost: 1 })));
    expect(dbErrors.charts?.(historyOf(all), spec)).toMatchObject([
      { series: [{ name: 'errors', points: [{ value: 3 }, { value: 1 }] }] },
    ]);
  });
});

describe('the looks', () => {
  const reading = (value: number | undefined, at: number): Reading => ({
    at,
    instances: [{ id: 'a' }],
    series: value === undefined ? [] : [{ labels: {}, value, instance: 'a' }],
  });

  /** A source that gives these values to every selector, one after the other. */
  const sourceOf = (values: (number | undefined)[]): Source => {
    let n = 0;
    return {
      resolution: 1000,
      read: async (selectors) => {
        const value = values[n];
        n += 1;
        return selectors.map(() => reading(value, start + n * 5000));
      },
      close: async () => undefined,
    };
  };

  const looked = async (given: object, source: Source): Promise<Look<Seen>[]> => {
    const session = await dbErrors.open(schema.parse(given), worldOf({}, source));
    const looks = [...(await session.sample(tick())), ...(await session.sample(tick()))];
    await session.close();
    return looks;
  };

  it('the first has nothing to compare with; the second counts by class', async () => {
    expect(await looked({ from: fromLog }, sourceOf([10, 12]))).toEqual([
      { seen: {} },
      { seen: { seconds: 5, counts: { slots: 4, waiting: 2, ended: 4, lost: 4 }, lines: 2 } },
    ]);
  });

  it('a counter of its own has one class, and another source knows no lines', async () => {
    const from = { source: 'prometheus', settings: {}, query: { errors: 'db_errors_total' } };
    expect(await looked({ from }, sourceOf([1, 4]))).toEqual([
      { seen: {} },
      { seen: { seconds: 5, counts: { errors: 3 } } },
    ]);
    expect(await looked({ from }, sourceOf([undefined, undefined]))).toEqual([
      { seen: { nothing: 'db_errors_total' } },
      { seen: { nothing: 'db_errors_total' } },
    ]);
  });

  it('a log that cannot be read does not hide the server', async () => {
    const deaf: Source = {
      ...sourceOf([]),
      read: () => Promise.reject(new MissedLook('instrument', 'source_unreachable', 'log: a does not exist')),
    };
    const refused = Object.assign(new Error('refused'), { name: 'PostgresFailure', code: 'ECONNREFUSED' });
    const postgres = { connect: () => Promise.reject(refused), literal: (text: string) => `'${text}'` } as never;
    const world = worldOf({ postgres }, deaf);
    const session = await dbErrors.open(schema.parse({ from: fromLog, postgres: 'postgres://a:b@c/d' }), world);
    expect(await session.sample(tick())).toEqual([
      { group: 'log', ...missed('instrument', 'source_unreachable', 'log: a does not exist') },
      { group: 'server', ...missed('target', 'target_unreachable', 'the server cannot be reached (refused)') },
    ]);
    await session.close();
  });
});

describe('the spec', () => {
  it.each<[object, string]>([
    [{}, 'needs a source such as log, or postgres or mysql, or a source and one of these'],
    [
      { postgres: 'postgres://a:b@c/d', mysql: 'mysql://a:b@c/d' },
      'name postgres or mysql, not both; a second server needs a check of its own',
    ],
    [
      { from: { ...fromLog, source: 'prometheus' } },
      'is missing; name the counter of connection errors (only of a log the lines are known)',
    ],
    [
      { from: fromLog, limits: { block: '5 per minute', rollback: '4 per minute' } },
      'block must not be above rollback',
    ],
    [
      { from: fromLog, limits: { block: '5/min' } },
      '"5/min" is not a rate; write it like 1 per minute or 10 per second',
    ],
  ])('refuses %j', (given, message) => {
    expect(schema.safeParse(given).error?.issues.map((issue) => issue.message)).toContain(message);
  });

  it.each([
    ['10 per second', 600, '600 per minute'],
    ['1 per minute', 1, '1 per minute'],
    ['90 per hour', 1.5, '1.5 per minute'],
    ['6 per hour', 0.1, '6 per hour'],
  ])('takes %s', (block, perMinute, text) => {
    const limits = schema.parse({ from: fromLog, limits: { block, rollback: '10 per second' } }).limits;
    expect([limits.block, rateText(limits.block)]).toEqual([perMinute, text]);
  });
});

kindContract({
  kind: dbErrors,
  spec: { from: fromLog },
  unreachable: { from: fromLog, postgres: 'postgres://probe:secret@127.0.0.1:1/auth' },
  good: Array.from({ length: 5 }, () => look({}, 10)),
  bad: Array.from({ length: 5 }, () => look({ slots: 40 }, 60)),
});
