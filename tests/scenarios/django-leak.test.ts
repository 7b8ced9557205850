// The incident on a real application: a release of Django's admin that keeps its connections is found and taken back.
import { execFile } from 'node:child_process';
import { mkdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../src/demo/lab/ports.ts';
import type { RunRecord } from '../../src/kit/index.ts';
import { appAccount } from '../helpers/apps.ts';
import { type DjangoDatabase, djangoProgram, djangoRole, startDjangoDatabase } from '../helpers/apps-django.ts';
import { type Recording, startRecording } from '../helpers/apps-recording.ts';
import { account, holdpointIn, writtenIn } from '../helpers/login-project.ts';
import { isServerPlatform } from '../helpers/postgres-versions.ts';
import { expectNoSecrets } from '../helpers/secrets.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

/** Ends the server that runs and starts the one of the live release; ready when it tells its version. */
const restart = (programs: object, port: number): string => `
import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
const { argv, env } = ${JSON.stringify(programs)}[basename(readlinkSync('current'))];
try { process.kill(-Number(readFileSync('pid', 'utf8')), 'SIGKILL'); } catch {}
const child = spawn(argv[0], argv.slice(1), { env: { ...env, PATH: '/usr/bin:/bin' }, detached: true, stdio: 'ignore' });
writeFileSync('pid', String(child.pid));
child.unref();
for (;;) {
  const up = await fetch('http://127.0.0.1:${port}/version').then(() => true, () => false);
  if (up) break;
  await new Promise((resolve) => setTimeout(resolve, 100));
}
`;

const profile = (target: string, admin: string): object => ({
  service: 'accounts',
  checks: {
    login: {
      target,
      account,
      login: { form: { page: '/admin/login/' } },
      session: { cookie: 'sessionid' },
      probe: { get: '/admin/', granted: { status: 200, contains: 'Log out' } },
      logout: { get: '/admin/logout/' },
      every: '1s',
    },
    'db-connections': { postgres: admin, role: djangoRole },
  },
  baseline: '20s',
  rollout: '30s',
  hold: { warmup: '200ms', for: '5s', every: '1s', failAfter: 2, errorGrace: '5s', deadline: '60s' },
  store: { durable: true },
  rollback: {
    mode: 'auto',
    allowClientFence: true,
    symlink: {
      restart: [process.execPath, 'restart.mjs'],
      version: { url: `${target}/version`, pointer: '/revision' },
    },
    reversible: true,
    control: { none: 'a test' },
    verify: { for: '3s', deadline: '60s' },
  },
});

const project = async (database: DjangoDatabase): Promise<{ folder: string; recording: Recording }> => {
  const folder = await tempFolder();
  const port = await freePort();
  for (const release of ['healthy', 'leak']) await mkdir(join(folder, 'releases', release), { recursive: true });
  await symlink(join(folder, 'releases/healthy'), join(folder, 'current'));
  const programs = Object.fromEntries(
    (['healthy', 'leak'] as const).map((variant) => [variant, djangoProgram(database, port, variant)]),
  );
  await writeFile(join(folder, 'restart.mjs'), restart(programs, port));
  await writeFile(
    join(folder, 'deploy.sh'),
    `ln -sfn ${folder}/releases/$1 current && ${process.execPath} restart.mjs`,
  );
  const recording = await startRecording(port);
  onTestFinished(() => recording.close());
  onTestFinished(() => {
    process.kill(-Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
  });
  await promisify(execFile)(process.execPath, ['restart.mjs'], { cwd: folder });
  return { folder, recording };
};

it.skipIf(!isServerPlatform)('is rolled back, and the connections of the role are named as the cause', async () => {
  const database = await startDjangoDatabase();
  onTestFinished(() => database.stop());
  const { folder, recording } = await project(database);
  await database.sql(`ALTER ROLE ${djangoRole} CONNECTION LIMIT 12`);
  await mkdir(join(folder, 'deploy-profiles'));
  await writeFile(
    join(folder, 'deploy-profiles/accounts.yaml'),
    JSON.stringify(profile(recording.url, database.server.url())),
  );
  const reporters = ['--reporter', 'plain', '--reporter', 'json=record.json', '--reporter', 'html=report.html'];
  const ended = await holdpointIn(folder, ['run', 'accounts', ...reporters, '--', 'sh', 'deploy.sh', 'leak']);
  const [json, html] = ['record.json', 'report.html'].map((file) => readFileSync(join(folder, file), 'utf8'));
  const record = JSON.parse(json ?? '') as RunRecord;
  expect(record).toMatchObject({
    exitCode: 20,
    decision: { action: 'rollback' },
    diagnosis: { layer: 'database' },
    rollback: { state: 'ROLLED_BACK', from: 'leak', to: 'healthy', verified: true },
    checks: [
      { id: 'login', outcome: 'fail', reason: 'login_broken', attribution: 'introduced' },
      { id: 'db-connections', outcome: 'fail', attribution: 'introduced' },
    ],
  });
  expect(record.diagnosis.headline).toMatch(
    /^1[12] of the 12 connections that role auth_svc may have in use \(limit 95 %\); role auth_svc holds 1[12] \(\+1\d since .*\)\. login fails now, most likely because of it\.$/,
  );
  expect(basename(await readlink(join(folder, 'current')))).toBe('healthy');

  const { stdout, stderr } = ended;
  expect(stderr).toContain('ROLLED BACK and verified: accounts/default runs healthy again (was leak)');
  const store = await writtenIn(join(folder, '.holdpoint'));
  // Record, journal of the rollback, baseline.
  expect(Object.keys(store)).toHaveLength(3);
  const written = { ...store, json: json ?? '', html: html ?? '', stdout, stderr };
  expectNoSecrets(written, [appAccount.password, 'postgres-password', ...recording.secrets()]);
});
