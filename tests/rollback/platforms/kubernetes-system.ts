// A namespace of the tests' cluster for the platform contract: releases of Deployments or Rollouts, and a kubeconfig.
import { dirname, join } from 'node:path';
import { mkdir, writeFile } from 'node:fs/promises';
import { onTestFinished } from 'vitest';
import { installedProgram, kubectlProgram } from '../../helpers/system-packages.ts';
import { tempFolder } from '../../helpers/temp-folder.ts';
import { apply, type KubeObject, type Manifest, Refused } from '../../servers/kube-api/cluster.ts';
import { type KubeApi, startKubeApi } from '../../servers/kube-api/index.ts';
import type { DeploySystem } from '../platform-contract.ts';

export interface KubeSystem extends DeploySystem {
  api: KubeApi;
  kubeconfig: string;
  /** Deploys a release of one workload, with more in its manifest. */
  deployOf(name: string, revision: string, over?: Partial<Manifest>): void;
  /** `rs/5c41` of a release of one workload. */
  revisionOf(name: string, revision: string): string;
}

const kubeconfigText = (url: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: url } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'deployer' } }],
    users: [{ name: 'deployer', user: {} }],
  });

/** The pod template of a release: the version is an environment variable, the image stays. */
export const templateOf = (name: string, revision: string): object => ({
  metadata: { labels: { app: name } },
  spec: {
    containers: [
      {
        name,
        image: 'registry.example.com/auth:1.4',
        env: [
          { name: 'VERSION', value: revision },
          { name: 'DATABASE_PASSWORD', value: 'hunter2' },
        ],
        envFrom: [{ configMapRef: { name: 'auth-config' } }],
      },
    ],
  },
});

const kinds = {
  Deployment: { apiVersion: 'apps/v1', label: 'pod-template-hash' },
  Rollout: { apiVersion: 'argoproj.io/v1alpha1', label: 'rollouts-pod-template-hash' },
};

const versionIn = (object: KubeObject): string => object.spec.template.spec.containers[0].env[0].value as string;

/** v1, then v2 of each workload; a v3 that was deployed once, so that its name is known. */
export const kubeSystem = async (kind: keyof typeof kinds, names: readonly string[]): Promise<KubeSystem> => {
  const root = await tempFolder();
  const api = await startKubeApi();
  onTestFinished(() => api.close());
  const kubeconfig = join(root, 'kubeconfig');
  // helm warns of one that others can read.
  await writeFile(kubeconfig, kubeconfigText(api.url), { mode: 0o600 });
  const { apiVersion, label } = kinds[kind];
  const deployOf: KubeSystem['deployOf'] = (name, revision, over = {}) => {
    const selector = { matchLabels: { app: name } };
    const spec = { replicas: 3, selector, template: templateOf(name, revision) };
    apply(api.cluster, { apiVersion, kind, name, spec, ...over });
  };
  const revisionOf: KubeSystem['revisionOf'] = (name, revision) => {
    const found = [...api.cluster.objects.values()].find(
      (each) => each.kind === 'ReplicaSet' && each.metadata.labels['app'] === name && versionIn(each) === revision,
    );
    return `rs/${found?.metadata.labels[label] ?? 'nowhere'}`;
  };
  const deployAll = (revision: string): void => {
    for (const name of names) deployOf(name, revision);
  };
  for (const revision of ['v3', 'v1', 'v2']) deployAll(revision);
  apply(api.cluster, { apiVersion: 'v1', kind: 'ConfigMap', name: 'auth-config', data: { level: 'info' } });
  const { file, env } = installedProgram(kubectlProgram);
  const revision = (wanted: 'v1' | 'v2' | 'v3'): string => {
    const [only = ''] = names;
    if (names.length === 1) return revisionOf(only, wanted);
    return names.map((name) => `${name}=${revisionOf(name, wanted)}`).join(',');
  };
  return {
    root,
    api,
    kubeconfig,
    env: { HOME: root, PATH: `${root}/bin:${dirname(file)}:${process.env['PATH']}`, ...env },
    settings: { namespace: 'prod', kubeconfig },
    deployOf,
    revisionOf,
    revision,
    deploy: async (wanted) => deployAll(wanted),
    lie: async () => {
      // Each write is answered as if it had been done.
      api.cluster.put = (object) => object;
    },
    fail: async (text) => {
      api.cluster.put = () => {
        throw new Refused(403, 'Forbidden', text);
      };
    },
    failsWith: 1,
    blind: async () => {
      api.broken = true;
    },
    babble: async () => {
      await mkdir(join(root, 'bin'));
      await writeFile(join(root, 'bin/kubectl'), '#!/bin/sh\necho warning: hello\n', { mode: 0o755 });
    },
    hang: async () => {
      api.silent = true;
    },
    meanwhile: async () => {
      api.beforeWrite = () => {
        api.beforeWrite = undefined;
        deployAll('v3');
      };
    },
  };
};
