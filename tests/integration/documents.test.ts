// Every command that the documents show for a shell, typed there as it stands: it must do what its verb is for.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { account, startAuthApp } from '../helpers/auth-app.ts';
import { startTestServer, type TestServer } from '../helpers/postgres.ts';
import { serve } from '../helpers/servers.ts';
import { collect, type Ended, webProject } from '../helpers/web-project.ts';

const root = resolve(import.meta.dirname, '../..');

const callsUs = /^(?:(?:npx|exec) )?holdpoint |\$\(holdpoint /;

/** Lines that call holdpoint in the blocks for a shell, and in those that show a screen; continued ones joined. */
const linesOf = (page: string): string[] => {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/\\\n\s*/g, '');
  let block: string | undefined;
  return text.split('\n').filter((line) => {
    const fence = /^\s*```(\w*)/.exec(line)?.[1];
    if (fence !== undefined) block = block === undefined ? fence : undefined;
    return (block === '' || block === 'sh') && callsUs.test(line);
  });
};

const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter(
  (page) => page.endsWith('.md') && linesOf(page).length > 0,
);

let database: TestServer;
beforeAll(async () => {
  database = await startTestServer();
});
afterAll(() => database.stop());

/** A project called `auth` with all that the lines name: a deploy script, a login, a Pushgateway, kept runs. */
const project = async () => {
  const { folder, holdpoint, deployTo } = await webProject();
  const login = await startAuthApp();
  const gateway = await serve((_, response) => void response.writeHead(202).end());
  onTestFinished(async () => {
    await Promise.all([login.close(), gateway.close()]);
  });
  const profile = await readFile(join(folder, 'deploy-profiles/web.yaml'), 'utf8');
  const auth = `${profile.replace('service: web', 'service: auth')}environments: { production: {} }\n`;
  await writeFile(join(folder, 'deploy-profiles/auth.yaml'), auth);
  await Promise.all(
    ['bin', 'etc', 'log', '.config/fish/completions'].map((name) => mkdir(join(folder, name), { recursive: true })),
  );
  const scripts = {
    'bin/holdpoint': `exec '${process.execPath}' '${join(root, 'bin/holdpoint.cjs')}' "$@"`,
    'bin/npx': 'exec "$@"',
    'deploy.sh': `case $(readlink current) in *r1) to=r2 ;; *) to=r1 ;; esac; ln -sfn '${folder}'/releases/$to current`,
  };
  for (const [name, text] of Object.entries(scripts))
    await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  await writeFile(join(folder, 'etc/holdpoint.env'), '');
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    HOME: folder,
    USER: 'oncall',
    SHA: '3f9a2c',
    TOKEN: 't0ken-of-the-docs',
    HOLDPOINT_STORE: '.holdpoint',
    HOLDPOINT_PASSWORD: account.password,
    HOLDPOINT_POSTGRES_PASSWORD: new URL(database.url('postgres')).password,
  };
  const here = (line: string): string =>
    [
      ['https://auth.example.com', login.url],
      ['postgres://probe@db.example.com/auth', database.url('postgres').replace(/:[^:@/]*@/, '@')],
      ['http://pushgateway:9091', gateway.url],
      ['/etc/', `${folder}/etc/`],
      ['/var/log/holdpoint/', `${folder}/log/`],
      ['/var/lib/node_exporter/textfile/', `${folder}/log/`],
      ['rs/7d9f', 'r2'],
      ['--service auth --login', '--service fresh --login'],
    ].reduce((text, [from = '', to = '']) => text.replaceAll(from, to), line);
  const type = (line: string): Promise<Ended> =>
    collect(
      spawn('bash', ['-c', `fpath=(x '${folder}/log'); ${here(line)}`], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  /** What has happened before somebody types such a line. */
  const prepare = async (line: string): Promise<void> => {
    await rm(join(folder, 'checks/session.yaml'), { force: true });
    if (/^holdpoint run (?!.* -- )/.test(line)) await type('./deploy.sh');
    if (line.includes('--last')) await holdpoint('check', 'auth/production');
    if (/rollback auth|--mark|replay/.test(line)) await judgeBad(/\d{8}T\d{6}-\w{6}/.exec(line)?.[0] ?? 'RECORD');
  };
  /** A bad release that is still live, its record, and the same under the name that a line calls it by. */
  const judgeBad = async (named: string): Promise<void> => {
    const bad = [...deployTo('r1').slice(0, 2), join(folder, 'releases/bad'), join(folder, 'current')];
    const judged = ['run', 'auth/production', '--no-rollback', '--reporter', 'json=record.json', '--', ...bad];
    expect((await holdpoint(...judged)).exitCode).toBe(10);
    const { runId: id } = JSON.parse(await readFile(join(folder, 'record.json'), 'utf8')) as RunRecord;
    const runs = join(folder, '.holdpoint/runs');
    const name = readdirSync(runs).find((each) => each.includes(id)) ?? '';
    const record = (await readFile(join(runs, name), 'utf8')).replaceAll(id, named);
    await writeFile(join(runs, named === 'RECORD' ? 'RECORD.json' : name.replace(id, named)), record);
  };
  const restore = async (): Promise<void> => {
    const [command = '', ...words] = deployTo('r1');
    await collect(spawn(command, words, { cwd: folder }));
  };
  return { type, prepare, restore };
};

/** What ends otherwise than with 0, and why. */
const otherwise: [line: RegExp, exitCode: number][] = [
  // It has nobody to ask.
  [/^holdpoint rollback auth\/production$/, 2],
  [/^holdpoint rollback .*(?:--to|--record)/, 20],
  // What was bad then is bad now.
  [/^holdpoint replay (?!.*--report-only)/, 10],
];

describe('every command in a block for a shell runs', () => {
  it('there are some', () => expect(pages.flatMap(linesOf).length).toBeGreaterThanOrEqual(40));

  it.each(pages)('%s', { timeout: 180_000 }, async (page) => {
    const { type, prepare, restore } = await project();
    for (const line of linesOf(page)) {
      await prepare(line);
      const { exitCode, stderr } = await type(line);
      const expected = otherwise.find(([pattern]) => pattern.test(line))?.[1] ?? 0;
      expect({ line, exitCode, stderr }).toEqual({ line, exitCode: expected, stderr });
      await restore();
    }
  });
});
