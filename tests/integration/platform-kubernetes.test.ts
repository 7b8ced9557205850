// The platform `kubernetes`: real kubectl against an API server with real optimistic concurrency.
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { kubernetes } from '../../src/rollback/platforms/kubernetes/index.ts';
import { openOn, platformContract, settled } from '../rollback/platform-contract.ts';
import { type KubeSystem, kubeSystem } from '../rollback/platforms/kubernetes-system.ts';
import { apply } from '../servers/kube-api/cluster.ts';

const execute = promisify(execFile);

const deployments = async (...names: string[]): Promise<KubeSystem> => {
  const system = await kubeSystem('Deployment', names);
  const settings = { ...(system.settings as object), deployment: names.length === 1 ? names[0] : names };
  return { ...system, settings };
};

platformContract(kubernetes, () => deployments('auth'));

const opened = async (...names: string[]) => {
  const system = await deployments(...names);
  const { session, acts, close } = await openOn(kubernetes, system);
  const [v1, v2, v3] = (['v1', 'v2', 'v3'] as const).map((name) => system.revision?.(name) ?? '');
  return { system, session, acts, close, v1: v1 ?? '', v2: v2 ?? '', v3: v3 ?? '' };
};

describe('what is live', () => {
  it('is the pod template: the same image with another environment is another revision', async () => {
    const { session, v1, v2 } = await opened('auth');
    expect(v1).toMatch(/^rs\/[0-9a-f]{9}$/);
    expect(v1).not.toBe(v2);
    expect(await session.live()).toEqual({
      revision: v2,
      settled: true,
      detail: `auth: 3 of 3 replicas run ${v2}`,
      instances: { auth: v2 },
    });
  });

  it('is not settled before the controller has seen it', async () => {
    const { system, session } = await opened('auth');
    system.api.cluster.controllers = false;
    system.deployOf('auth', 'v4');
    expect(await session.live()).toMatchObject({
      revision: 'generation/4',
      settled: false,
      detail: 'auth: its controller has not taken up generation 4 yet',
    });
  });

  it.each([
    [{ updatedReplicas: 1 }, '1 of 3 replicas run V2'],
    [{ replicas: 4 }, '3 of 3 replicas run V2, 1 old one still there'],
    [{ availableReplicas: 2 }, '3 of 3 replicas run V2, 2 of them available'],
    [
      {
        availableReplicas: 0,
        conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
      },
      '3 of 3 replicas run V2, 0 available: no progress for 600 s',
    ],
  ])('with %j is not settled', async (status, detail) => {
    const { system, session, v2 } = await opened('auth');
    const object = system.api.cluster.get('Deployment', 'auth');
    system.api.cluster.put({ ...object, status: { ...object.status, ...status } });
    expect(await session.live()).toMatchObject({ settled: false, detail: `auth: ${detail.replace('V2', v2)}` });
  });

  it.each([
    [{ replicas: 0 }, 'auth: is scaled to 0 replicas: nothing runs'],
    [{ paused: true }, 'auth: 3 of 3 replicas run V2, and the roll-out is paused'],
  ])('with a spec of %j is not settled', async (spec, detail) => {
    const { system, session, v2 } = await opened('auth');
    const object = system.api.cluster.get('Deployment', 'auth');
    system.api.cluster.put({ ...object, spec: { ...object.spec, ...spec } });
    system.api.cluster.reconcile();
    expect(await session.live()).toMatchObject({ settled: false, detail: detail.replace('V2', v2) });
  });
});

