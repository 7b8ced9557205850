// The store in files, on a real disk: what is saved is found again, and torn or foreign files break nothing.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createIo } from '../../src/io/index.ts';
import type { RunRecord, StoredBaseline } from '../../src/kit/index.ts';
import { openFileStore, openStore } from '../../src/store/index.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const io = createIo({ version: '0.0.0', env: {} });

const open = async () => {
  const folder = join(await tempFolder(), '.holdpoint');
  const warnings: string[] = [];
  return { folder, warnings, store: openFileStore({ folder, io, warn: (text) => warnings.push(text) }) };
};

const baseline = (release: string, takenAt: string, live: string): StoredBaseline => ({
  format: 'holdpoint.baseline/1',
  service: 'auth',
  environment: 'production',
  release,
  takenAt,
  live,
  profileHash: 'h',
  checks: {},
});

const record = (runId: string, startedAt: string, service = 'auth', environment = 'production'): RunRecord =>
  ({
    format: 'holdpoint.record/1',
    runId,
    startedAt,
    service,
    environment,
    decision: { action: 'pass', because: [] },
    release: { label: runId },
    checks: [],
  }) as unknown as RunRecord;

describe('baselines', () => {
  it('are found by release, or the newest; a second one for the same release is not taken', async () => {
    const { store, folder } = await open();
    expect(await store.baseline('auth', 'production')).toBeUndefined();
    expect(await store.saveBaseline(baseline('v2', '2026-03-02T00:00:00Z', 'rs/1'))).toBe('saved');
    expect(await store.saveBaseline(baseline('a/b', '2026-03-01T00:00:00Z', 'rs/0'))).toBe('saved');
    expect(await store.saveBaseline(baseline('v2', '2026-03-03T00:00:00Z', 'rs/2'))).toBe('kept');
    expect((await store.baseline('auth', 'production', 'v2'))?.live).toBe('rs/1');
    expect((await store.baseline('auth', 'production', 'a/b'))?.live).toBe('rs/0');
    expect((await store.baseline('auth', 'production'))?.live).toBe('rs/1');
    expect(await store.baseline('auth', 'staging')).toBeUndefined();
    expect(await readdir(join(folder, 'baselines/auth.production'))).toEqual(['a%2Fb.json', 'v2.json']);
  });

  it('are taken anew when the same revision is live again, as after a rollback', async () => {
    const { store } = await open();
    await store.saveBaseline(baseline('v2', '2026-03-02T00:00:00Z', 'rs/1'));
    expect(await store.saveBaseline(baseline('v2', '2026-03-03T00:00:00Z', 'rs/1'))).toBe('saved');
    expect((await store.baseline('auth', 'production', 'v2'))?.takenAt).toBe('2026-03-03T00:00:00Z');
  });

  it('that are torn are named and replaced', async () => {
    const { store, folder, warnings } = await open();
    const path = join(folder, 'baselines/auth.production/v2.json');
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, '{"format": "holdpoint.base');
    expect(await store.baseline('auth', 'production')).toBeUndefined();
    expect(await store.saveBaseline(baseline('v2', '2026-03-02T00:00:00Z', 'rs/1'))).toBe('saved');
    expect((await store.baseline('auth', 'production', 'v2'))?.live).toBe('rs/1');
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/^\/.*\/v2\.json was left out: it is not whole JSON \(/);
  });
});

