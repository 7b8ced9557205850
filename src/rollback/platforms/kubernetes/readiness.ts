// Whether every replica of a Deployment runs its pod template: the rules of `kubectl rollout status`.
import { plural } from '../../../kit/index.ts';
import type { Workload } from './workload.ts';

export interface Readiness {
  settled: boolean;
  text: string;
}

const notYet = (text: string): Readiness => ({ settled: false, text });

/** As `kubectl rollout status` does it (k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go), and stricter: nothing running is not ready. */
export const readinessOf = ({ object, revision }: Pick<Workload, 'object' | 'revision'>): Readiness => {
  const { generation = 0 } = object.metadata;
  const { replicas = 1, paused = false, progressDeadlineSeconds = 600 } = object.spec;
  const { observedGeneration = 0, conditions = [], ...status } = object.status ?? {};
  const { updatedReplicas: updated = 0, availableReplicas: available = 0, replicas: all = 0 } = status;
  if (Number(observedGeneration) < generation)
    return notYet(`its controller has not taken up generation ${generation} yet`);
  if (replicas === 0) return notYet('is scaled to 0 replicas: nothing runs');
  const runs = `${updated} of ${plural(replicas, 'replica')} run ${revision}`;
  if (paused) return notYet(`${runs}, and the roll-out is paused`);
  if (conditions.some(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded'))
    return notYet(`${runs}, ${available} available: no progress for ${progressDeadlineSeconds} s`);
  if (updated < replicas) return notYet(runs);
  if (all > updated) return notYet(`${runs}, ${plural(all - updated, 'old one')} still there`);
  if (available < updated) return notYet(`${runs}, ${available} of them available`);
  return { settled: true, text: runs };
};
