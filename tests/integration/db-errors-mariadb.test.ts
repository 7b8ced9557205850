// The kind db-errors on a real MariaDB: which of its counters tells of a refused login, and that ours are left out.
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMysql } from '../../src/io/mysql.ts';
import { dbErrors } from '../../src/kinds/db-errors/index.ts';
import type { Seen } from '../../src/kinds/db-errors/seen.ts';
import { spec as schema } from '../../src/kinds/db-errors/spec.ts';
import type { MysqlSession, Session } from '../../src/kit/index.ts';
import { realClock } from '../helpers/fake-io.ts';
import { historyOf, samples, tick, worldOf } from '../helpers/kinds.ts';
import { startMariaDb, type TestMariaDb } from '../helpers/mariadb.ts';
import { isServerPlatform } from '../helpers/postgres-versions.ts';

const mysql = createMysql();
const options = { connectTimeout: 10_000, statementTimeout: 10_000 };
let server: TestMariaDb;

beforeAll(async () => {
  if (!isServerPlatform) return;
  const users = ['auth_svc', 'probe'].map((user) => `CREATE USER ${user} IDENTIFIED BY '${user}-password';`);
  server = await startMariaDb({ maxConnections: 10, init: users });
});

afterAll(() => server?.stop());

const urlOf = (user: string, password = `${user}-password`): string => server.url(user, password, '');

const connections = async (count: number): Promise<MysqlSession[]> => {
  const all: MysqlSession[] = [];
  onTestFinished(async () => void (await Promise.all(all.map((one) => one.close()))));
  for (let opened = 0; opened < count; opened += 1) all.push(await mysql.connect(urlOf('auth_svc'), options));
  return all;
};

/** How many of these attempts were refused. */
const refusedOf = async (count: number, url: string): Promise<number> => {
  let refused = 0;
  for (let n = 0; n < count; n += 1)
    await mysql.connect(url, options).then(
      (session) => session.close(),
      () => (refused += 1),
    );
  return refused;
};

const openCheck = async (): Promise<Session<Seen>> => {
  const spec = schema.parse({ mysql: urlOf('probe'), connectTimeout: '10s', statementTimeout: '10s' });
  const session = await dbErrors.open(spec, worldOf({ mysql, clock: realClock }));
  onTestFinished(() => session.close());
  return session;
};

const seenOf = async (session: Session<Seen>): Promise<Seen> => {
  const [look] = await session.sample({ ...tick(), timeout: 10_000 });
  if (!look || !('seen' in look)) throw new Error(`nothing was seen: ${JSON.stringify(look)}`);
  return look.seen;
};

/** Waits until nobody but the asker is connected. */
const emptied = async (): Promise<number> => {
  const root = await mysql.connect(server.url(), options);
  onTestFinished(() => root.close());
  const counted = 'SELECT COUNT(*) AS n FROM information_schema.processlist';
  await vi.waitFor(async () => expect(await root.query(counted)).toEqual([{ n: 1 }]), { timeout: 15_000 });
  await root.close();
  return 0;
};

describe.skipIf(!isServerPlatform)('db-errors on MariaDB', () => {
  it('counts logins that are refused while the server is full, and leaves its own out', async () => {
    await emptied();
    const session = await openCheck();
    const first = await seenOf(session);
    // One of the ten is ours, and the next attempt of ours is refused, too.
    await connections(9);
    expect(await refusedOf(4, urlOf('auth_svc'))).toBe(4);
    const second = await seenOf(session);
    expect(second.counts).toEqual({ slots: 4, failed: 0, broken: 0, abandoned: 0 });
    const all = samples([first, second].map((seen) => ({ seen })));
    expect(dbErrors.judge(historyOf(all), schema.parse({ mysql: urlOf('probe') }))).toMatchObject({
      outcome: 'fail',
      reason: 'connection_errors',
      because: expect.stringMatching(/^4 connection errors in \d+ m?s: 4 refused for lack of slots, /),
    });
  });

  it('tells wrong passwords and clients that went away from refusals', async () => {
    await emptied();
    const session = await openCheck();
    await seenOf(session);
    expect(await refusedOf(3, urlOf('auth_svc', 'wrong'))).toBe(3);
    const [gone] = await connections(1);
    const root = await mysql.connect(server.url(), options);
    onTestFinished(() => root.close());
    await root.query(`KILL ${gone?.pid}`);
    await vi.waitFor(() => expect(gone?.alive()).toBe(false), { timeout: 10_000 });
    expect((await seenOf(session)).counts).toEqual({ slots: 0, failed: 3, broken: 0, abandoned: 1 });
  });
});
