// The verdict on an error rate: the sequential test over all units of the hold, against a limit made from the baseline.
import { duration, type History, type JudgePlan, judged, percent, seenOf, type Verdict } from '../../kit/index.ts';
import type { RateCase } from '../rates/case.ts';
import { judgeRate, noData, waiting } from '../rates/verdict.ts';
import { rateOf, shareText } from '../rates/words.ts';
import type { Seen } from './count.ts';
import type { Spec } from './spec.ts';
import { secondsOf, sumOf, type Unit, unitsIn, vanishedTraffic } from './traffic.ts';

/** Pure. Units of the roll-out and the warm-up are not judged. */
export const judge = (history: History<Seen>, spec: Spec): Verdict => {
  const samples = judged(history);
  const latest = seenOf(samples).at(-1);
  if (latest === undefined) return waiting('no_samples', 'no unit has been counted yet');
  const before = unitsIn(history.baseline.samples);
  if (latest.state === 'no_data') return noData(latest.selector, before.length > 0);
  const units = unitsIn(samples);
  const verdict = judgeUnits(units, caseOf(units, before, history.plan, spec));
  return verdict.outcome === 'fail' ? verdict : (vanishedTraffic(units, before, history) ?? verdict);
};

/** What was counted, and the terms on which it is weighed. */
export const caseOf = (units: Unit[], past: Unit[], plan: JudgePlan, spec: Spec): RateCase => ({
  units,
  control: units.flatMap(({ control }) => control ?? []),
  past,
  tolerance: spec.tolerate,
  plan,
  terms: spec,
});

const judgeUnits = (units: Unit[], given: RateCase): Verdict => {
  const seen = sumOf(units);
  const length = secondsOf(units) * 1000;
  if (seen.requests === 0) return waiting('no_traffic', `no requests in ${duration(length)}, so there is no rate`);
  return judgeRate({
    given,
    words: {
      counted: `${shareText(seen)} requests failed (${percent(rateOf(seen))}) in ${duration(length)}`,
      measure: 'rate',
      worse: 'worse',
    },
    reason: 'worse_than_before',
    provesChange: false,
    next: {
      worse: 'look at the log of the new release for the failing route and status',
      before: 'look for what broke it before this deploy: the releases before, a dependency, the database',
    },
    length,
    instances: units.map(({ instances = {} }) => instances),
  });
};
