// The platform `kubernetes`: Deployments that no other tool owns, put back by a patch that the API server fences.
import * as z from 'zod';
import { once } from '../../../kit/once.ts';
import type { Direction, Finding, Live } from '../../../kit/index.ts';
import { type Ask, shellLine } from '../commands.ts';
import { argument, clusterKeys, kubectl, mayDo } from '../settings.ts';
import { platformOf } from '../system.ts';
import { changedConfigMaps } from './config-maps.ts';
import { workloadOwner } from './owners.ts';
import { isHalfWay, legOf, textOf } from './parts.ts';
import { putBack } from './patch.ts';
import { readinessOf } from './readiness.ts';
import { type Family, lookAt, revisionOf, type Workload } from './workload.ts';

const settings = once(() =>
  z.strictObject({ deployment: z.union([argument(), z.array(argument()).min(1)]), ...clusterKeys() }),
);

type Settings = z.infer<ReturnType<typeof settings>>;

const family: Family = {
  resource: 'deployments.apps',
  version: 'v1',
  title: 'deployment',
  hashLabel: 'pod-template-hash',
  revisionAnnotation: 'deployment.kubernetes.io/revision',
};

/** The names of all Deployments of the service. */
const namesOf = ({ deployment }: Settings): string[] => [deployment].flat();

const lookAtAll = (spec: Settings, ask: Ask): Promise<Workload[]> =>
  Promise.all(namesOf(spec).map((name) => lookAt(family, name, spec, ask)));

const look = async (spec: Settings, ask: Ask, between?: Direction): Promise<Live> => {
  const workloads = await lookAtAll(spec, ask);
  const all = workloads.map((workload) => ({ ...workload, ...readinessOf(workload) }));
  const instances = Object.fromEntries(all.map(({ name, revision }) => [name, revision]));
  const detail = all.map(({ name, text }) => `${name}: ${text}`).join('; ');
  if (between && isHalfWay(all, between))
    return { revision: between.from, settled: false, detail: `half way back: ${detail}`, instances };
  return { revision: textOf(all), settled: all.every(({ settled }) => settled), detail, instances };
};

const missing = async (spec: Settings, to: string, ask: Ask): Promise<string | undefined> => {
  const deployments = namesOf(spec);
  for (const name of deployments) {
    const { to: wanted } = legOf({ from: to, to }, name, deployments);
    const { replicaSets, object } = await lookAt(family, name, spec, ask);
    if (replicaSets.some((each) => revisionOf(each, family) === wanted)) continue;
    const { revisionHistoryLimit = 10 } = object.spec;
    return `no ReplicaSet of deployment ${name} holds ${wanted} any more: ${replicaSets.length} are kept (revisionHistoryLimit ${revisionHistoryLimit})`;
  }
  return undefined;
};

const forbidden = async (spec: Settings, ask: Ask): Promise<string | undefined> => {
  for (const { name, object } of await lookAtAll(spec, ask)) {
    const owner = await workloadOwner(family, { name, object }, spec, ask);
    if (owner !== undefined) return owner;
    if (object.spec.paused)
      return `deployment ${name} is paused, nothing would roll out: ${shellLine([...kubectl(spec), 'rollout', 'resume', `deployment/${name}`])}`;
  }
  return undefined;
};

const caveats = async (spec: Settings, way: Direction, ask: Ask): Promise<string[]> => {
  const deployments = namesOf(spec);
  const sentences = deployments.map(async (name) => {
    const { to } = legOf(way, name, deployments);
    const { replicaSets } = await lookAt(family, name, spec, ask);
    const target = replicaSets.find((each) => revisionOf(each, family) === to);
    return target ? changedConfigMaps(target, to, spec, ask) : [];
  });
  return (await Promise.all(sentences)).flat();
};

/** The revision number moves with each rollback: it is looked up by the pod template at the moment of typing. */
const manual = (spec: Settings, way: Direction): string =>
  namesOf(spec)
    .map((name) => {
      const hash = legOf(way, name, namesOf(spec)).to.replace(/^rs\//, '');
      const number = String.raw`jsonpath={.items[0].metadata.annotations.deployment\.kubernetes\.io/revision}`;
      const query = [...kubectl(spec), 'get', 'replicasets.apps', '-l', `${family.hashLabel}=${hash}`, '-o', number];
      return `${shellLine([...kubectl(spec), 'rollout', 'undo', `deployment/${name}`])} --to-revision="$(${shellLine(query)})"`;
    })
    .join(' && ');

const needs = (spec: Settings) => [
  ...namesOf(spec).flatMap((name) => ['get', 'patch'].map((verb) => mayDo(spec, verb, `deployments.apps/${name}`))),
  mayDo(spec, 'list', 'replicasets.apps'),
  mayDo(spec, 'get', 'configmaps'),
];

/** Without old ReplicaSets there is nothing to return to after the deploy. */
const examine = async (spec: Settings, ask: Ask): Promise<Finding[]> =>
  (await lookAtAll(spec, ask)).map(({ name, object }) => {
    const { revisionHistoryLimit = 10 } = object.spec;
    const what = `old revisions of deployment ${name} are kept`;
    return revisionHistoryLimit > 0
      ? { what, state: 'ok', because: `revisionHistoryLimit is ${revisionHistoryLimit}` }
      : {
          what,
          state: 'failed',
          because: 'revisionHistoryLimit is 0',
          next: 'set spec.revisionHistoryLimit to 2 or more',
        };
  });

/** Deployments of one namespace. */
export const kubernetes = platformOf<Settings, Live>({
  name: 'kubernetes',
  about:
    'Deployments of one namespace, by kubectl. The revision is the pod template (rs/<pod-template-hash>), so that a changed environment variable counts; it is settled when every replica runs it and is available. What Helm, Argo CD, Flux or an operator owns is refused.',
  example: `rollback:
  kubernetes:
    context: prod-eu
    namespace: prod
    deployment: auth                 # or a list: [auth, auth-worker]
    deadline: 5m
`,
  aftermath:
    'The manifests in Git or CI still hold the release that was rolled back: the next apply brings it back, and may leave fields behind, because `kubectl apply` compares with what was applied last. Replica counts, ConfigMaps and Secrets stayed as they were.',
  settings,
  fence: 'server',
  look,
  back: async (spec, order, _, hands) => {
    const names = namesOf(spec);
    for (const name of names) await putBack(family, name, legOf(order, name, names), spec, hands);
  },
  missing,
  forbidden,
  caveats,
  manual,
  needs,
  examine,
});
