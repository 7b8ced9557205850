// The platform `helm` against recorded argument lists and outputs of its documentation.
import { describe, expect, it } from 'vitest';
import { helm } from '../../../src/rollback/platforms/helm.ts';
import { type Recording, recordedSystem, type State } from '../../helpers/recorded-cli.ts';
import { openOn, platformContract } from '../platform-contract.ts';

const entry = (revision: number, status: string, description: string) => ({
  revision,
  updated: '2026-03-01T10:11:12.131415Z',
  status,
  chart: 'auth-1.4.0',
  app_version: '1.4',
  description,
});

const historyOf = (state: State): object[] => {
  const old = [entry(1, 'superseded', 'Install complete'), entry(2, 'deployed', 'Upgrade complete')];
  if (state === 'v1') return [entry(1, 'deployed', 'Install complete')];
  if (state === 'v2') return old;
  const next = state === 'v3' ? 'Upgrade complete' : 'Rollback to 1';
  return [...old.map((each) => ({ ...each, status: 'superseded' })), entry(3, 'deployed', next)];
};

const workload = (status: object) => ({
  items: [
    {
      kind: 'Deployment',
      metadata: { name: 'auth', generation: 4, annotations: { 'meta.helm.sh/release-name': 'auth' } },
      spec: { replicas: 2 },
      status: { observedGeneration: 4, replicas: 2, updatedReplicas: 2, availableReplicas: 2, ...status },
    },
    { kind: 'Deployment', metadata: { name: 'mail', annotations: { 'meta.helm.sh/release-name': 'mail' } }, spec: {} },
  ],
});

const history = 'helm --kube-context=prod-eu --namespace=prod history auth --output=json';
const manifest = (revision: number): string =>
  `helm --kube-context=prod-eu --namespace=prod get manifest auth --revision=${revision}`;
const workloads =
  'kubectl --context=prod-eu --namespace=prod get deployments.apps,statefulsets.apps --selector=app.kubernetes.io/managed-by=Helm -o json';
const may = 'kubectl --context=prod-eu --namespace=prod auth can-i';
const rollback = 'helm --kube-context=prod-eu --namespace=prod rollback auth 1 --wait --timeout=290s';

const recording: Recording = {
  source: 'https://helm.sh/docs/helm/helm_history/ and helm_rollback/',
  settings: { release: 'auth', namespace: 'prod', context: 'prod-eu' },
  readings: [
    { call: history, answer: (state) => JSON.stringify(historyOf(state)) },
    { call: workloads, answer: () => JSON.stringify(workload({})) },
    { call: manifest(1), answer: () => 'v1' },
    { call: manifest(3), answer: () => 'v3' },
    { call: 'helm version --short', answer: () => 'v3.16.4+g7877b45' },
    { call: `${may} create secrets`, answer: () => 'yes' },
    { call: `${may} list deployments.apps`, answer: () => 'yes' },
    { call: `${may} patch deployments.apps`, answer: () => 'yes' },
  ],
  act: rollback,
  revision: (name) => name.slice(1),
};

platformContract(helm, () => recordedSystem(recording));

const opened = async (over: Partial<Recording> = {}) => {
  const system = await recordedSystem({ ...recording, ...over });
  return { system, ...(await openOn(helm, system)) };
};