describe('going back', () => {
  it('is one fenced patch, whose template no argument list and no file shows', async () => {
    const { system, session, acts, v1, v2 } = await opened('auth');
    const before = await readdir(system.root);
    await session.undo({ from: v2, to: v1, token: 1 });
    expect(system.api.writes).toEqual(['PATCH deployments/auth']);
    expect(JSON.stringify(acts())).not.toContain('hunter2');
    expect(acts()[0]?.argv).toEqual([
      'kubectl',
      `--kubeconfig=${system.kubeconfig}`,
      '--namespace=prod',
      'patch',
      'deployments.apps',
      'auth',
      '--type=json',
      '--patch-file=/dev/stdin',
    ]);
    expect(
      (await readdir(system.root)).filter((name) => !before.includes(name) && name.startsWith('holdpoint')),
    ).toEqual([]);
    expect((await session.live()).revision).toBe(v1);
  });

  it('tries again when somebody has only scaled in between', async () => {
    const { system, session, acts, v1, v2 } = await opened('auth');
    system.api.beforeWrite = () => {
      system.api.beforeWrite = undefined;
      const object = system.api.cluster.get('Deployment', 'auth');
      system.api.cluster.put({ ...object, spec: { ...object.spec, replicas: 5 } });
      system.api.cluster.reconcile();
    };
    await session.undo({ from: v2, to: v1, token: 1 });
    expect(acts().map(({ exit }) => exit)).toEqual([1, 0]);
    expect(await session.live()).toMatchObject({ revision: v1, detail: `auth: 5 of 5 replicas run ${v1}` });
  });

  it('is fenced while the controller still shows the old revision number', async () => {
    const { system, session, v1, v2 } = await opened('auth');
    system.api.beforeWrite = () => {
      system.api.beforeWrite = undefined;
      system.api.cluster.controllers = false;
      system.deployOf('auth', 'v4');
    };
    await expect(session.undo({ from: v2, to: v1, token: 1 })).rejects.toMatchObject({ name: 'Superseded' });
    expect(JSON.stringify(system.api.cluster.get('Deployment', 'auth').spec)).toContain('"v4"');
  });

  it('by hand, with the command that it prints, leads to the same', async () => {
    const { system, session, v1, v2 } = await opened('auth');
    const line = session.manual({ from: v2, to: v1 });
    expect(line).toBe(
      `kubectl --kubeconfig=${system.kubeconfig} --namespace=prod rollout undo deployment/auth --to-revision="$(kubectl --kubeconfig=${system.kubeconfig} --namespace=prod get replicasets.apps -l pod-template-hash=${v1.slice(3)} -o 'jsonpath={.items[0].metadata.annotations.deployment\\.kubernetes\\.io/revision}')"`,
    );
    await execute('sh', ['-c', line], { env: system.env });
    expect(await settled({ session } as never)).toMatchObject({ revision: v1, settled: true });
  });

  it('is impossible when no ReplicaSet holds the target', async () => {
    const { session, v2 } = await opened('auth');
    const gone = 'no ReplicaSet of deployment auth holds rs/0000 any more';
    expect(await session.targetMissing?.('rs/0000')).toBe(`${gone}: 3 are kept (revisionHistoryLimit 10)`);
    await expect(session.undo({ from: v2, to: 'rs/0000', token: 1 })).rejects.toThrow(gone);
  });
});

describe('a service of two deployments', () => {
  it('goes back with both', async () => {
    const { session, acts, v1, v2 } = await opened('auth', 'worker');
    expect(v1).toMatch(/^auth=rs\/\w+,worker=rs\/\w+$/);
    expect(await session.targetMissing?.(v1)).toBeUndefined();
    await session.undo({ from: v2, to: v1, token: 1 });
    expect(acts()).toHaveLength(2);
    expect(await session.live()).toMatchObject({ revision: v1, settled: true });
  });

  it('goes on after a kill half-way', async () => {
    const { system, session, acts, v1, v2 } = await opened('auth', 'worker');
    system.deployOf('auth', 'v1');
    const between = { from: v2, to: v1 };
    expect(await session.live(undefined, between)).toMatchObject({
      revision: v2,
      settled: false,
      detail: expect.stringMatching(/^half way back: auth: 3 of 3 replicas run .*; worker: 3 of 3 /),
    });
    await session.undo({ ...between, token: 2 });
    expect(acts()).toHaveLength(1);
    expect(await session.live(undefined, between)).toMatchObject({ revision: v1, settled: true });
  });

  it('touches neither when one was deployed by somebody else', async () => {
    const { system, session, acts, v1, v2 } = await opened('auth', 'worker');
    system.deployOf('worker', 'v3');
    await expect(session.undo({ from: v2, to: v1, token: 1 })).rejects.toMatchObject({ name: 'Superseded' });
    expect(acts()).toEqual([]);
  });

  it('needs a revision that names both', async () => {
    const { session } = await opened('auth', 'worker');
    expect(await session.targetMissing?.('rs/5c41')).toBe(
      'whether rs/5c41 is still there cannot be told: rs/5c41 does not say what auth runs; it is written like auth=rs/5c41,worker=rs/5c41',
    );
  });
});

