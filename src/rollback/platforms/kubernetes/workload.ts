// One look at a Deployment or Rollout and its ReplicaSets: which pod template is live, and which can be returned to.
import { isDeepStrictEqual } from 'node:util';
import type { Ask } from '../commands.ts';
import { type Cluster, kubectl } from '../settings.ts';
import { type ReplicaSet, replicaSetsSchema, type Selector, type Template, workloadSchema } from './objects.ts';
import type { WorkloadObject } from './objects.ts';

/** What makes Deployments and Rollouts differ. */
export interface Family {
  /** As kubectl calls it, with its group. */
  resource: string;
  /** Of its API group. */
  version: string;
  /** `deployment`, for people. */
  title: string;
  /** Label of ReplicaSets and pods that names the pod template. */
  hashLabel: string;
  /** Annotation with the number that `rollout history` shows. */
  revisionAnnotation: string;
}

export interface Workload {
  name: string;
  object: WorkloadObject;
  template: Template;
  replicaSets: ReplicaSet[];
  /** The ReplicaSet whose template is the one asked for now; undefined until the controller has made it. */
  current: ReplicaSet | undefined;
  /** `rs/5c41`: the pod template, so that a changed environment variable is another revision. */
  revision: string;
}

/** Reads one workload. */
export const lookAt = async (family: Family, name: string, cluster: Cluster, ask: Ask): Promise<Workload> => {
  const object = await ask.json([...kubectl(cluster), 'get', family.resource, name, '-o', 'json'], workloadSchema());
  const { template, selector } = object.spec;
  if (!template)
    throw new Error(`${family.title} ${name} holds no pod template (workloadRef?): roll back what it refers to`);
  const argv = [...kubectl(cluster), 'get', 'replicasets.apps', `--selector=${selectorText(selector)}`, '-o', 'json'];
  const { items } = await ask.json(argv, replicaSetsSchema());
  const replicaSets = items.filter((each) => isOwnedBy(each, object));
  const current = replicaSets.find((each) => isDeepStrictEqual(bare(templateOf(each, family)), bare(template)));
  const revision = current ? revisionOf(current, family) : `generation/${object.metadata.generation ?? 0}`;
  return { name, object, template, replicaSets, current, revision };
};

const isOwnedBy = ({ metadata }: ReplicaSet, owner: WorkloadObject): boolean =>
  metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) ?? false;

/** Absent, null and empty are one: `creationTimestamp: null` and `resources: {}` come and go with versions of the API server. */
const bare = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, bare(each)] as const);
  return Object.fromEntries(entries.filter(([, each]) => each !== null && !isDeepStrictEqual(each, {})));
};

/** As `kubectl get --selector` takes it. */
const selectorText = ({ matchLabels = {}, matchExpressions = [] }: Selector = {}): string =>
  [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(expressionText),
  ].join(',');

const expressionText = ({ key, operator, values = [] }: NonNullable<Selector['matchExpressions']>[number]): string => {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'NotIn' ? 'notin' : 'in'} (${values.join(',')})`;
};

/** The ReplicaSet's template as the workload has it: without the label that its controller adds. */
export const templateOf = ({ spec }: ReplicaSet, { hashLabel }: Family): Template => {
  const metadata = { ...(spec.template['metadata'] as { labels?: Record<string, string> } | undefined) };
  const { [hashLabel]: _, ...labels } = metadata.labels ?? {};
  return { ...spec.template, metadata: { ...metadata, labels } };
};

/** The name of a ReplicaSet's pod template, `rs/5c41`. */
export const revisionOf = ({ metadata }: ReplicaSet, { hashLabel }: Family): string =>
  `rs/${metadata.labels?.[hashLabel] ?? metadata.name}`;