describe('what is live', () => {
  it('is the revision that was returned to, whatever Helm counts', async () => {
    const { session } = await opened({ state: 'back' });
    expect(await session.live()).toEqual({
      revision: '1',
      settled: true,
      detail: 'revision 1 (as revision 3) of auth is deployed; auth: 2 of 2 replicas run revision 1',
    });
  });

  it.each([
    ['the same manifest', 'v1', '1'],
    ['another manifest', 'v9', '3'],
  ])('is told by what it holds when a rollback has failed: %s', async (_, held, revision) => {
    const { session, system } = await opened();
    const failed = entry(3, 'failed', 'Release "auth" failed: timed out waiting for the condition');
    await system.answer(history, JSON.stringify([entry(1, 'superseded', ''), entry(2, 'superseded', ''), failed]));
    await system.answer(manifest(3), held);
    expect(await session.live(undefined, { from: '2', to: '1' })).toMatchObject({ revision, settled: false });
    expect(await session.live()).toMatchObject({ revision: '3', settled: false });
  });

  it('is found through a chain of rollbacks, whose first links are gone', async () => {
    const { session, system } = await opened();
    const chain = [entry(7, 'superseded', 'Rollback to 4'), entry(8, 'deployed', 'Rollback to 7')];
    await system.answer(history, JSON.stringify(chain));
    expect(await session.live()).toMatchObject({ revision: '4' });
  });

  it.each([
    ['pending-upgrade', 'Preparing upgrade', 'revision 2 of auth is pending-upgrade: a helm is at work, or was killed'],
    ['failed', 'Upgrade "auth" failed: timed out', 'revision 2 of auth is failed: Upgrade "auth" failed: timed out'],
    ['unknown', '', 'revision 2 of auth is unknown'],
  ])('is not settled while its status is %s', async (status, description, detail) => {
    const { session, system } = await opened();
    await system.answer(history, JSON.stringify([entry(1, 'deployed', ''), entry(2, status, description)]));
    expect(await session.live()).toEqual({ revision: '2', settled: false, detail });
  });

  it('is not settled before every replica is ready', async () => {
    const { session, system } = await opened();
    await system.answer(workloads, JSON.stringify(workload({ updatedReplicas: 1 })));
    expect(await session.live()).toMatchObject({
      settled: false,
      detail: 'revision 2 of auth is deployed; auth: 1 of 2 replicas run revision 2',
    });
  });

  it('is what Helm says, without kubectl, where all upgrades wait', async () => {
    const settings = { ...(recording.settings as object), readiness: 'helm' };
    const { session, system } = await opened({ settings });
    expect(await session.live()).toMatchObject({ settled: true, detail: 'revision 2 of auth is deployed' });
    expect(await system.calls()).toEqual([history]);
  });

  it.each([
    ['[]', /something else than expected: the top: holds no revision$/],
    [JSON.stringify([entry(3, 'uninstalled', '')]), /^the release auth is uninstalled$/],
    ['[{"revision":3,"notes":"hunter2', /printed JSON that breaks off after 31 characters$/],
    ['[{"revision":"3"}]', /something else than expected: 0\.revision: /],
  ])('cannot be told from %s', async (text, message) => {
    const { session, system } = await opened();
    await system.answer(history, text);
    await expect(session.live()).rejects.toThrow(message);
  });
});

describe('going back', () => {
  it('names the revision', async () => {
    const { session, acts } = await opened();
    await session.undo({ from: '2', to: '1', token: 1 });
    expect(acts().map(({ argv }) => argv.join(' '))).toEqual([rollback]);
    expect(session.manual({ from: '2', to: '1' })).toBe(rollback);
  });

  it('is done again when a rollback was killed half-way, and not when it only is not ready yet', async () => {
    const { session, system, acts } = await opened({ state: 'back' });
    await system.answer(workloads, JSON.stringify(workload({ availableReplicas: 0 })));
    await session.undo({ from: '2', to: '1', token: 2 });
    expect(acts()).toEqual([]);
    await system.answer(
      history,
      JSON.stringify([entry(1, 'superseded', ''), entry(3, 'pending-rollback', 'Rollback to 1')]),
    );
    await session.undo({ from: '2', to: '1', token: 2 });
    expect(acts()).toHaveLength(1);
  });

  it.each([
    ['1', undefined],
    ['9', 'revision 9 is gone: the history of auth holds 1, 2 (--history-max)'],
  ])('to %s: %s', async (to, sentence) => {
    const { session } = await opened();
    expect(await session.targetMissing?.(to)).toBe(sentence);
  });

  it('never leads to a revision that failed', async () => {
    const { session, system } = await opened();
    await system.answer(history, JSON.stringify([entry(1, 'failed', 'x'), entry(2, 'deployed', '')]));
    expect(await session.targetMissing?.('1')).toBe('revision 1 is failed: it never was live');
  });

  it('is refused when Flux owns the release', async () => {
    const { session, system } = await opened();
    expect(await session.forbidden?.()).toBeUndefined();
    const { items } = workload({});
    const owned = {
      ...items[0],
      metadata: { ...items[0]?.metadata, labels: { 'helm.toolkit.fluxcd.io/name': 'auth' } },
    };
    await system.answer(workloads, JSON.stringify({ items: [owned] }));
    expect(await session.forbidden?.()).toBe(
      'auth belongs to the Flux HelmRelease auth, which would put it back: revert the commit in Git (platform `flux`)',
    );
  });
});
