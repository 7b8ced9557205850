// The decision of a run: the worst action that any finding asks for. No scores, no weights.
import { type Action, type Cause, type Decision, worseAction } from '../kit/index.ts';
import type { Finding, Stop } from './finding.ts';
import { asksAmong, sufficesAlone } from './policy.ts';

/** What the run is allowed to do; flags and the profile only ever lower it. */
export interface Permission {
  rollback: boolean;
  /** A person is asked before anything is done. */
  asked?: boolean;
  /** Why not, as a sentence, when it is not. */
  because?: string;
}

/**
 * Decides. A rollback needs a confirmed failure introduced by the release and asked for by its check, and either one
 * that suffices alone or failures in two layers. Stops (nothing deployed, deadline …) block. No findings never pass.
 */
export const decide = (findings: readonly Finding[], stops: readonly Stop[], permission: Permission): Decision => {
  const wanting = findings.map((finding) => ({ finding, action: asksAmong(finding, findings) }));
  const worst = wanting.reduce<Action>(
    (action, next) => worseAction(action, next.action),
    stops.length > 0 ? 'block' : 'none',
  );
  const red = wanting.filter(({ action }) => action === 'rollback' || action === 'block').map(({ finding }) => finding);
  const causes = [...red.map(causeOf), ...stops];
  if (worst === 'rollback' && isJustified(wanting)) {
    const failures = red.filter(({ verdict }) => verdict.outcome === 'fail');
    // A roll-out that got stuck is no reason to go back, and part of what happened: a replay cannot find it out again.
    const facts = stops.filter(({ check }) => check === 'rollout');
    if (permission.rollback) return { action: 'rollback', because: [...failures.map(causeOf), ...facts] };
    return { action: 'block', because: causes, withheld: permission.because ?? 'this run may not roll back' };
  }
  if (worst === 'rollback' || worst === 'block') return { action: 'block', because: causes };
  if (findings.length === 0) return { action: 'block', because: [noChecks] };
  return { action: 'pass', because: findings.filter(({ verdict }) => verdict.outcome === 'pass').map(causeOf) };
};

const noChecks: Cause = { check: 'run', reason: 'no_checks', text: 'no check was looked at' };

const causeOf = ({ check, verdict }: Finding): Cause => ({
  check: check.id,
  reason: verdict.reason,
  text: verdict.because,
});

/** A check that only warns neither asks for a rollback nor counts as a second layer. */
const isJustified = (wanting: readonly { finding: Finding; action: Action }[]): boolean => {
  const failing = wanting.filter(
    ({ finding, action }) => finding.attribution === 'introduced' && (action === 'rollback' || action === 'block'),
  );
  const candidates = failing.filter(({ action }) => action === 'rollback');
  const failingLayers = new Set(failing.map(({ finding }) => finding.check.kind.layer));
  return candidates.some(({ finding }) => sufficesAlone(finding)) || (candidates.length > 0 && failingLayers.size >= 2);
};
