// The verdict on an error rate: the sequential test over all units of the hold, against a limit made from the baseline.
import { duration, type History, type JudgePlan, judged, seenOf, type Verdict } from '../../kit/index.ts';
import { type Dispersion, dispersion } from '../../stats/dispersion.ts';
import { type Case, weigh, type Weighing } from '../../stats/weigh.ts';
import { undecided, unitsForProof, waiting } from '../rates/verdict.ts';
import { rateOf } from '../rates/words.ts';
import type { Seen, Tally } from './count.ts';
import { worstInstance } from './instances.ts';
import { secondsOf, sumOf, type Unit, unitsIn, vanishedTraffic } from './traffic.ts';
import type { Spec } from './spec.ts';
import { brokenCeilingText, doubtText, type Facts, failText, harmlessText, provenText, unprovenText } from './words.ts';

/** Pure. Units of the roll-out and the warm-up are not judged. */
export const judge = (history: History<Seen>, spec: Spec): Verdict => {
  const samples = judged(history);
  const latest = seenOf(samples).at(-1);
  if (latest === undefined) return waiting('no_samples', 'no unit has been counted yet');
  if (latest.state === 'no_data') return waiting('no_data', `${latest.selector} does not exist in the source`);
  const units = unitsIn(samples);
  const before = unitsIn(history.baseline.samples);
  const verdict = judgeRate(units, before, history, spec);
  return verdict.outcome === 'fail' ? verdict : (vanishedTraffic(units, before, history) ?? verdict);
};

const judgeRate = (units: Unit[], before: Unit[], { plan }: History<Seen>, spec: Spec): Verdict => {
  const seen = sumOf(units);
  if (seen.requests === 0)
    return waiting('no_traffic', `no requests in ${duration(secondsOf(units) * 1000)}, so there is no rate`);
  const { ceiling } = spec.tolerate;
  const weighing = weighed(units, before, plan, spec);
  const facts = factsOf(weighing, units, before, plan, spec);
  if (weighing.decision === 'fail') return { ...failed(facts, plan.absolute), ...numbers(weighing) };
  if (!weighing.ceilingWasBroken) return { ...unharmed(facts, plan.absolute), ...numbers(weighing) };
  // A baseline that was unhealthy itself is no measure: what remains is the ceiling.
  const alone = weigh({ ...termsOf(units, dispersion(before), plan, spec), tolerance: { ceiling } });
  if (alone.decision === 'fail') return { ...stillBroken(facts, ceiling), ...numbers(alone) };
  return { ...unharmed({ ...facts, weighing: alone, unhealthy: true }, plan.absolute), ...numbers(alone) };
};

const factsOf = (weighing: Weighing, units: Unit[], before: Unit[], plan: JudgePlan, spec: Spec): Facts => {
  const controls = sumOf(controlsOf(units));
  const past = controls.requests > 0 ? controls : sumOf(before);
  return {
    weighing,
    baseline: past.requests > 0 ? past : undefined,
    from: controls.requests > 0 ? 'control group' : 'baseline',
    unhealthy: false,
    spec,
    alpha: plan.alpha,
    beta: plan.beta,
    length: secondsOf(units) * 1000,
    worst: worstInstance(units, weighing.limit),
  };
};

const controlsOf = (units: Unit[]): Tally[] => units.flatMap(({ control }) => (control ? [control] : []));

const termsOf = (
  units: Unit[],
  spread: Dispersion | undefined,
  plan: JudgePlan,
  { strict }: Spec,
): Omit<Case, 'tolerance' | 'baseline'> => ({
  units,
  alpha: plan.alpha,
  beta: plan.beta,
  // Fixed before the first unit: a plan that grew with the data would void the guarantee.
  planned: Math.max(1, plan.units),
  strict,
  phi: spread?.upper,
  minUnitsForPass: unitsForProof,
});

/** What these units show against the control group, else the rate before the deploy, else the ceiling alone. */
export const weighed = (units: Unit[], before: Unit[], plan: JudgePlan, spec: Spec): Weighing => {
  const { tolerate } = spec;
  const past = sumOf(before);
  const control = controlsOf(units);
  const spread = dispersion(before);
  const terms = termsOf(units, spread, plan, spec);
  if (sumOf(control).requests > 0) return weigh({ ...terms, control, tolerance: tolerate });
  return past.requests > 0
    ? weigh({ ...terms, baseline: { ...past, phi: spread?.point }, tolerance: tolerate })
    : weigh({ ...terms, tolerance: { ceiling: tolerate.ceiling } });
};

const numbers = (weighing: Weighing): Pick<Verdict, 'value' | 'limit' | 'unit'> => ({
  value: rateOf(weighing),
  limit: weighing.limit,
  unit: 'share',
});

const failed = (facts: Facts, absolute: boolean): Verdict => {
  const onlyCeiling = facts.baseline === undefined;
  return {
    outcome: 'fail',
    settled: true,
    // What the control group lives through, too, is no difference: what is left belongs to the release.
    ...(facts.from === 'control group' ? { introduced: true } : {}),
    reason: onlyCeiling ? 'above_ceiling' : 'worse_than_before',
    because: `${failText(facts)}${onlyCeiling && !absolute ? '; without a baseline the ceiling alone decides' : ''}`,
    next: facts.worst
      ? `look at instance ${facts.worst.name} first, the others are better`
      : 'look at the log of the new release for the failing route and status first',
  };
};

const stillBroken = (facts: Facts, ceiling: number): Verdict => ({
  outcome: 'fail',
  settled: true,
  asks: 'block',
  reason: 'above_ceiling',
  because: brokenCeilingText(facts, facts.weighing, ceiling),
  next: 'look for what broke it before this deploy: the releases before, a dependency, the database',
});

/** Not proven bad. */
const unharmed = (facts: Facts, absolute: boolean): Verdict =>
  undecided(
    {
      weighing: facts.weighing,
      hasBaseline: facts.baseline !== undefined,
      minRequests: facts.spec.minRequests,
      require: facts.spec.require,
      absolute,
      length: facts.length,
    },
    {
      doubt: () => doubtText(facts),
      harmless: () => harmlessText(facts),
      proven: () => provenText(facts),
      unproven: () => unprovenText(facts),
      worse: 'worse',
    },
  );