describe('what other tools own is refused', () => {
  it.each([
    [
      { annotations: { 'meta.helm.sh/release-name': 'auth', 'meta.helm.sh/release-namespace': 'prod' } },
      'deployment auth belongs to the Helm release auth, whose next upgrade would be computed from another state: use the platform `helm`',
    ],
    [
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:prod/auth' } },
      'deployment auth belongs to the Argo CD application shop, which would put it back or be out of step: revert the commit in Git, or use the platform `argocd`',
    ],
    [
      { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } },
      'deployment auth belongs to the Flux Kustomization apps, which would put it back: revert the commit in Git (platform `flux`)',
    ],
    [
      {
        labels: { 'helm.toolkit.fluxcd.io/name': 'auth' },
        annotations: { 'meta.helm.sh/release-name': 'auth' },
      },
      'deployment auth belongs to the Flux HelmRelease auth, which would put it back: revert the commit in Git (platform `flux`)',
    ],
  ])('%j', async (over, sentence) => {
    const { system, session } = await opened('auth');
    expect(await session.forbidden?.()).toBeUndefined();
    system.deployOf('auth', 'v2', over);
    expect(await session.forbidden?.()).toBe(sentence);
  });

  it.each([
    [
      'argocd-controller',
      'deployment auth belongs to the Argo CD application shop, which would put it back or be out of step: revert the commit in Git, or use the platform `argocd`',
    ],
    ['kubectl-client-side-apply', undefined],
  ])('with the label of a chart, when %s has written it', async (manager, sentence) => {
    const { system, session } = await opened('auth');
    system.deployOf('auth', 'v2', { labels: { 'app.kubernetes.io/instance': 'shop' } });
    const object = system.api.cluster.get('Deployment', 'auth');
    const managedFields = [{ manager, time: '2026-01-01T00:00:00Z' }];
    system.api.cluster.put({ ...object, metadata: { ...object.metadata, managedFields } });
    expect(await session.forbidden?.()).toBe(sentence);
  });

  it('as is one that is paused', async () => {
    const { system, session } = await opened('auth');
    const object = system.api.cluster.get('Deployment', 'auth');
    system.api.cluster.put({ ...object, spec: { ...object.spec, paused: true } });
    expect(await session.forbidden?.()).toBe(
      `deployment auth is paused, nothing would roll out: kubectl --kubeconfig=${system.kubeconfig} --namespace=prod rollout resume deployment/auth`,
    );
  });
});

describe('what going back leaves as it is', () => {
  it('is a ConfigMap that was changed since', async () => {
    const { system, session, v1, v2 } = await opened('auth');
    expect(await session.caveats?.({ from: v2, to: v1 })).toEqual([]);
    const config = { apiVersion: 'v1', kind: 'ConfigMap', name: 'auth-config', data: { level: 'debug' } };
    apply(system.api.cluster, { ...config, changedAt: '2026-03-04T05:06:07Z' });
    expect(await session.caveats?.({ from: v2, to: v1 })).toEqual([
      `ConfigMap auth-config was changed at 2026-03-04T05:06:07.000Z, after ${v1} was first deployed: going back keeps its new content`,
    ]);
  });

  it('is said to be unknown when it cannot be read', async () => {
    const { system, session, v1, v2 } = await opened('auth');
    system.api.denied.add('get configmaps');
    const [sentence] = (await session.caveats?.({ from: v2, to: v1 })) ?? [];
    expect(sentence).toMatch(
      /^whether ConfigMap auth-config was changed cannot be told: `kubectl .* ended with 1: .*forbidden/,
    );
  });
});

it('the doctor finds a permission that is missing', async () => {
  const { system, session } = await opened('auth');
  system.api.denied.add('patch deployments');
  const findings = (await session.doctor?.()) ?? [];
  expect(findings.map(({ what, state }) => [what, state])).toEqual([
    ['may get deployments.apps/auth in prod', 'ok'],
    ['may patch deployments.apps/auth in prod', 'failed'],
    ['may list replicasets.apps in prod', 'ok'],
    ['may get configmaps in prod', 'ok'],
    ['old revisions of deployment auth are kept', 'ok'],
  ]);
  expect(findings[1]?.next).toBe('give the account a role with the verb patch on deployments.apps');
});

it('the doctor finds that nothing is kept to go back to, and a cluster that does not answer', async () => {
  const { system, session } = await opened('auth');
  const object = system.api.cluster.get('Deployment', 'auth');
  system.api.cluster.put({ ...object, spec: { ...object.spec, revisionHistoryLimit: 0 } });
  expect((await session.doctor?.())?.at(-1)).toEqual({
    what: 'old revisions of deployment auth are kept',
    state: 'failed',
    because: 'revisionHistoryLimit is 0',
    next: 'set spec.revisionHistoryLimit to 2 or more',
  });
  system.api.broken = true;
  expect((await session.doctor?.())?.map(({ state }) => state)).toEqual(Array(5).fill('failed'));
});

it.each([
  [{ namespace: 'prod' }, 'deployment'],
  [{ deployment: 'auth' }, 'namespace'],
  [{ deployment: '--all', namespace: 'prod' }, 'deployment'],
])('settings like %j are refused', (settings, path) => {
  expect(kubernetes.settings.safeParse(settings).error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
});
