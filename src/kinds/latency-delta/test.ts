// One sequential test: whether more requests are slower than a bound than tolerated.
import type { JudgePlan, Verdict } from '../../kit/index.ts';
import { dispersion } from '../../stats/dispersion.ts';
import { total } from '../../stats/tally.ts';
import type { Tolerance } from '../../stats/tolerance.ts';
import { weigh, type Weighing } from '../../stats/weigh.ts';
import { undecided, unitsForProof, waiting } from '../rates/verdict.ts';
import { rateOf } from '../rates/words.ts';
import { type Bound, bucketsOf, slowIn, splitAt, type Unit } from './bounds.ts';
import { secondsOf } from './seen.ts';
import type { Spec } from './spec.ts';
import {
  brokenCeilingText,
  cutText,
  doubtText,
  edgeText,
  type Facts,
  failText,
  harmlessText,
  provenText,
  unprovenText,
} from './words.ts';

/** The edges among which the baseline chooses that of a percentile, at most: the finest grid of a log has 90 per decade. */
const mostEdges = 512;

/** What may become slower. At a percentile at most half of the fast requests may: twice the slow half of a p50 would be all. */
const toleranceAt = ({ share }: Bound, before: number, { tolerate }: Spec): Tolerance => {
  if (share === undefined) return tolerate;
  const usual = Math.max(share, before);
  return { ...tolerate, factor: Math.min(tolerate.factor, (1 + usual) / (2 * usual)) };
};

/** What these units show at this bound, and in which terms. */
export const weighed = (
  bound: Bound,
  units: readonly Unit[],
  before: readonly Unit[],
  plan: JudgePlan,
  spec: Spec,
): { weighing: Weighing; facts: Facts; ceilingAlone: () => Weighing } => {
  const earlier = slowIn(before, bound);
  const spread = dispersion(earlier);
  const past = total(earlier);
  const baseline = past.requests > 0 ? past : undefined;
  const terms = {
    units: slowIn(units, bound),
    alpha: plan.alpha,
    beta: plan.beta,
    // Fixed before the first unit: a plan that grew with the data would void the guarantee.
    planned: Math.max(1, plan.units),
    strict: spec.strict,
    phi: spread?.upper,
    minUnitsForPass: unitsForProof,
    choices: bound.share === undefined ? 1 : mostEdges,
  };
  const tolerance = toleranceAt(bound, rateOf(past), spec);
  const ceilingAlone = (): Weighing => weigh({ ...terms, tolerance: { ceiling: tolerance.ceiling } });
  const weighing = baseline
    ? weigh({ ...terms, baseline: { ...baseline, phi: spread?.point }, tolerance })
    : ceilingAlone();
  const { alpha, beta } = plan;
  const length = secondsOf(units) * 1000;
  return { weighing, facts: { bound, weighing, baseline, tolerance, alpha, beta, length }, ceilingAlone };
};

/** The verdict at one bound. */
export const judgeBound = (
  bound: Bound,
  units: readonly Unit[],
  before: readonly Unit[],
  plan: JudgePlan,
  spec: Spec,
): Verdict => {
  const { ceiling } = spec.tolerate;
  const { weighing, facts, ceilingAlone } = weighed(bound, units, before, plan, spec);
  const numbers = { value: rateOf(weighing), limit: weighing.limit, unit: 'share' };
  const cutBefore = cutAt(bound, before, 'before the deploy');
  if (cutBefore) return cutBefore;
  if (!facts.baseline && ceiling === undefined) return waiting('no_baseline', noLimit(bound));
  // What a bound cuts counts as fast, so a failure stands, whatever was cut.
  if (weighing.decision === 'fail') return { ...failed(facts), ...numbers };
  const cut = cutAt(bound, units, 'any more: the release has other buckets');
  if (cut) return cut;
  if (ceiling !== undefined && weighing.ceilingWasBroken && ceilingAlone().decision === 'fail')
    return { ...stillBroken(facts, ceiling), ...numbers, limit: ceiling };
  return { ...unharmed(facts, spec, plan.absolute), ...numbers };
};

const noLimit = ({ ms }: Bound): string =>
  `nothing is known of the time before the deploy, and without tolerate.ceiling any share slower than ${edgeText(ms)} could be usual`;

const cutAt = (bound: Bound, units: readonly Unit[], when: string): Verdict | undefined => {
  const buckets = bucketsOf(units);
  if (splitAt(buckets, bound.ms).cut === 0) return undefined;
  const [above, upTo] = buckets.find((bucket) => splitAt([bucket], bound.ms).cut > 0) ?? [0, null];
  const around = upTo === null ? `the bucket above ${edgeText(above)}` : `${edgeText(above)} to ${edgeText(upTo)}`;
  return waiting('no_edge', cutText(bound, around, when));
};

const failed = (facts: Facts): Verdict => ({
  outcome: 'fail',
  settled: true,
  // What was proven is a change against the time before, which nothing but an unusual hour or this release explains.
  ...(facts.baseline ? { introduced: true } : {}),
  reason: facts.baseline ? 'slower_than_before' : 'above_ceiling',
  because: failText(facts),
  next: 'look at the slowest route of the new release first, and whether it waits: for a connection of the pool, a lock, another service',
});

const stillBroken = (facts: Facts, ceiling: number): Verdict => ({
  outcome: 'fail',
  settled: true,
  asks: 'block',
  reason: 'above_ceiling',
  because: brokenCeilingText(facts, facts.weighing, ceiling),
  next: 'look for what slowed it down before this deploy: the releases before, a dependency, the database',
});

/** Not proven slower. */
const unharmed = (facts: Facts, { minRequests, require }: Spec, absolute: boolean): Verdict =>
  undecided(
    {
      weighing: facts.weighing,
      hasBaseline: facts.baseline !== undefined,
      minRequests,
      require,
      absolute,
      length: facts.length,
    },
    {
      doubt: () => doubtText(facts),
      harmless: () => harmlessText(facts),
      proven: () => provenText(facts),
      unproven: () => unprovenText(facts),
      worse: 'slower',
    },
  );
