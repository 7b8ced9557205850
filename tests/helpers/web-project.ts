// A small project for the command line as a process: releases behind a link, a web server that shows which one is live.
import { type ChildProcess, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { serve } from './servers.ts';
import { tempFolder } from './temp-folder.ts';

const bin = resolve(import.meta.dirname, '../../bin/holdpoint.cjs');

export interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface WebProject {
  folder: string;
  /** The deploy command that makes a release live; the release `bad…` answers 500. */
  deployTo(release: string): string[];
  live(): string;
  start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> };
  holdpoint(...args: string[]): Promise<Ended>;
  /** All records, oldest first. */
  records(): Promise<RunRecord[]>;
}

const profile = (url: string, rollback: string): string => `
service: web
checks:
  page:
    use: http
    target: ${url}
    request: { get: / }
    expect: { status: 200, contains: hello }
    sufficientAlone: true
  version:
    use: http
    target: ${url}
    request: { get: /version }
    expect: { status: 200 }
baseline: 1s
rollout: 1s
hold: { warmup: 300ms, for: 1s, every: 200ms, failAfter: 2, deadline: 4s }
store: { durable: true }
rollback:
  ${rollback}
  allowClientFence: true
  symlink: { restart: [/bin/true], version: { url: "${url}/version", pointer: /revision } }
  reversible: true
  control: { none: a test }
  verify: { for: 400ms, deadline: 3s }
`;

export const collect = (child: ChildProcess): Promise<Ended> =>
  new Promise((done, fail) => {
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
    child.on('error', fail).on('close', (exitCode) => done({ exitCode, stdout, stderr }));
  });

/** Builds the project; `mode` goes into its rollback section. Release `r1` is live. */
export const webProject = async ({ mode = 'mode: auto' } = {}): Promise<WebProject> => {
  const folder = await tempFolder();
  const current = join(folder, 'current');
  for (const release of ['r1', 'r2', 'bad', 'bad2'])
    await mkdir(join(folder, 'releases', release), { recursive: true });
  await symlink(join(folder, 'releases/r1'), current);
  const live = (): string => basename(readlinkSync(current));
  const server = await serve((request, response) => {
    const isBad = live().startsWith('bad') && request.url === '/';
    response
      .writeHead(isBad ? 500 : 200)
      .end(request.url === '/version' ? JSON.stringify({ revision: live() }) : 'hello');
  });
  onTestFinished(() => server.close());
  await mkdir(join(folder, 'deploy-profiles'));
  await writeFile(join(folder, 'deploy-profiles/web.yaml'), profile(server.url, mode));
  const start: WebProject['start'] = (...args) => {
    const { CI: _, ...rest } = process.env;
    // Named, so that files count on a runner that is thrown away, too.
    const env = { ...rest, HOLDPOINT_STORE: '.holdpoint' };
    const child = spawn(process.execPath, [bin, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    return { child, ended: collect(child) };
  };
  return {
    folder,
    live,
    start,
    deployTo: (release) => ['/bin/ln', '-sfn', join(folder, 'releases', release), current],
    holdpoint: (...args) => start(...args).ended,
    records: async () => {
      const runs = join(folder, '.holdpoint/runs');
      const names = (await readdir(runs).catch(() => [])).sort();
      return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(runs, name), 'utf8')) as RunRecord));
    },
  };
};
