// A project for rollbacks by hand: the live revision stands in a file, and a server answers 500 while it is `bad`.
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runHere, type Told, type Typed } from './command.ts';
import { serve } from './servers.ts';
import { tempFolder } from './temp-folder.ts';

export interface HandProject {
  folder: string;
  live(): Promise<string>;
  deploy(revision: string): Promise<void>;
  /** A deploy command for `run … --`. */
  deployTo(revision: string): string[];
  type(args: readonly string[], typed?: Typed): Promise<Told>;
}

const script = async (path: string, text: string): Promise<void> => {
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
};

/** `rollback`: more lines of that section, indented by two. */
export const handProject = async (rollback = '  mode: auto\n  reversible: true\n'): Promise<HandProject> => {
  const folder = await tempFolder();
  const file = join(folder, 'live');
  const live = async (): Promise<string> => (await readFile(file, 'utf8')).trim();
  const server = await serve(async (_, response) => {
    response.statusCode = (await live()).startsWith('bad') ? 500 : 200;
    response.end('hello');
  });
  onTestFinished(() => server.close());
  await mkdir(join(folder, 'deploy-profiles'));
  await writeFile(file, 'r1\n');
  await script(join(folder, 'live.sh'), 'cat live');
  await script(join(folder, 'undo.sh'), 'echo "$1" > live; echo "$* $HOLDPOINT_TOKEN" >> undo.log');
  await writeFile(
    join(folder, 'deploy-profiles/web.yaml'),
    `service: web
checks:
  page: { use: http, target: "${server.url}", request: { get: / }, expect: { status: 200 }, sufficientAlone: true }
baseline: 1s
rollout: 2s
hold: { warmup: 0s, for: 600ms, every: 200ms, failAfter: 2, deadline: 8s }
store: { durable: true }
rollback:
  command: { live: [./live.sh], undo: [./undo.sh, "{{to}}"] }
  allowClientFence: true
  control: { none: a test }
  verify: { for: 400ms, deadline: 8s }
${rollback}`,
  );
  const deploy = (revision: string): Promise<void> => writeFile(file, `${revision}\n`);
  return {
    folder,
    live,
    deploy,
    deployTo: (revision) => ['sh', '-c', `echo ${revision} > live`],
    type: (args, typed = {}) =>
      runHere(folder, args, { ...typed, env: { PATH: process.env['PATH'] ?? '', USER: 'mk', ...typed.env } }),
  };
};
