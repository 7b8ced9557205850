// The objects of the tests' cluster, with optimistic concurrency, and controllers that roll pod templates out.
import { createHash, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion: string;
    generation: number;
    creationTimestamp: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
    ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller: boolean }[];
    managedFields?: { manager: string; time: string }[];
  };
  // oxlint-disable-next-line no-explicit-any -- as free as the real thing
  spec?: any;
  // oxlint-disable-next-line no-explicit-any -- as free as the real thing
  status?: any;
  data?: Record<string, string>;
}

/** What a write was refused for, as an HTTP status. */
export class Refused extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export interface Cluster {
  objects: Map<string, KubeObject>;
  /** Off: a new template is stored and nothing happens, as while a controller is behind. */
  controllers: boolean;
  /** Replicas that become available of each roll-out; by default all. */
  available: number | undefined;
  /** How many writes there were. */
  version: number;
  get(kind: string, name: string): KubeObject;
  /** Creates, or replaces what was read at this resourceVersion. Throws `Refused`. */
  put(object: KubeObject): KubeObject;
  /** Runs the controllers until nothing changes. */
  reconcile(): void;
}

const families: Record<string, { label: string; annotation: string }> = {
  Deployment: { label: 'pod-template-hash', annotation: 'deployment.kubernetes.io/revision' },
  Rollout: { label: 'rollouts-pod-template-hash', annotation: 'rollout.argoproj.io/revision' },
};

export const createCluster = (): Cluster => {
  const cluster: Cluster = {
    objects: new Map(),
    controllers: true,
    available: undefined,
    version: 100,
    get: (kind, name) => {
      const found = cluster.objects.get(`${kind}/${name}`);
      if (!found) throw new Refused(404, 'NotFound', `${kind.toLowerCase()}s "${name}" not found`);
      return structuredClone(found);
    },
    put: (object) => store(cluster, object),
    reconcile: () => {
      if (!cluster.controllers) return;
      const workloads = [...cluster.objects.values()].filter(({ kind }) => families[kind]);
      for (const object of workloads) rollOut(cluster, object);
    },
  };
  return cluster;
};

/** `generation` moves with the spec alone; `resourceVersion` with every write. */
const store = (cluster: Cluster, object: KubeObject): KubeObject => {
  const key = `${object.kind}/${object.metadata.name}`;
  const before = cluster.objects.get(key);
  if (before && before.metadata.resourceVersion !== object.metadata.resourceVersion)
    throw new Refused(
      409,
      'Conflict',
      `Operation cannot be fulfilled on "${object.metadata.name}": the object has been modified; please apply your changes to the latest version and try again`,
    );
  cluster.version += 1;
  const spec = decoded(object.spec);
  const moved = before && !isDeepStrictEqual(before.spec, spec);
  const metadata = {
    ...object.metadata,
    resourceVersion: String(cluster.version),
    generation: (before?.metadata.generation ?? 0) + (moved || !before ? 1 : 0),
  };
  const stored = structuredClone({ ...object, spec, metadata });
  cluster.objects.set(key, stored);
  return structuredClone(stored);
};

/** What an author writes. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  name: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  spec?: unknown;
  data?: Record<string, string>;
  changedAt?: string;
}

/** Applies a manifest as a deploy does: keeps what the controllers have added. */
export const apply = (cluster: Cluster, manifest: Manifest): void => {
  const { apiVersion, kind, name, labels = {}, annotations = {}, changedAt, ...body } = manifest;
  const before = cluster.objects.get(`${kind}/${name}`);
  const metadata = before?.metadata ?? {
    name,
    namespace: 'prod',
    uid: randomUUID(),
    resourceVersion: '',
    generation: 0,
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: {},
    annotations: {},
  };
  cluster.put({
    ...before,
    apiVersion,
    kind,
    ...body,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...labels },
      annotations: { ...metadata.annotations, ...annotations },
      ...(changedAt === undefined ? {} : { managedFields: [{ manager: 'kubectl', time: changedAt }] }),
    },
  });
  cluster.reconcile();
};

/** As the real server decodes what it gets: absent, null and empty are one, and keys have no order. */
const decoded = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const entries = Object.entries(value)
    .map(([key, each]) => [key, decoded(each)] as const)
    .filter(([, each]) => each !== undefined && JSON.stringify(each) !== '{}')
    .sort(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(entries);
};

const hashOf = (template: unknown): string =>
  createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 9);

const replicaSetsOf = (cluster: Cluster, owner: KubeObject): KubeObject[] =>
  [...cluster.objects.values()].filter(
    ({ kind, metadata }) =>
      kind === 'ReplicaSet' && metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid),
  );

/** What the Deployment controller does: a ReplicaSet per template, renumbered to the highest revision when it returns. */
const rollOut = (cluster: Cluster, given: KubeObject): void => {
  const { label, annotation } = families[given.kind] ?? { label: '', annotation: '' };
  const owner = cluster.get(given.kind, given.metadata.name);
  const { template } = owner.spec;
  const hash = hashOf(template);
  const all = replicaSetsOf(cluster, owner);
  const numbers = all.map(({ metadata }) => Number(metadata.annotations[annotation]));
  const newest = Math.max(0, ...numbers);
  const existing = all.find(({ metadata }) => metadata.labels[label] === hash);
  const revision = existing && Number(existing.metadata.annotations[annotation]) === newest ? newest : newest + 1;
  const name = `${owner.metadata.name}-${hash}`;
  const labels = { ...template.metadata.labels, [label]: hash };
  cluster.put({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: owner.metadata.namespace,
      uid: existing?.metadata.uid ?? randomUUID(),
      resourceVersion: existing?.metadata.resourceVersion ?? '',
      generation: 0,
      creationTimestamp: existing?.metadata.creationTimestamp ?? '2026-01-02T00:00:00Z',
      labels,
      annotations: { [annotation]: String(revision) },
      ownerReferences: [
        {
          apiVersion: owner.apiVersion,
          kind: owner.kind,
          name: owner.metadata.name,
          uid: owner.metadata.uid,
          controller: true,
        },
      ],
    },
    spec: { replicas: owner.spec.replicas, template: { ...template, metadata: { ...template.metadata, labels } } },
    status: { replicas: owner.spec.replicas, readyReplicas: cluster.available ?? owner.spec.replicas },
  });
  owner.metadata.annotations[annotation] = String(revision);
  owner.status = statusOf(cluster, owner, hash);
  cluster.put(owner);
};

const statusOf = (cluster: Cluster, { kind, spec, metadata, status }: KubeObject, hash: string) => {
  const { replicas } = spec;
  const available = Math.min(cluster.available ?? replicas, replicas);
  const counts = { replicas, updatedReplicas: replicas, availableReplicas: available };
  if (kind === 'Deployment')
    return {
      ...counts,
      observedGeneration: metadata.generation,
      conditions: [{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' }],
    };
  const done = available === replicas;
  return {
    ...counts,
    observedGeneration: String(metadata.generation),
    currentPodHash: hash,
    stableRS: done ? hash : (status?.stableRS ?? hash),
    phase: done ? 'Healthy' : 'Progressing',
  };
};
