// One sequential test: whether more requests are slower than a bound than tolerated.
import { duration, type JudgePlan, percent, type Verdict } from '../../kit/index.ts';
import { type Tally, total } from '../../stats/tally.ts';
import type { Tolerance } from '../../stats/tolerance.ts';
import type { RateCase } from '../rates/case.ts';
import { judgeRate, waiting } from '../rates/verdict.ts';
import { rateOf, shareText } from '../rates/words.ts';
import { type Bound, bucketsOf, slowIn, splitAt, type Unit, widened } from './bounds.ts';
import type { Bucket } from './count.ts';
import { secondsOf } from './seen.ts';
import type { Spec } from './spec.ts';
import { boundText, cutText, edgeText, widenedText } from './words.ts';

/** The edges among which the baseline chooses that of a percentile, at most: the finest grid of a log has 90 per decade. */
const mostEdges = 512;

/** What may become slower. At a percentile at most half of the fast requests may: twice the slow half of a p50 would be all. */
const toleranceAt = ({ share }: Bound, before: number, { tolerate }: Spec): Tolerance => {
  if (share === undefined) return tolerate;
  const usual = Math.max(share, before);
  return { ...tolerate, factor: Math.min(tolerate.factor, (1 + usual) / (2 * usual)) };
};

const controlsOf = (units: readonly Unit[]): Bucket[][] => units.flatMap(({ control }) => (control ? [control] : []));

/** What was counted at this bound, and the terms on which it is weighed. */
export const caseOf = (
  bound: Bound,
  units: readonly Unit[],
  before: readonly Unit[],
  plan: JudgePlan,
  spec: Spec,
): RateCase => {
  const past = slowIn(before, bound);
  return {
    units: slowIn(units, bound),
    control: controlsOf(units).map((buckets) => splitAt(buckets, bound.ms)),
    past,
    tolerance: toleranceAt(bound, rateOf(total(past)), spec),
    choices: bound.share === undefined ? 1 : mostEdges,
    plan,
    terms: spec,
  };
};

/** The verdict at one bound. */
export const judgeBound = (
  bound: Bound,
  units: readonly Unit[],
  before: readonly Unit[],
  plan: JudgePlan,
  spec: Spec,
): Verdict => {
  const given = caseOf(bound, units, before, plan, spec);
  const measure = total([...given.past, ...given.control]);
  if (measure.requests === 0 && spec.tolerate.ceiling === undefined) return waiting('no_baseline', noLimit(bound));
  const beside = [...bucketsOf(before), ...controlsOf(units).flat()];
  const all = [...beside, ...bucketsOf(units)];
  const isCut = splitAt(all, bound.ms).cut > 0;
  // What a bound cuts counts as fast, so a failure stands, whatever was cut after the deploy.
  const verdict = judgeAt(bound, units, given);
  if (!isCut || (verdict.outcome === 'fail' && splitAt(beside, bound.ms).cut === 0)) return verdict;
  const next = widened(bound, all);
  return next ? judgeAnew(next, units, caseOf(next, units, before, plan, spec)) : noEdge(bound, units, before);
};

/** The promise of a failure holds for a bound that stood fixed before: here nothing is proven, but much may be harmless. */
const judgeAnew = (bound: Bound, units: readonly Unit[], given: RateCase): Verdict => {
  const { asks: _, introduced: __, next: ___, ...verdict } = judgeAt(bound, units, given);
  if (verdict.outcome !== 'fail') return verdict;
  return { ...verdict, ...waiting('unproven_harm', widenedText(verdict.because)) };
};

const noEdge = (bound: Bound, units: readonly Unit[], before: readonly Unit[]): Verdict =>
  cutAt(bound, bucketsOf(before), 'before the deploy') ??
  cutAt(bound, controlsOf(units).flat(), 'in the control group') ??
  waiting('no_edge', cutText(bound, aroundText(bound, bucketsOf(units)), 'any more: the release has other buckets'));

const judgeAt = (bound: Bound, units: readonly Unit[], given: RateCase): Verdict => {
  const seen = total(given.units);
  const length = secondsOf(units) * 1000;
  return judgeRate({
    given,
    words: {
      counted: `${shareText(seen)} requests took longer than ${boundText(bound)}, ${percent(rateOf(seen))} in ${duration(length)}`,
      measure: 'share',
      worse: 'slower',
    },
    reason: 'slower_than_before',
    // A bound that the baseline chose says nothing of the baseline itself: the change is all that is known.
    provesChange: true,
    next: {
      worse:
        'look at the slowest route of the new release, and whether it waits: for a connection of the pool, a lock, another service',
      before: 'look for what slowed it down before this deploy: the releases before, a dependency, the database',
    },
    length,
    instances: units.map(({ instances = {} }) => slowOf(instances, bound)),
  });
};

const slowOf = (instances: Readonly<Record<string, Bucket[]>>, { ms }: Bound): Record<string, Tally> =>
  Object.fromEntries(Object.entries(instances).map(([name, buckets]) => [name, splitAt(buckets, ms)]));

const noLimit = ({ ms }: Bound): string =>
  `nothing is known of the time before the deploy, and without tolerate.ceiling any share slower than ${edgeText(ms)} could be usual`;

const cutAt = (bound: Bound, buckets: readonly Bucket[], when: string): Verdict | undefined =>
  splitAt(buckets, bound.ms).cut > 0 ? waiting('no_edge', cutText(bound, aroundText(bound, buckets), when)) : undefined;

/** The bucket that the bound cuts. */
const aroundText = ({ ms }: Bound, buckets: readonly Bucket[]): string => {
  const [above, upTo] = buckets.find((bucket) => splitAt([bucket], ms).cut > 0) ?? [0, null];
  return upTo === null ? `the bucket above ${edgeText(above)}` : `${edgeText(above)} to ${edgeText(upTo)}`;
};
