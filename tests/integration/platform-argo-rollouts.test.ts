// The platform `argo-rollouts`: real kubectl against an API server that knows Rollouts; the plugin is not called.
import { describe, expect, it } from 'vitest';
import { argoRollouts } from '../../src/rollback/platforms/argo-rollouts.ts';
import { openOn, platformContract } from '../rollback/platform-contract.ts';
import { kubeSystem } from '../rollback/platforms/kubernetes-system.ts';

const rollouts = async () => {
  const system = await kubeSystem('Rollout', ['auth']);
  return { ...system, settings: { ...(system.settings as object), rollout: 'auth' } };
};

platformContract(argoRollouts, rollouts);

const opened = async () => {
  const system = await rollouts();
  const { session, acts } = await openOn(argoRollouts, system);
  const [v1 = '', v2 = ''] = (['v1', 'v2'] as const).map((name) => system.revision?.(name));
  return { system, session, acts, v1, v2 };
};

const withStatus = ({ system }: Awaited<ReturnType<typeof opened>>, status: object): void => {
  const object = system.api.cluster.get('Rollout', 'auth');
  system.api.cluster.put({ ...object, status: { ...object.status, ...status } });
};

describe('what is live', () => {
  it('is settled when it is healthy and stable', async () => {
    const { session, v2 } = await opened();
    expect(await session.live()).toEqual({
      revision: v2,
      settled: true,
      detail: `rollout auth is Healthy: 3 of 3 replicas available, all of them ${v2}`,
    });
  });

  it('is not settled in the middle of a canary', async () => {
    const given = await opened();
    const { session, v1, v2 } = given;
    withStatus(given, { phase: 'Paused', message: 'CanaryPauseStep', stableRS: v1.slice(3) });
    expect(await session.live()).toEqual({
      revision: v2,
      settled: false,
      detail: `rollout auth is Paused (CanaryPauseStep): 3 of 3 replicas available, not all of them ${v2}`,
    });
  });

  it('is the stable one after an abort', async () => {
    const given = await opened();
    const { session, v1, v2 } = given;
    withStatus(given, { phase: 'Degraded', message: 'RolloutAborted', abort: true, stableRS: v1.slice(3) });
    expect(await session.live()).toEqual({
      revision: v1,
      settled: true,
      detail: `the update to ${v2} was aborted, ${v1} serves; rollout auth is Degraded (RolloutAborted)`,
    });
  });
});

it('says that a promoted update takes its steps again', async () => {
  const given = await opened();
  const { session, system, v1, v2 } = given;
  expect(await session.caveats?.({ from: v2, to: v1 })).toEqual([
    `the update was promoted: going back to ${v1} goes through all steps and analyses again, unless rollbackWindow is set; \`kubectl argo rollouts promote auth --kubeconfig=${system.kubeconfig} --namespace=prod --full\` skips them`,
  ]);
  withStatus(given, { stableRS: v1.slice(3) });
  expect(await session.caveats?.({ from: v2, to: v1 })).toEqual([]);
});

it('is refused under Argo CD, with what still helps', async () => {
  const { session, system } = await opened();
  system.deployOf('auth', 'v2', {
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop:argoproj.io/Rollout:prod/auth' },
  });
  expect(await session.forbidden?.()).toBe(
    `rollout auth belongs to the Argo CD application shop, which would put it back or be out of step: revert the commit in Git, or use the platform \`argocd\`; while the update is under way \`kubectl argo rollouts abort auth --kubeconfig=${system.kubeconfig} --namespace=prod\` sends all traffic back at once`,
  );
});

it('cannot go back where the template is elsewhere', async () => {
  const { session, system } = await opened();
  const object = system.api.cluster.get('Rollout', 'auth');
  const { template: _, ...spec } = object.spec;
  system.api.cluster.controllers = false;
  system.api.cluster.put({ ...object, spec: { ...spec, workloadRef: { kind: 'Deployment', name: 'auth' } } });
  await expect(session.live()).rejects.toThrow(
    'rollout auth holds no pod template (workloadRef?): roll back what it refers to',
  );
});

it('prints the command of the plugin', async () => {
  const { session, system, v1, v2 } = await opened();
  const pins = `--kubeconfig=${system.kubeconfig} --namespace=prod`;
  expect(session.manual({ from: v2, to: v1 })).toBe(
    `kubectl argo rollouts undo auth ${pins} --to-revision="$(kubectl ${pins} get replicasets.apps -l rollouts-pod-template-hash=${v1.slice(3)} -o 'jsonpath={.items[0].metadata.annotations.rollout\\.argoproj\\.io/revision}')"`,
  );
});
