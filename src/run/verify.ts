// Holds the failed checks again after a rollback, with fresh histories, until they are green or the deadline passes.
import { type Clock, duration, type Emit, type RollbackPlan, type Verification } from '../kit/index.ts';
import type { Finding } from './finding.ts';
import { hold } from './hold.ts';
import { afresh, type Watched } from './watched.ts';

/** Verifies; the new samples are added to the checks' own, so that the record shows them. */
export const verify = async (
  failed: readonly Watched[],
  plan: RollbackPlan['verify'],
  options: { warmup: number; clock: Clock; emit: Emit; signal: AbortSignal },
): Promise<Verification & { findings: Finding[] }> => {
  const { clock, emit } = options;
  const text = `verifying the rollback: ${failed.map(({ check }) => check.id).join(', ')} must be green for ${duration(plan.for)}`;
  emit({ type: 'phase', at: clock.now(), phase: 'verify', length: plan.deadline, text });
  const fresh = failed.map(afresh);
  const { end, findings } = await hold(fresh, { ...options, phase: 'verify', plan, sticky: false });
  fresh.forEach(({ samples }, index) => {
    failed[index]?.samples.push(...samples);
  });
  if (end === 'green')
    return { green: true, findings, because: `${listed(findings)} green again for ${duration(plan.for)}.` };
  return { green: false, findings, because: stillFailing(findings, plan) };
};

const listed = (findings: readonly Finding[]): string => {
  const ids = findings.map(({ check }) => check.id);
  return `${ids.join(', ')} ${ids.length === 1 ? 'is' : 'are'}`;
};

const stillFailing = (findings: readonly Finding[], plan: RollbackPlan['verify']): string => {
  const red = findings.filter(({ verdict }) => verdict.outcome !== 'pass' || !verdict.settled);
  const reasons = red.map(({ check, verdict }) => `${check.id}: ${verdict.because}`).join('; ');
  return `After ${duration(plan.deadline)} not green: ${reasons || 'not all at the same time'}.`;
};