describe('records', () => {
  it('are listed newest first, by service, environment, run and number', async () => {
    const { store, folder } = await open();
    await store.saveRecord(record('r2', '2026-03-01T10:00:00.500Z'));
    await store.saveRecord(record('r3', '2026-03-01T11:00:00Z', 'auth', 'staging'));
    const path = await store.saveRecord(record('r1', '2026-03-01T10:00:00Z'));
    await store.saveRecord(record('r4', '2026-03-02T10:00:00Z', 'auth.x', 'production'));
    const ids = async (filter: Parameters<typeof store.records>[0]) =>
      (await store.records(filter)).map(({ runId }) => runId);
    expect(path).toBe(join(folder, 'runs/2026-03-01T10-00-00.000Z_auth.production_r1.json'));
    expect(await ids({})).toEqual(['r4', 'r3', 'r2', 'r1']);
    expect(await ids({ service: 'auth' })).toEqual(['r3', 'r2', 'r1']);
    expect(await ids({ service: 'auth', environment: 'production' })).toEqual(['r2', 'r1']);
    expect(await ids({ environment: 'staging' })).toEqual(['r3']);
    expect(await ids({ runId: 'r1' })).toEqual(['r1']);
    expect(await ids({ limit: 2 })).toEqual(['r4', 'r3']);
  });

  it('that are torn, foreign or half-written are named, never returned, and do not count', async () => {
    const { store, folder, warnings } = await open();
    await store.saveRecord(record('r1', '2026-03-01T10:00:00Z'));
    await writeFile(join(folder, 'runs/z-torn.json'), '{"format":');
    await writeFile(join(folder, 'runs/z-foreign.json'), '{"name": "package"}');
    await writeFile(join(folder, 'runs/notes.txt'), 'hello');
    await writeFile(join(folder, 'runs/.3f.tmp'), 'half');
    expect((await store.records({ limit: 1 })).map(({ runId }) => runId)).toEqual(['r1']);
    expect(warnings.map((text) => text.slice(text.indexOf('runs/')))).toEqual([
      expect.stringContaining('runs/z-torn.json was left out: it is not whole JSON ('),
      expect.stringContaining('runs/z-foreign.json was left out: format: '),
    ]);
  });

  it('saved twice stand once, as they were last', async () => {
    const { store, folder } = await open();
    await store.saveRecord(record('r1', '2026-03-01T10:00:00Z'));
    await store.saveRecord({ ...record('r1', '2026-03-01T10:00:00Z'), exitCode: 20 });
    expect((await store.records({})).map(({ exitCode }) => exitCode)).toEqual([20]);
    expect(await readdir(join(folder, 'runs'))).toHaveLength(1);
  });
});

describe('journals', () => {
  it('are appended to and read back; a torn last line is left out and does not swallow the next', async () => {
    const { store, folder, warnings } = await open();
    const id = 'rb:auth/production:v2';
    expect(await store.readJournal(id)).toEqual([]);
    await store.journal(id, { n: 1 });
    const path = join(folder, 'journals', (await readdir(join(folder, 'journals')))[0] ?? '');
    await writeFile(path, `${await readFile(path, 'utf8')}{"n": 2`);
    expect(await store.readJournal(id)).toEqual([{ n: 1 }]);
    expect(warnings).toEqual([]);
    await store.journal(id, { n: 3 });
    expect(await store.readJournal(id)).toEqual([{ n: 1 }, { n: 3 }]);
    expect(warnings).toEqual([`${path}:2 is a torn line and was left out`]);
  });

  it('are listed by prefix, the last written first', async () => {
    const { store } = await open();
    await store.journal('rb:auth/production:v1', { n: 1 });
    await io.clock.sleep(10);
    await store.journal('rb:auth/production:v2', { n: 1 });
    await store.journal('rb:auth/prod:v2', { n: 1 });
    await io.clock.sleep(10);
    await store.journal('rb:auth/production:v1', { n: 2 });
    expect(await store.journals('rb:auth/production:')).toEqual(['rb:auth/production:v1', 'rb:auth/production:v2']);
    expect(await store.journals('other')).toEqual([]);
  });
});

describe('openStore', () => {
  const root = '/srv/app';
  const where = (url: string): string => openStore(url, { io, root, warn: () => {} }).where;

  it.each([
    ['.holdpoint', 'files in .holdpoint'],
    ['file:.holdpoint', 'files in .holdpoint'],
    ['/var/lib/holdpoint', 'files in /var/lib/holdpoint'],
    ['file:///var/lib/hold%20point', 'files in /var/lib/hold point'],
    ['../shared', 'files in /srv/shared'],
    ['postgres://u:secret@db:6543/x', 'Postgres at db:6543/x'],
  ])('%s → %s', (url, expected) => {
    expect(where(url)).toBe(expected);
  });

  it.each([
    ['postgres://u:secret@', 'postgres://…'],
    ['mysql://u:secret@db/x', 'mysql:'],
    ['s3://bucket', 's3:'],
    ['', ''],
  ])('%s is refused without repeating what may be secret', (url, named) => {
    expect(() => where(url)).toThrow(
      `--store "${named}" is not known; expected a folder (.holdpoint), a URL of one (file:///var/lib/holdpoint) or postgres://USER:PASSWORD@HOST/DATABASE`,
    );
  });
});
