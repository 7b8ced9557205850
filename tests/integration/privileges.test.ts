// The privileges that `holdpoint explain KIND` prints are enough: its statements are run on real servers, then the kind looks.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIo } from '../../src/io/index.ts';
import { runHere } from '../helpers/command.ts';
import { startMariaDb, type TestMariaDb } from '../helpers/mariadb.ts';
import { startTestServer, type TestServer } from '../helpers/postgres.ts';
import { isServerPlatform } from '../helpers/postgres-versions.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const password = 'Pr0be-pass';

/** The statements below a heading of what `explain` prints, ready to be run. */
const statements = async (kind: string, heading: RegExp): Promise<string[]> => {
  const { stdout } = await runHere(await tempFolder(), ['explain', kind]);
  const allowed = stdout.split('what it must be allowed:')[1]?.split('\nreasons:')[0] ?? '';
  const section = allowed.split('\n\n').find((text) => heading.test(text)) ?? '';
  return [...section.matchAll(/^(?:CREATE|GRANT) [^;]*/gm)].map(([sql]) => sql.replace('…', password));
};

/** What a check of this one kind says. */
const checked = async (check: string): Promise<string> => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'deploy-profiles'));
  await writeFile(join(folder, 'deploy-profiles/db.yaml'), `service: db\nhold: once\nchecks:\n${check}\n`);
  return (await runHere(folder, ['check', 'db'], { env: { PW: password } })).stderr;
};

describe('on Postgres', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  it.each([
    ['db-connections', 'role: postgres'],
    ['db-errors', 'limits: { block: 5 per minute, rollback: 30 per minute }'],
    ['connection-budget', 'role: nobody, others: observed, clients: { auth: { replicas: 1, poolMax: 2 } }'],
  ])('%s', async (kind, keys) => {
    const url = new URL(server.url());
    [url.username, url.password] = ['holdpoint', password];
    const admin = await createIo({ version: '0', env: {} }).postgres.connect(server.url(), {
      connectTimeout: 10_000,
      statementTimeout: 10_000,
    });
    const database = url.pathname.slice(1);
    for (const sql of await statements(kind, /on Postgres/))
      await admin.query(sql.replace('DATABASE auth', `DATABASE ${database}`));
    const told = await checked(`  ${kind}: { postgres: "${url.href}", ${keys} }`);
    expect(told).toContain('RECOVERED: the one check is passing');
    expect(told).not.toMatch(/hidden|pg_monitor/);
    await admin.query(`REVOKE ALL ON DATABASE ${database} FROM holdpoint`);
    await admin.query('DROP ROLE holdpoint');
    await admin.close();
  });
});

describe.skipIf(!isServerPlatform)('on MariaDB', () => {
  let server: TestMariaDb;
  beforeAll(async () => {
    server = await startMariaDb();
  });
  afterAll(() => server?.stop());

  it.each([
    ['db-connections', 'role: root'],
    ['db-errors', 'limits: { block: 5 per minute, rollback: 30 per minute }'],
    ['connection-budget', 'role: nobody, others: observed, clients: { auth: { replicas: 1, poolMax: 2 } }'],
  ])('%s', async (kind, keys) => {
    const root = await createIo({ version: '0', env: {} }).mysql.connect(server.url(), {
      connectTimeout: 10_000,
      statementTimeout: 10_000,
    });
    for (const sql of await statements(kind, /on MySQL and MariaDB/)) await root.query(sql);
    const told = await checked(`  ${kind}: { mysql: "${server.url('holdpoint', password, '')}", ${keys} }`);
    expect(told).toContain('RECOVERED: the one check is passing');
    expect(told).not.toMatch(/hidden|PROCESS/);
    await root.query('DROP USER holdpoint');
    await root.close();
  });
});
