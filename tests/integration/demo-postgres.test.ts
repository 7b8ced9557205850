// The throw-away Postgres: it runs from the package's binaries in place, and from a copy when they cannot be run there.
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownPackage } from '../../src/io/package.ts';
import { startPostgres, usableSlots } from '../../src/demo/lab/postgres.ts';
import { nativeFolder, runnableBinaries } from '../../src/demo/lab/postgres-binaries.ts';
import { unprivilegedHere } from '../../src/demo/lab/unprivileged.ts';
import { isListening, isRunning } from '../demo/world.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-test-'));
  chmodSync(folder, 0o711);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ask = async <Row extends object>(url: string, sql: string): Promise<Row[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
};

it('starts small, takes nobody without the password, and ends without a trace', async () => {
  const postgres = await startPostgres(folder);
  try {
    const [settings] = await ask<{ max: number; reserved: number; user: string }>(
      postgres.url(),
      "SELECT current_setting('max_connections')::int AS max, current_setting('superuser_reserved_connections')::int AS reserved, current_user AS user",
    );
    expect(settings).toEqual({ max: usableSlots + 3, reserved: 3, user: 'postgres' });
    await expect(ask(postgres.url('postgres', 'guess'), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  } finally {
    await postgres.child.stop();
  }
  expect(isRunning(postgres.child.pid)).toBe(false);
  expect(await isListening(postgres.port)).toBe(false);
});

it('runs a copy when a folder above is closed and the install script never made its links', async () => {
  const closed = join(folder, 'closed');
  const native = join(closed, 'native');
  mkdirSync(closed);
  cpSync(nativeFolder([ownPackage().root]), native, { recursive: true, verbatimSymlinks: true });
  for (const entry of readdirSync(join(native, 'lib'), { withFileTypes: true })) {
    if (entry.isSymbolicLink()) rmSync(join(native, 'lib', entry.name));
  }
  expect(existsSync(join(native, 'lib', 'libicuuc.so.60'))).toBe(false);
  chmodSync(closed, 0o700);
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch);
  const binaries = await runnableBinaries(native, scratch, unprivilegedHere());
  expect(dirname(binaries.postgres)).toBe(join(scratch, 'native', 'bin'));
});

it.runIf(process.getuid?.() === 0)('tells root what to do when the other user cannot reach the folder', async () => {
  const closed = join(folder, 'closed');
  mkdirSync(join(closed, 'postgres'), { recursive: true });
  chmodSync(closed, 0o700);
  await expect(startPostgres(join(closed, 'postgres'))).rejects.toThrow(
    /^Postgres runs as user \d+, not as root, and that user cannot reach \S+\/closed\/postgres; set TMPDIR to a folder that others can pass, such as \/tmp$/,
  );
});

it('runs the binaries in place when it can', async () => {
  const native = nativeFolder([ownPackage().root]);
  const binaries = await runnableBinaries(native, folder, {});
  expect(binaries.initdb).toBe(join(native, 'bin', 'initdb'));
  expect(readdirSync(folder)).toEqual([]);
});
