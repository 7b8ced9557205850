// Short forms of checks, verdicts and findings for tables.
import type { Attribution, CheckPlan, Layer, Outcome, Verdict } from '../../src/kit/index.ts';
import type { Finding } from '../../src/run/finding.ts';
import { scriptedKind } from './fake-kind.ts';

/** A check of a layer with the profile's defaults. */
export const check = (id: string, layer: Layer = 'service', over: Partial<CheckPlan> = {}): CheckPlan => ({
  id,
  kind: scriptedKind(() => 0, { layer }),
  spec: {},
  title: id,
  every: 1000,
  timeout: 1000,
  failAfter: 3,
  errorGrace: 3000,
  onFail: 'rollback',
  onInconclusive: 'block',
  onError: 'block',
  coveredBy: [],
  sufficientAlone: false,
  ...over,
});

/** A verdict with sentences made of its outcome. */
export const verdict = (outcome: Exclude<Outcome, 'skipped'>, over: Partial<Verdict> = {}): Verdict => ({
  outcome,
  settled: true,
  reason: outcome === 'pass' ? 'ok' : 'too_high',
  because: `it is ${outcome}`,
  ...over,
});

export const finding = (
  plan: CheckPlan,
  said: Verdict,
  attribution: Attribution = said.outcome === 'fail' ? 'introduced' : 'none',
): Finding => ({ check: plan, verdict: said, attribution });
