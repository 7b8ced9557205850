// A rollback on Kubernetes whose process is killed with -9 while kubectl is in flight: the API server decides who wins.
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installedProgram, kubectlProgram } from '../helpers/system-packages.ts';
import { buildChild, runChild } from '../rollback/child.ts';
import { order } from '../rollback/desk.ts';
import type { Job } from '../rollback/fixtures/roll-back.ts';
import { kubeSystem } from '../rollback/platforms/kubernetes-system.ts';

let folder: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdpoint-kube-kill-'));
  program = await buildChild(folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A kubectl whose patch says that it has begun, and waits until it is let go. */
const slowKubectl = (real: string, gate: string): string => `#!/bin/sh
for word; do
  [ "$word" = patch ] && { echo begun; while [ ! -e ${gate} ]; do sleep 0.05; done; }
done
exec ${real} "$@"
`;

/** The old pod template, with its secrets, is on its way to kubectl: no file of that name or any other may stay. */
const leftBehind = async (): Promise<string[]> => {
  const names = await Promise.all([folder, '/dev/shm'].map((each) => readdir(each).catch(() => [])));
  return names.flat().filter((name) => /^holdpoint-[0-9a-f]{8}-/.test(name));
};

const start = async () => {
  const system = await kubeSystem('Deployment', ['auth']);
  const gate = join(system.root, 'gate');
  const bin = join(system.root, 'slow');
  await mkdir(bin);
  await writeFile(join(bin, 'kubectl'), slowKubectl(installedProgram(kubectlProgram).file, gate));
  await chmod(join(bin, 'kubectl'), 0o755);
  const [from = '', to = '', fix = ''] = (['v2', 'v1', 'v3'] as const).map((name) => system.revision?.(name));
  const job: Job = {
    root: system.root,
    platform: 'kubernetes',
    settings: { ...(system.settings as object), deployment: 'auth' },
    order: { ...order, from, to },
  };
  const env = { ...process.env, ...system.env };
  const slow = { ...env, PATH: `${bin}:${env.PATH}`, TMPDIR: folder };
  const generation = (): number => system.api.cluster.get('Deployment', 'auth').metadata.generation;
  const template = (): string => JSON.stringify(system.api.cluster.get('Deployment', 'auth').spec.template);
  /** Lets the orphan go and waits until its patch has been answered. */
  const letGo = async (writes: number): Promise<void> => {
    await writeFile(gate, '');
    for (let n = 0; system.api.writes.length < writes && n < 400; n += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
  };
  return { system, job, env, slow, fix, generation, template, letGo };
};

it('and somebody deploys a fix: the call that follows refuses, and the orphan changes nothing', async () => {
  const { system, job, env, slow, template, letGo, generation } = await start();
  expect(await runChild(program, { ...job, dieAt: 'line:begun' }, undefined, slow)).toMatchObject({
    signal: 'SIGKILL',
  });
  expect(await leftBehind()).toEqual([]);
  system.deployOf('auth', 'v3');
  const after = generation();
  const { report } = await runChild(program, job, undefined, env);
  expect(report).toMatchObject({ state: 'REFUSED', reason: 'superseded', fence: 'server' });
  await letGo(1);
  expect(system.api.writes).toEqual(['PATCH deployments/auth']);
  expect(generation()).toBe(after);
  expect(template()).toContain('"v3"');
});

it('and is called again: both patches arrive, one takes effect', async () => {
  const { system, job, env, slow, template, letGo, generation } = await start();
  const before = generation();
  await runChild(program, { ...job, dieAt: 'line:begun' }, undefined, slow);
  const { report } = await runChild(program, job, undefined, env);
  expect(report).toMatchObject({ state: 'ROLLED_BACK', verified: true });
  await letGo(2);
  expect(system.api.writes).toHaveLength(2);
  expect(generation()).toBe(before + 1);
  expect(template()).toContain('"v1"');
});
