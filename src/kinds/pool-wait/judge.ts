// The verdict on a pool: confirmed faults, the graver first; else the mean over all looks, or that the pool is quiet.
import {
  type Confirmation,
  confirmedByWeight,
  duration,
  type Fault,
  type History,
  judged,
  type JudgePlan,
  plural,
  probeVerdict,
  type Sample,
  seenOf,
  type Verdict,
} from '../../kit/index.ts';
import { faultOf } from './faults.ts';
import { goodText, lowestLimit, meanBefore, totalOf, type Total } from './good.ts';
import { momentText } from './moment.ts';
import type { Seen } from './seen.ts';
import { acquiresText, meanWait, meanWaiters, shortTime, slow } from './slowness.ts';
import type { Spec } from './spec.ts';

/** Pure. */
export const judge = (history: History<Seen>, spec: Spec): Verdict => {
  const samples = judged(history);
  const { failAfter } = history.plan;
  const looks = seenOf(samples);
  if (looks.at(-1)?.nothing !== undefined) return nothingRead(looks.at(-1)?.nothing ?? '');
  const before = meanBefore(history, spec);
  // `failAfter` bad looks in a row have `minAcquires` acquires together.
  const bar = { fewest: Math.max(1, Math.ceil(spec.minAcquires / failAfter)), before };
  const worst = confirmedAmong(samples, failAfter, (seen) => faultOf(seen, spec, bar));
  const all = totalOf(looks);
  const verdict = probeVerdict(worst, history.plan, goodText(looks, spec, before));
  if (verdict.outcome !== 'pass') return { ...nextOf(verdict.reason), ...verdict };
  return (
    slowAllAlong(looks, all, spec, history.plan, before) ??
    tooFew(all, looks.at(-1), spec) ??
    slowAndQuiet(looks, all, spec, failAfter) ??
    verdict
  );
};

/** Those of the newest look; what could not be looked at at all belongs to none. */
const presentGroups = (samples: readonly Sample<Seen>[]): Set<string | undefined> => {
  const telling = samples.filter((sample) => 'seen' in sample || sample.missed.by === 'target');
  const newest = telling.at(-1)?.at;
  return new Set(telling.filter(({ at }) => at === newest).map(({ group }) => group));
};

/**
 * The worst of all groups; one that is gone (a process of the release before) counts only for what was confirmed of it,
 * because its few samples will never become enough.
 */
const confirmedAmong = (
  samples: readonly Sample<Seen>[],
  failAfter: number,
  fault: (seen: Seen) => Fault | undefined,
): Confirmation => {
  const worst = confirmedByWeight(samples, failAfter, fault);
  const present = presentGroups(samples);
  return worst.state === 'confirmed'
    ? worst
    : confirmedByWeight(
        samples.filter(({ group }) => present.has(group)),
        failAfter,
        fault,
      );
};

/** Where to look first when PgBouncer did not answer: the size of the pool says nothing then. */
const nexts: Readonly<Record<string, string>> = {
  pool_unreachable: 'look whether PgBouncer runs, then at its log and the network between',
  process_missing: 'look which PgBouncer process of the host does not run, then at its log',
};

const nextOf = (reason: string): Pick<Verdict, 'next'> => {
  const next = nexts[reason];
  return next === undefined ? {} : { next };
};

const nothingRead = (selectors: string): Verdict => ({
  outcome: 'inconclusive',
  settled: false,
  reason: 'no_data',
  because: `none of these exists in the source: ${selectors}`,
});

/** A quiet pool has too few acquires in each look, yet enough in all of them, and every look was slow. */
const slowAllAlong = (
  looks: readonly Seen[],
  all: Total,
  spec: Spec,
  { failAfter }: JudgePlan,
  before: number | undefined,
): Verdict | undefined => {
  const served = looks.filter(({ acquires = 0 }) => acquires > 0);
  const limit = lowestLimit(before, spec);
  if (served.length < failAfter || !served.every((seen) => (meanWait(seen) ?? 0) >= limit)) return undefined;
  const found = slow({ ...looks.at(-1), ...all }, spec, { fewest: Math.max(1, spec.minAcquires), before });
  return found && { outcome: 'fail', settled: true, ...found };
};

/** Few acquires are no harm while nobody waits; else nothing can be said yet. */
const tooFew = (all: Total, latest: Seen | undefined, { minAcquires }: Spec): Verdict | undefined => {
  if (all.acquires >= minAcquires || !latest?.waiting || meanWaiters(latest) !== undefined) return undefined;
  return {
    outcome: 'inconclusive',
    settled: false,
    reason: 'too_few',
    because: `${plural(all.acquires, 'acquire')} in ${duration(all.seconds * 1000)} are too few for a mean (${minAcquires} are needed)${momentText(latest)}`,
  };
};

/** A quiet pool whose callers wait too long is neither proven bad nor good, unless the last ones waited less. */
const slowAndQuiet = (looks: readonly Seen[], all: Total, spec: Spec, failAfter: number): Verdict | undefined => {
  const { block } = spec.limits;
  const recent = totalOf(looks.filter(({ acquires = 0 }) => acquires > 0).slice(-failAfter));
  const mean = meanWait(all) ?? 0;
  const isQuiet = recent.acquires < spec.minAcquires;
  if (!isQuiet || mean < block || (meanWait(recent) ?? 0) < block) return undefined;
  return {
    outcome: 'inconclusive',
    settled: false,
    reason: 'too_few',
    because: `mean wait ${shortTime(mean)} over ${acquiresText(all.acquires, spec)} is above the limit of ${duration(block)}, but too few callers show whether that lasts (${spec.minAcquires} in ${plural(failAfter, 'look')} are needed)${momentText(looks.at(-1) ?? {})}`,
    value: mean,
    limit: block,
    unit: 'ms',
  };
};
