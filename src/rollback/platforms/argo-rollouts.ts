// The platform `argo-rollouts`: the pod template of a Rollout is put back by the same fenced patch as a Deployment's.
import * as z from 'zod';
import { type Direction, type Live, plural } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { type Ask, shellLine } from './commands.ts';
import { changedConfigMaps } from './kubernetes/config-maps.ts';
import { workloadOwner } from './kubernetes/owners.ts';
import { putBack } from './kubernetes/patch.ts';
import { type Family, lookAt, revisionOf, type Workload } from './kubernetes/workload.ts';
import { argument, clusterKeys, kubectl, mayDo } from './settings.ts';
import { platformOf } from './system.ts';

const settings = once(() => z.strictObject({ rollout: argument(), ...clusterKeys() }));

type Settings = z.infer<ReturnType<typeof settings>>;

const family: Family = {
  resource: 'rollouts.argoproj.io',
  version: 'v1alpha1',
  title: 'rollout',
  hashLabel: 'rollouts-pod-template-hash',
  revisionAnnotation: 'rollout.argoproj.io/revision',
};

interface Found extends Live {
  workload: Workload;
}

const look = async (spec: Settings, ask: Ask): Promise<Found> => {
  const workload = await lookAt(family, spec.rollout, spec, ask);
  return { ...stateOf(workload), workload };
};

/** An aborted update has sent all traffic back to the stable ReplicaSet, though the spec still asks for the new one. */
const stateOf = ({ name, object, revision }: Workload): Live => {
  const { phase = 'Unknown', message = '', abort, stableRS, ...status } = object.status ?? {};
  const said = `rollout ${name} is ${phase}${message === '' ? '' : ` (${message})`}`;
  if (abort && stableRS !== undefined) {
    const stable = `rs/${stableRS}`;
    return {
      revision: stable,
      settled: true,
      detail: `the update to ${revision} was aborted, ${stable} serves; ${said}`,
    };
  }
  const { availableReplicas: available = 0 } = status;
  const replicas = object.spec.replicas ?? 1;
  const isObserved = Number(status.observedGeneration ?? 0) >= (object.metadata.generation ?? 0);
  const isStable = revision === `rs/${stableRS}` && status.currentPodHash === stableRS;
  const runs = `${available} of ${plural(replicas, 'replica')} available, ${isStable ? 'all' : 'not all'} of them ${revision}`;
  return {
    revision,
    settled: isObserved && isStable && phase === 'Healthy' && replicas > 0,
    detail: `${said}: ${runs}`,
  };
};

const missing = async (spec: Settings, to: string, ask: Ask): Promise<string | undefined> => {
  const { replicaSets } = await lookAt(family, spec.rollout, spec, ask);
  if (replicaSets.some((each) => revisionOf(each, family) === to)) return undefined;
  return `no ReplicaSet of rollout ${spec.rollout} holds ${to} any more: ${replicaSets.length} are kept (revisionHistoryLimit)`;
};

/** What GitOps owns can still be aborted: that changes the status alone, which nothing puts back. */
const forbidden = async (spec: Settings, ask: Ask): Promise<string | undefined> => {
  const owner = await workloadOwner(family, await lookAt(family, spec.rollout, spec, ask), spec, ask);
  if (owner === undefined) return undefined;
  return `${owner}; while the update is under way \`${shellLine(plugin(spec, 'abort'))}\` sends all traffic back at once`;
};

const caveats = async (spec: Settings, { to }: Direction, ask: Ask): Promise<string[]> => {
  const { replicaSets, object } = await lookAt(family, spec.rollout, spec, ask);
  const target = replicaSets.find((each) => revisionOf(each, family) === to);
  const isPromoted = `rs/${object.status?.stableRS}` !== to;
  const steps = isPromoted
    ? [
        `the update was promoted: going back to ${to} goes through all steps and analyses again, unless rollbackWindow is set; \`${shellLine([...plugin(spec, 'promote'), '--full'])}\` skips them`,
      ]
    : [];
  return [...steps, ...(target ? await changedConfigMaps(target, to, spec, ask) : [])];
};

const plugin = (spec: Settings, verb: string): string[] => [
  'kubectl',
  'argo',
  'rollouts',
  verb,
  spec.rollout,
  ...kubectl(spec).slice(1),
];

const manual = (spec: Settings, { to }: Direction): string => {
  const number = String.raw`jsonpath={.items[0].metadata.annotations.rollout\.argoproj\.io/revision}`;
  const label = `${family.hashLabel}=${to.replace(/^rs\//, '')}`;
  const query = [...kubectl(spec), 'get', 'replicasets.apps', '-l', label, '-o', number];
  return `${shellLine(plugin(spec, 'undo'))} --to-revision="$(${shellLine(query)})"`;
};

const needs = (spec: Settings) => [
  ...['get', 'patch'].map((verb) => mayDo(spec, verb, `rollouts.argoproj.io/${spec.rollout}`)),
  mayDo(spec, 'list', 'replicasets.apps'),
  mayDo(spec, 'get', 'configmaps'),
];

/** Rollouts of Argo Rollouts. */
export const argoRollouts = platformOf<Settings, Found>({
  name: 'argo-rollouts',
  about:
    'A Rollout of Argo Rollouts, by kubectl. The revision is the pod template (rs/<rollouts-pod-template-hash>); an aborted update counts as its stable one. Putting the stable template back in the middle of an update is fast: the controller skips the steps. What Argo CD or Flux owns is refused.',
  example: `rollback:
  argo-rollouts:
    context: prod-eu
    namespace: prod
    rollout: auth
    deadline: 5m
`,
  aftermath:
    'The manifest in Git or CI still holds the release that was rolled back: the next apply brings it back. ConfigMaps and Secrets stayed as they were.',
  settings,
  fence: 'server',
  look,
  back: (spec, order, _, hands) => putBack(family, spec.rollout, order, spec, hands),
  missing,
  forbidden,
  caveats,
  manual,
  needs,
});
