// The kind connection-budget with the limits of a real MariaDB: of the server, of an account, and what others hold.
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMysql } from '../../src/io/mysql.ts';
import { judgedBudget } from '../helpers/connection-budget.ts';
import { startMariaDb, type TestMariaDb } from '../helpers/mariadb.ts';
import { isServerPlatform } from '../helpers/postgres-versions.ts';

const mysql = createMysql();
const options = { connectTimeout: 10_000, statementTimeout: 10_000 };
const users = ['auth_svc', 'probe', 'blind', 'batch', 'tight', 'admin'];
let server: TestMariaDb;

beforeAll(async () => {
  if (!isServerPlatform) return;
  server = await startMariaDb({
    maxConnections: 13,
    init: [
      ...users.map((user) => `CREATE USER ${user} IDENTIFIED BY '${user}-password';`),
      'GRANT PROCESS ON *.* TO probe;',
      'GRANT PROCESS, CONNECTION ADMIN ON *.* TO admin;',
      'GRANT SELECT ON mysql.* TO probe;',
      'ALTER USER tight WITH MAX_USER_CONNECTIONS 4;',
    ],
  });
});

afterAll(() => server?.stop());

const urlOf = (user: string): string => server.url(user, `${user}-password`, '');

/** Waits until those of the test before are really gone. */
const emptied = async (): Promise<void> => {
  const root = await mysql.connect(server.url(), options);
  const alone = async () =>
    expect(await root.query('SELECT COUNT(*) AS n FROM information_schema.processlist')).toEqual([{ n: 1 }]);
  await vi.waitFor(alone, { timeout: 15_000, interval: 100 });
  await root.close();
};

const connections = async (count: number, user: string): Promise<void> => {
  for (let opened = 0; opened < count; opened += 1) {
    const session = await mysql.connect(urlOf(user), options);
    onTestFinished(() => session.close());
  }
};

const judged = (changes: object, asker = 'probe') => judgedBudget({ mysql }, { mysql: urlOf(asker), ...changes });

describe.skipIf(!isServerPlatform)('connection-budget on MariaDB', () => {
  it('reads the slots and the connections of other accounts, and counts itself nowhere', async () => {
    await emptied();
    await connections(2, 'auth_svc');
    await connections(3, 'batch');
    const { verdict } = await judged({ others: 'observed' });
    expect(verdict).toMatchObject({
      outcome: 'pass',
      because:
        'the budget fits: auth 3 replicas (+1 surge) × 1 process × 2 = 8; + 3 others = 11 of 13 usable slots (limit 100 %: 13); poolMax of auth may be at most 2',
    });
  });

  it('holds the limit of the account against the clients', async () => {
    await emptied();
    const { verdict } = await judged({ role: 'tight' });
    expect(verdict).toMatchObject({
      outcome: 'fail',
      because:
        '0 connections are in use now, but the budget does not fit: auth 3 replicas (+1 surge) × 1 process × 2 = 8 of the 4 connections that role tight may have (limit 100 %: 4); full at replica 3 of auth',
    });
  });

  it('counts connections without a name as those of others, and says so', async () => {
    await emptied();
    await connections(2, 'auth_svc');
    const { verdict } = await judged({ others: 'observed' }, 'blind');
    expect(verdict.because).toContain(
      "+ 2 others (at most: 2 of them are hidden from the probe's role) = 10 of 13 usable slots",
    );
  });

  it('a full server is asked through the spare slot, and refuses who may not have it', async () => {
    await emptied();
    await connections(13, 'auth_svc');
    expect((await judged({}, 'admin')).verdict).toMatchObject({ outcome: 'pass', value: 8, limit: 13 });
    expect((await judged({})).looks).toMatchObject([{ missed: { by: 'target', reason: 'slots_exhausted' } }]);
  });

  it('a wrong password is ours', async () => {
    await emptied();
    const wrong = { mysql: server.url('probe', 'no-password', '') };
    expect((await judged(wrong)).looks).toMatchObject([{ missed: { by: 'ours', reason: 'probe_refused' } }]);
  });
});
