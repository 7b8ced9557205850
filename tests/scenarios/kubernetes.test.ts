// A whole run on Kubernetes, as a pipeline calls it: baseline, deploy by kubectl, roll-out, failing check, fenced rollback.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { serve } from '../helpers/servers.ts';
import { type KubeSystem, kubeSystem } from '../rollback/platforms/kubernetes-system.ts';

const bin = resolve(import.meta.dirname, '../../bin/holdpoint.cjs');

const profile = (url: string, kubeconfig: string): string => `
service: auth
checks:
  page:
    use: http
    target: ${url}
    request: { get: / }
    expect: { status: 200 }
    sufficientAlone: true
baseline: 2s
rollout: 60s
hold: { warmup: 300ms, for: 1s, every: 200ms, failAfter: 2, deadline: 10s }
store: { durable: true }
rollback:
  mode: auto
  kubernetes: { namespace: prod, deployment: auth, kubeconfig: ${kubeconfig} }
  reversible: true
  control: { none: a test }
  verify: { for: 400ms, deadline: 20s }
`;

const versionOf = ({ api }: KubeSystem): string =>
  api.cluster.get('Deployment', 'auth').spec.template.spec.containers[0].env[0].value;

/** Changes one environment variable and nothing else: the image stays. */
const deployTo = ({ kubeconfig }: KubeSystem, version: string): string[] => {
  const operation = { op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value: version };
  const patch = JSON.stringify([operation]);
  return [
    'kubectl',
    `--kubeconfig=${kubeconfig}`,
    '-n',
    'prod',
    'patch',
    'deployment',
    'auth',
    '--type=json',
    '-p',
    patch,
  ];
};

const start = async () => {
  const system = await kubeSystem('Deployment', ['auth']);
  const server = await serve((_, response) => {
    response.writeHead(versionOf(system).startsWith('bad') ? 500 : 200).end();
  });
  onTestFinished(() => server.close());
  await mkdir(join(system.root, 'deploy-profiles'));
  await writeFile(join(system.root, 'deploy-profiles/auth.yaml'), profile(server.url, system.kubeconfig));
  const holdpoint = async (...args: string[]) => {
    const { CI: _, ...env } = process.env;
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: system.root,
      env: { ...env, ...system.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += String(chunk)));
    child.stderr.on('data', (chunk: Buffer) => (text += String(chunk)));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode, text };
  };
  const record = async (): Promise<RunRecord> => {
    const runs = join(system.root, '.holdpoint/runs');
    const newest = (await readdir(runs)).sort().at(-1) ?? '';
    return JSON.parse(await readFile(join(runs, newest), 'utf8')) as RunRecord;
  };
  return { system, holdpoint, record };
};

it('a changed variable that breaks the service is rolled back by one fenced patch', async () => {
  const { system, holdpoint, record } = await start();
  const good = system.revision?.('v2') ?? '';
  const { exitCode, text } = await holdpoint('run', 'auth', '--release', 'r7', '--', ...deployTo(system, 'bad'));
  expect([exitCode, versionOf(system)], text).toEqual([20, 'v2']);
  const bad = system.revisionOf('auth', 'bad');
  expect((await record()).release).toMatchObject({ label: 'r7', from: bad, to: good, liveAtEnd: good });
  expect((await record()).rollback).toMatchObject({ state: 'ROLLED_BACK', fence: 'server', verified: true });
  expect(system.api.writes).toHaveLength(2);
  expect(text).toContain('afterwards: The manifests in Git or CI still hold the release that was rolled back');
  expect(JSON.stringify(await record())).not.toContain('hunter2');
});

it('a good release passes once every replica runs it', async () => {
  const { system, holdpoint } = await start();
  const { exitCode, text } = await holdpoint('run', 'auth', '--', ...deployTo(system, 'v3'));
  expect([exitCode, versionOf(system)], text).toEqual([0, 'v3']);
});

it('a release that Argo CD owns is not touched: the report sends to Git', async () => {
  const { system, holdpoint } = await start();
  system.deployOf('auth', 'v2', {
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:prod/auth' },
  });
  const { exitCode, text } = await holdpoint('run', 'auth', '--', ...deployTo(system, 'bad'));
  expect([exitCode, versionOf(system)], text).toEqual([22, 'bad']);
  expect(text).toContain('belongs to the Argo CD application shop');
  expect(text).toContain('revert the commit in Git');
});
