// The parts of Kubernetes objects that count for a rollback; a pod template is kept whole.
import * as z from 'zod';
import { once } from '../../../kit/once.ts';

const texts = once(() => z.record(z.string(), z.string()).optional());

const metadata = once(() =>
  z.object({
    name: z.string(),
    uid: z.string().optional(),
    generation: z.number().optional(),
    creationTimestamp: z.string().optional(),
    labels: texts(),
    annotations: texts(),
    ownerReferences: z
      .array(z.object({ kind: z.string(), name: z.string(), uid: z.string(), controller: z.boolean().optional() }))
      .optional(),
    managedFields: z.array(z.object({ manager: z.string().optional(), time: z.string().optional() })).optional(),
  }),
);

export type Metadata = z.infer<ReturnType<typeof metadata>>;

/** `spec.template`: whatever a cluster knows of. */
const template = once(() => z.record(z.string(), z.unknown()));

export type Template = z.infer<ReturnType<typeof template>>;

const selector = once(() =>
  z.object({
    matchLabels: texts(),
    matchExpressions: z
      .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).optional() }))
      .optional(),
  }),
);

export type Selector = z.infer<ReturnType<typeof selector>>;

const count = once(() => z.number().optional());

/** A Deployment or an Argo Rollout. */
export const workloadSchema = once(() =>
  z.object({
    kind: z.string(),
    metadata: metadata(),
    spec: z.object({
      replicas: count(),
      paused: z.boolean().optional(),
      revisionHistoryLimit: count(),
      progressDeadlineSeconds: count(),
      selector: selector().optional(),
      template: template().optional(),
    }),
    status: z
      .object({
        // A number in a Deployment, a text in a Rollout.
        observedGeneration: z.union([z.number(), z.string()]).optional(),
        replicas: count(),
        updatedReplicas: count(),
        availableReplicas: count(),
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() }))
          .optional(),
        // Of an Argo Rollout alone.
        phase: z.string().optional(),
        message: z.string().optional(),
        abort: z.boolean().optional(),
        stableRS: z.string().optional(),
        currentPodHash: z.string().optional(),
      })
      .optional(),
  }),
);

export type WorkloadObject = z.infer<ReturnType<typeof workloadSchema>>;

const replicaSet = once(() => z.object({ metadata: metadata(), spec: z.object({ template: template() }) }));

export type ReplicaSet = z.infer<ReturnType<typeof replicaSet>>;

/** What `kubectl get replicasets` prints. */
export const replicaSetsSchema = once(() => z.object({ items: z.array(replicaSet()) }));

/** One object of which only its metadata count. */
export const objectSchema = once(() => z.object({ metadata: metadata() }));
