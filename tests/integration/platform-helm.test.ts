// The platform `helm`: a real helm 3 whose releases live in the API server of the tests, and real kubectl beside it.
import { execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ownPackage } from '../../src/io/package.ts';
import { helm } from '../../src/rollback/platforms/helm.ts';
import { type DeploySystem, openOn, platformContract } from '../rollback/platform-contract.ts';
import { type KubeSystem, kubeSystem, templateOf } from '../rollback/platforms/kubernetes-system.ts';

const execute = promisify(execFile);
const programs = join(ownPackage().root, 'tests/servers/helm/node_modules/.bin');

interface HelmSystem extends DeploySystem {
  api: KubeSystem['api'];
  run(...words: string[]): Promise<string>;
  /** Kills it as soon as the pod template has changed; its signal. */
  kill(...words: string[]): Promise<string | null>;
}

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'auth', labels: { app: 'auth' } },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'auth' } },
    template: templateOf('auth', '{{ .Values.version }}'),
  },
};

/** A chart with one Deployment, installed as v1 and upgraded to v2. */
const system = async (): Promise<HelmSystem> => {
  const kube = await kubeSystem('Deployment', []);
  const { root, api, kubeconfig } = kube;
  await mkdir(join(root, 'chart/templates'), { recursive: true });
  await writeFile(join(root, 'chart/Chart.yaml'), 'apiVersion: v2\nname: auth\nversion: 1.4.0\n');
  await writeFile(join(root, 'chart/values.yaml'), 'version: v1\n');
  await writeFile(join(root, 'chart/templates/deployment.yaml'), JSON.stringify(deployment));
  const env = { ...kube.env, PATH: `${root}/bin:${programs}:${kube.env?.['PATH']}` };
  const run: HelmSystem['run'] = async (...words) => {
    const pinned = [`--kubeconfig=${kubeconfig}`, '--namespace=prod'];
    return (await execute(join(programs, 'helm'), [...pinned, ...words], { cwd: root, env })).stdout;
  };
  const kill: HelmSystem['kill'] = async (...words) => {
    const pinned = [`--kubeconfig=${kubeconfig}`, '--namespace=prod'];
    const child = spawn(join(programs, 'helm'), [...pinned, ...words], { cwd: root, env, stdio: 'ignore' });
    const ended = new Promise<string | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    while (child.exitCode === null && !JSON.stringify(api.writes).includes('deployments/auth')) await pause(20);
    child.kill('SIGKILL');
    return ended;
  };
  const deploy = async (version: string): Promise<void> => {
    const values = ['--set', `version=${version}`, '--disable-openapi-validation'];
    await run('upgrade', '--install', 'auth', './chart', ...values);
  };
  await deploy('v1');
  await deploy('v2');
  api.writes.length = 0;
  return {
    ...kube,
    api,
    run,
    kill,
    deploy,
    env,
    settings: { release: 'auth', namespace: 'prod', kubeconfig, deadline: '30s' },
    revision: (name) => name.slice(1),
    babble: async () => {
      await mkdir(join(root, 'bin'));
      await writeFile(join(root, 'bin/helm'), '#!/bin/sh\necho warning: hello\n', { mode: 0o755 });
    },
  };
};

platformContract(helm, system);

describe('a release', () => {
  it('goes back to a named revision, and counts as that one', async () => {
    const given = await system();
    const { session } = await openOn(helm, given);
    expect(await session.live()).toMatchObject({
      revision: '2',
      detail: 'revision 2 of auth is deployed; auth: 3 of 3 replicas run revision 2',
    });
    await session.undo({ from: '2', to: '1', token: 1 });
    expect(await session.live()).toMatchObject({
      revision: '1',
      settled: true,
      detail: 'revision 1 (as revision 3) of auth is deployed; auth: 3 of 3 replicas run revision 1',
    });
    expect(JSON.stringify(given.api.cluster.get('Deployment', 'auth').spec)).toContain('"v1"');
  });

  it('that went back and did not become ready in time is brought on by the same order', async () => {
    const given = await system();
    const { session } = await openOn(helm, given);
    given.api.cluster.available = 0;
    const failed = given.run('rollback', 'auth', '1', '--wait', '--timeout=1s');
    await expect(failed).rejects.toThrow('timed out waiting for the condition');
    const order = { from: '2', to: '1', token: 2 };
    expect(await session.live()).toMatchObject({ revision: '3', settled: false });
    expect(await session.live(undefined, order)).toMatchObject({
      revision: '1',
      settled: false,
      detail:
        'revision 1 (as revision 3) of auth is failed: Release "auth" failed: timed out waiting for the condition',
    });
    given.api.cluster.available = undefined;
    await session.undo(order);
    expect(await session.live()).toMatchObject({ revision: '1', settled: true });
  });

  it('whose failed upgrade is of somebody else is left alone', async () => {
    const given = await system();
    const { session, acts } = await openOn(helm, given);
    given.api.cluster.available = 0;
    const values = ['--set', 'version=v3', '--disable-openapi-validation', '--wait', '--timeout=1s'];
    await expect(given.run('upgrade', 'auth', './chart', ...values)).rejects.toThrow('timed out');
    await expect(session.undo({ from: '2', to: '1', token: 1 })).rejects.toMatchObject({
      name: 'Superseded',
      live: '3',
    });
    expect(acts()).toEqual([]);
  });

  it('whose helm was killed in the middle is repaired by the same order', async () => {
    const given = await system();
    const { session } = await openOn(helm, given);
    given.api.cluster.available = 0;
    await expect(given.kill('rollback', 'auth', '1', '--wait')).resolves.toBe('SIGKILL');
    expect(await session.live()).toMatchObject({
      revision: '1',
      settled: false,
      detail: 'revision 1 (as revision 3) of auth is pending-rollback: a helm is at work, or was killed',
    });
    given.api.cluster.available = undefined;
    await session.undo({ from: '2', to: '1', token: 2 });
    expect(await session.live()).toMatchObject({ revision: '1', settled: true });
  });

  it('has no target that its history does not hold', async () => {
    const { session } = await openOn(helm, await system());
    expect(await session.targetMissing?.('1')).toBeUndefined();
    expect(await session.targetMissing?.('9')).toBe(
      'revision 9 is gone: the history of auth holds 1, 2 (--history-max)',
    );
  });

  it('that is not there cannot be told', async () => {
    const given = await system();
    const { session } = await openOn(helm, { ...given, settings: { ...(given.settings as object), release: 'mail' } });
    await expect(session.live()).rejects.toThrow(
      / history mail --output=json` ended with 1: Error: release: not found/,
    );
  });
});
