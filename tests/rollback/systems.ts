// Deploy systems of the tests: shell scripts for `command`, release folders with a tiny service for `symlink`.
import { chmod, mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { serve } from '../helpers/servers.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import type { DeploySystem } from './platform-contract.ts';

const script = async (path: string, text: string): Promise<void> => {
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
};

/** The live revision stands in a file; `undo.sh` notes its arguments and its token in `undo.log`. */
export const commandSystem = async (): Promise<DeploySystem> => {
  const root = await tempFolder();
  const live = join(root, 'live');
  await mkdir(join(root, 'scripts'));
  await writeFile(live, 'v2\n');
  await script(join(root, 'scripts/live.sh'), 'echo "reading…"; cat live || exit 1; echo');
  await script(join(root, 'scripts/undo.sh'), 'echo "$* $HOLDPOINT_TOKEN" >> undo.log\necho "$2" > live');
  const undo = (text: string) => script(join(root, 'scripts/undo.sh'), text);
  return {
    root,
    settings: {
      live: ['./scripts/live.sh'],
      undo: ['./scripts/undo.sh', '{{from}}', '{{to}}', 'token={{token}}'],
      status: ['true'],
      candidates: ['printf', '%s\\n', 'v1', 'v2', 'v3'],
    },
    deploy: (revision) => writeFile(live, `${revision}\n`),
    lie: () => undo('echo done'),
    fail: (text) => undo(`echo starting; echo '${text}' >&2; exit 7`),
    blind: () => rm(live),
    babble: () => script(join(root, 'scripts/live.sh'), 'echo'),
    hang: () => script(join(root, 'scripts/live.sh'), 'exec sleep 60'),
  };
};

export interface SymlinkSystem extends DeploySystem {
  /** Makes an instance answer with this, or fail with a status. */
  answers: (string | number | undefined)[];
  current: string;
}

/** Two instances that run what the last restart found behind the link; they are servers of the test itself. */
export const symlinkSystem = async (): Promise<SymlinkSystem> => {
  const root = await tempFolder();
  const [current, running] = [join(root, 'current'), join(root, 'running')];
  for (const release of ['v1', 'v2', 'v3']) await mkdir(join(root, 'releases', release), { recursive: true });
  await symlink('releases/v2', current);
  await writeFile(running, 'v2');
  const answers: SymlinkSystem['answers'] = [undefined, undefined];
  const urls: Record<string, string> = {};
  for (const [index, name] of ['a', 'b'].entries()) {
    const server = await serve(async (_, response) => {
      const answer = answers[index] ?? (await readFile(running, 'utf8'));
      response.writeHead(typeof answer === 'number' ? answer : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ service: 'auth', build: { revision: answer } }));
    });
    onTestFinished(() => server.close());
    urls[name] = `${server.url}/version?key=hunter2`;
  }
  const restart = (text: string) => script(join(root, 'restart.sh'), text);
  await restart('basename "$(readlink current)" | tr -d "\\n" > running');
  return {
    root,
    current,
    answers,
    settings: {
      restart: ['./restart.sh'],
      version: { urls, pointer: '/build/revision' },
    },
    deploy: async (revision) => {
      await rm(current);
      await symlink(`releases/${revision}`, current);
      await writeFile(running, revision);
    },
    lie: () => restart('echo restarted'),
    fail: (text) => restart(`echo '${text}' >&2; exit 7`),
    blind: () => rm(current),
    babble: async () => {
      await rm(current);
      await writeFile(current, 'v2');
    },
  };
};

/** The release folder behind the link. */
export const linkedRelease = async ({ current }: SymlinkSystem): Promise<string> => basename(await readlink(current));
