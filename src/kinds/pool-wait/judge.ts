// The verdict on a pool: confirmed faults, the graver first; else the mean over all looks, or that the pool is quiet.
import {
  type Chart,
  confirmedByWeight,
  duration,
  type History,
  judged,
  plural,
  probeVerdict,
  type Sample,
  seenOf,
  type Verdict,
} from '../../kit/index.ts';
import { faultOf } from './faults.ts';
import { goodText, totalOf, type Total } from './good.ts';
import { momentText } from './moment.ts';
import type { Seen } from './seen.ts';
import { meanWait, meanWaiters, slow } from './slowness.ts';
import type { Spec } from './spec.ts';

/** Pure. */
export const judge = (history: History<Seen>, spec: Spec): Verdict => {
  const samples = judged(history);
  const { failAfter } = history.plan;
  const looks = seenOf(samples);
  if (looks.at(-1)?.nothing !== undefined) return nothingRead(looks.at(-1)?.nothing ?? '');
  // `failAfter` bad looks in a row have `minAcquires` acquires together.
  const fewest = Math.max(1, Math.ceil(spec.minAcquires / failAfter));
  const worst = confirmedByWeight(samples, failAfter, (seen) => faultOf(seen, spec, fewest));
  const all = totalOf(looks);
  const verdict = probeVerdict(worst, history.plan, goodText(looks, spec));
  if (verdict.outcome !== 'pass') return { ...nextOf(verdict.reason), ...verdict };
  return slowAllAlong(looks, all, spec, failAfter) ?? tooFew(all, looks.at(-1), spec) ?? verdict;
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
const slowAllAlong = (looks: readonly Seen[], all: Total, spec: Spec, failAfter: number): Verdict | undefined => {
  const served = looks.filter(({ acquires = 0 }) => acquires > 0);
  if (served.length < failAfter || !served.every((seen) => isSlow(seen, spec))) return undefined;
  const found = slow({ ...looks.at(-1), ...all }, spec, Math.max(1, spec.minAcquires));
  return found && { outcome: 'fail', settled: true, ...found };
};

const isSlow = (seen: Seen, { limits }: Spec): boolean => (meanWait(seen) ?? 0) >= limits.block;

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

const points = (samples: readonly Sample<Seen>[], of: (seen: Seen) => number | undefined) =>
  samples.flatMap((sample) => {
    const value = 'seen' in sample ? of(sample.seen) : undefined;
    return value === undefined ? [] : [{ at: sample.at, value }];
  });

/** Waits and waiting callers over time. */
export const charts = ({ samples }: History<Seen>, { limits }: Spec): Chart[] => {
  const mean = points(samples, (seen) => seen.probed ?? meanWait(seen));
  const waiting = points(samples, (seen) => meanWaiters(seen) ?? seen.waiting);
  return [
    {
      title: 'wait for a connection',
      unit: 'ms',
      limit: limits.block,
      series: [{ name: 'wait', points: mean }],
    },
    { title: 'callers waiting', unit: 'callers', series: [{ name: 'waiting', points: waiting }] },
  ].filter(({ series }) => series.some((one) => one.points.length > 0));
};
