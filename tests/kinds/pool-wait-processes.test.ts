// Finding every PgBouncer process behind one port, with consoles that are handed to them in turn.
import { describe, expect, it } from 'vitest';
import { findProcesses, type Found, triesFor } from '../../src/kinds/pool-wait/processes.ts';
import { type Postgres, PostgresFailure, type PostgresSession } from '../../src/kit/index.ts';

const options = { connectTimeout: 1000, statementTimeout: 0 };

/** A port behind which the n-th connection reaches the process `order(n)`. `names`: SHOW CLIENTS has application_name. */
const port = (order: (connection: number) => number, { shares = true, names = true, failAt = Infinity } = {}) => {
  const open: { name: string; process: number; session: PostgresSession }[] = [];
  let connections = 0;
  const answer = (process: number, sql: string): Record<string, unknown>[] => {
    if (sql === 'SHOW CONFIG')
      return [
        { key: 'so_reuseport', value: shares ? '1' : '0' },
        { key: 'unix_socket_dir', value: `/run/${process}` },
      ];
    const mine = open.filter((one) => one.process === process);
    return mine.map(({ name }) =>
      names ? { database: 'pgbouncer', application_name: name } : { database: 'pgbouncer' },
    );
  };
  const postgres: Postgres = {
    literal: String,
    connect: async (_, { applicationName = '' }) => {
      connections += 1;
      if (connections === failAt) throw new PostgresFailure('ECONNREFUSED', undefined, 'refused');
      const process = order(connections);
      const session: PostgresSession = {
        pid: 1,
        query: async (sql) => answer(process, sql),
        alive: () => open.some((one) => one.session === session),
        close: async () => {
          const place = open.findIndex((one) => one.session === session);
          if (place >= 0) open.splice(place, 1);
        },
      };
      open.push({ name: applicationName, process, session });
      return session;
    },
  };
  const find = (places: Found['places'] = [], wanted?: number) =>
    findProcesses(postgres, 'postgres://stats@b1/pgbouncer', options, places, wanted);
  return {
    find,
    processes: () => open.map(({ process }) => process),
    end: (place: number) => open[place]?.session.close(),
  };
};

const alternating = (connection: number): number => (connection <= 3 ? 1 : connection % 2);

describe('the processes behind a port', () => {
  it('are one, without so_reuseport, and one connection finds it', async () => {
    const { find, processes } = port(() => 1, { shares: false });
    expect((await find()).tries).toBe(1);
    expect(processes()).toEqual([1]);
  });

  it.each([true, false])('are all that answer; names in SHOW CLIENTS: %s', async (names) => {
    const { find, processes } = port(alternating, { names });
    const { places } = await find();
    expect(places.map((one) => one !== undefined)).toEqual([true, true]);
    expect(processes().sort()).toEqual([0, 1]);
  });

  it('are looked for no longer than needed when their number is known', async () => {
    const { find } = port(alternating);
    expect((await find([], 2)).tries).toBe(4);
  });

  it('keep an empty place for one that does not answer', async () => {
    const { find, processes } = port(() => 1);
    const { places, tries } = await find([], 2);
    expect([places[0] !== undefined, places[1], tries]).toEqual([true, undefined, 15]);
    expect(processes()).toEqual([1]);
  });

  it('are kept, and only a lost one is looked for again', async () => {
    const { find, end } = port(alternating);
    const first = await find();
    expect((await find(first.places)).tries).toBe(0);
    await end(0);
    const again = await find(first.places);
    expect(again.tries).toBeGreaterThan(0);
    expect(again.places[1]).toBe(first.places[1]);
    expect(again.places[0]).not.toBe(first.places[0]);
  });

  it('are at most 32, however many seem to answer', async () => {
    const { find, processes } = port((connection) => connection);
    expect((await find()).places).toHaveLength(32);
    expect(processes()).toHaveLength(32);
  });

  it('leave nothing open when a connection fails', async () => {
    const { find, processes } = port(alternating, { failAt: 6 });
    await expect(find()).rejects.toThrow('refused');
    expect(processes()).toEqual([]);
  });
});

it.each([
  [1, 1],
  [2, 15],
  [4, 37],
  [8, 85],
])('%i processes need %i connections', (processes, tries) => {
  expect(triesFor(processes)).toBe(tries);
  expect(processes * (1 - 1 / processes) ** tries).toBeLessThan(1e-4);
});
