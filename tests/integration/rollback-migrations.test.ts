// `reversible` by migrations on a real Postgres and a real MariaDB: a deploy that migrates is not taken back, one that does not is.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIo } from '../../src/io/index.ts';
import type { RunRecord } from '../../src/kit/index.ts';
import { handProject } from '../helpers/hand-project.ts';
import { startMariaDb, type TestMariaDb } from '../helpers/mariadb.ts';
import { startTestServer, type TestServer } from '../helpers/postgres.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server?.stop());

const sql = async (...statements: string[]): Promise<void> => {
  const { postgres } = createIo({ version: '0.0.0', env: {} });
  const session = await postgres.connect(server.url(), { connectTimeout: 5000, statementTimeout: 5000 });
  for (const statement of statements) await session.query(statement);
  await session.close();
};

beforeEach(() =>
  sql(
    'DROP TABLE IF EXISTS schema_migrations',
    'CREATE TABLE schema_migrations (version text)',
    `INSERT INTO schema_migrations VALUES ('20261101')`,
  ),
);

const project = async (kind: 'postgres' | 'mysql' = 'postgres', url = server.url()) => {
  const reversible = `{ ${kind}: "\${secret:MIGRATIONS_URL}", newest: "SELECT max(version) FROM schema_migrations" }`;
  const given = await handProject(`  mode: auto\n  reversible: ${reversible}\n  mitigations: [switch the flag off]\n`);
  const env = { MIGRATIONS_URL: url };
  const type = (...args: string[]) =>
    given.type([...args, '--reporter', 'plain', '--reporter', 'json=record.json'], { env });
  const record = async () => JSON.parse(await readFile(join(given.folder, 'record.json'), 'utf8')) as RunRecord;
  return { ...given, type, typeOnly: (...args: string[]) => given.type(args, { env }), record };
};

describe('a bad release', () => {
  it('without a migration is rolled back, with the evidence in the record', async () => {
    const { type, live, record, deploy, typeOnly } = await project();
    await typeOnly('baseline', 'web', '--release', 'v2');
    await deploy('bad');
    const { exitCode } = await type('run', 'web', '--release', 'v2');
    expect([exitCode, await live()]).toEqual([20, 'r1']);
    const { rollback } = await record();
    expect(rollback?.guards).toContainEqual({
      name: 'reversible',
      ok: true,
      because: 'no migration was applied since: 20261101 is the newest, as with r1',
    });
    expect(rollback?.evidence).toMatchObject({
      live: 'bad is live',
      checks: { page: [{ phase: 'last' }] },
      missing: [],
    });
  });

  it('with one stays: the first line names the reason, and what else helps is told', async () => {
    const { type, live, deploy, typeOnly } = await project();
    await typeOnly('baseline', 'web', '--release', 'v2');
    await deploy('bad');
    await sql(`INSERT INTO schema_migrations VALUES ('20261122')`);
    const { exitCode, stderr } = await type('run', 'web', '--release', 'v2');
    expect([exitCode, await live()]).toEqual([22, 'bad']);
    expect(stderr).toContain('\nROLLBACK REFUSED (irreversible): web/default runs bad\n');
    expect(stderr).toContain('\nrollback: 20261122 is the newest migration, with r1 it was 20261101\n');
    expect(stderr).toContain('\ninstead: switch the flag off\n');
    const byHand = await typeOnly('rollback', 'web', '--drill');
    expect([byHand.exitCode, byHand.stderr.split('\n')[0]]).toEqual([
      22,
      'web: can I roll back? NO (irreversible), because 20261122 is the newest migration, with r1 it was',
    ]);
  });

  it('whose table cannot be read stays, too', async () => {
    const { type, live, deploy, typeOnly } = await project();
    await typeOnly('baseline', 'web', '--release', 'v2');
    await deploy('bad');
    await sql('DROP TABLE schema_migrations');
    const { exitCode, stderr } = await type('run', 'web', '--release', 'v2');
    expect([exitCode, await live()]).toEqual([22, 'bad']);
    expect(stderr).toContain('\nROLLBACK REFUSED (reversibility_unknown): web/default runs bad\n');
    expect(stderr).not.toContain('postgres-password');
  });
});

describe('a bad release on MariaDB', () => {
  let mariaDb: TestMariaDb;

  beforeAll(async () => {
    mariaDb = await startMariaDb();
  });

  afterAll(() => mariaDb?.stop());

  const ask = async (...statements: string[]): Promise<void> => {
    const { mysql } = createIo({ version: '0.0.0', env: {} });
    const session = await mysql.connect(mariaDb.url(), { connectTimeout: 5000, statementTimeout: 5000 });
    for (const statement of statements) await session.query(statement);
    await session.close();
  };

  it.each([
    ['without a migration is rolled back', 0, 20, 'r1'],
    ['with one stays', 1, 22, 'bad'],
  ])('%s', async (_, migrations, exitCode, live) => {
    await ask(
      'CREATE OR REPLACE TABLE schema_migrations (version DECIMAL(14))',
      'INSERT INTO schema_migrations VALUES (20261101)',
    );
    const given = await project('mysql', mariaDb.url());
    await given.typeOnly('baseline', 'web', '--release', 'v2');
    await given.deploy('bad');
    if (migrations > 0) await ask('INSERT INTO schema_migrations VALUES (20261122)');
    const told = await given.type('run', 'web', '--release', 'v2');
    expect([told.exitCode, await given.live()]).toEqual([exitCode, live]);
    expect(told.stderr).not.toContain('root-password');
    const guard = (await given.record()).rollback?.guards.find(({ name }) => name === 'reversible');
    expect(guard?.because).toBe(
      migrations > 0
        ? '20261122 is the newest migration, with r1 it was 20261101'
        : 'no migration was applied since: 20261101 is the newest, as with r1',
    );
  });
});
