// What a finding asks of the run: the check's policy applied to its outcome and attribution.
import { type Action, milderAction } from '../kit/index.ts';
import type { Finding } from './finding.ts';

/** Reasons of `inconclusive` that a named active check may stand in for. */
const coverable = new Set(['no_data', 'no_traffic', 'insufficient_traffic']);

/** The action that one finding asks for by itself; a rollback needs a failure that this release introduced. */
export const asks = ({ check, verdict, attribution }: Finding): Action => {
  switch (verdict.outcome) {
    case 'pass':
      return 'none';
    case 'inconclusive':
      return check.onInconclusive;
    case 'error':
      return check.onError;
    case 'fail': {
      const wanted = milderAction(check.onFail, verdict.asks ?? 'rollback');
      return attribution === 'introduced' ? wanted : milderAction(wanted, 'block');
    }
    default:
      return verdict.outcome satisfies never;
  }
};

/** As `asks`, but an inconclusive rate is only a warning when every check in its `coveredBy` passed. */
export const asksAmong = (finding: Finding, all: readonly Finding[]): Action => {
  const { check, verdict } = finding;
  const wanted = asks(finding);
  if (verdict.outcome !== 'inconclusive' || !coverable.has(verdict.reason) || check.coveredBy.length === 0)
    return wanted;
  const passed = new Set(all.filter((other) => other.verdict.outcome === 'pass').map((other) => other.check.id));
  return check.coveredBy.every((id) => passed.has(id)) ? milderAction(wanted, 'warn') : wanted;
};

/**
 * A failure that justifies a rollback by itself. On a database limit that holds only when the release is proven to own
 * the growth: other services share the same slots.
 */
export const sufficesAlone = ({ check, verdict }: Finding): boolean =>
  check.sufficientAlone && (check.kind.layer !== 'database' || verdict.introduced === true);
