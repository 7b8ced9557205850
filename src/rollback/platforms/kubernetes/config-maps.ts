// ConfigMaps stay as they are when a pod template goes back: those that were changed since are named.
import { isoTime } from '../../../kit/index.ts';
import { failureOf, readDeadline, understood } from '../commands.ts';
import type { Ask } from '../commands.ts';
import { type Cluster, kubectl } from '../settings.ts';
import { objectSchema, type ReplicaSet, type Template } from './objects.ts';

/** Every place in a pod template that names a ConfigMap: volumes, projected volumes, envFrom, env. */
export const configMapsOf = (template: Template): string[] => {
  const names = new Set<string>();
  const visit = (value: unknown, key: string): void => {
    if (Array.isArray(value)) for (const each of value) visit(each, key);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const isReference = ['configMap', 'configMapRef', 'configMapKeyRef'].includes(key);
    if (isReference && 'name' in value && typeof value.name === 'string') names.add(value.name);
    for (const [inner, each] of Object.entries(value)) visit(each, inner);
  };
  visit(template['spec'], 'spec');
  return [...names].sort();
};

/** One sentence for each ConfigMap of the target that was changed after the target was first deployed. */
export const changedConfigMaps = async (target: ReplicaSet, revision: string, cluster: Cluster, ask: Ask) => {
  const since = Date.parse(target.metadata.creationTimestamp ?? '');
  const all = configMapsOf(target.spec.template).map((name) => sentenceOf(name, since, revision, cluster, ask));
  return (await Promise.all(all)).filter((sentence) => sentence !== undefined);
};

const sentenceOf = async (name: string, since: number, revision: string, cluster: Cluster, ask: Ask) => {
  // `kubectl get` hides managedFields since 1.21, and 1.20 does not know the flag that shows them.
  const argv = [...kubectl(cluster), 'get', '--raw', `/api/v1/namespaces/${cluster.namespace}/configmaps/${name}`];
  const finished = await ask.run(argv);
  const failure = failureOf(argv, finished, readDeadline);
  if (failure !== undefined) return `whether ConfigMap ${name} was changed cannot be told: ${failure}`;
  const changedAt = lastChange(understood(argv, finished.stdout, objectSchema()).metadata);
  if (changedAt === undefined || !(changedAt > since)) return undefined;
  return `ConfigMap ${name} was changed at ${isoTime(changedAt)}, after ${revision} was first deployed: going back keeps its new content`;
};

const lastChange = ({
  managedFields = [],
  creationTimestamp,
}: {
  managedFields?: { time?: string | undefined }[] | undefined;
  creationTimestamp?: string | undefined;
}): number | undefined => {
  const times = [creationTimestamp, ...managedFields.map(({ time }) => time)]
    .map((time) => Date.parse(time ?? ''))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.max(...times);
};
