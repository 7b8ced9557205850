// The sentence of a pool that is well: what was measured, over how much, and what waits now.
import { duration, type Fault, type History, percent, plural, seenOf } from '../../kit/index.ts';
import { atMost, waitsOf } from './histogram.ts';
import { momentText } from './moment.ts';
import type { Seen } from './seen.ts';
import { acquiresText, meanWait, meanWaiters, shortTime, toleratedMean, waitersText } from './slowness.ts';
import type { Spec } from './spec.ts';

/** Waits and acquires of all looks. */
export interface Total {
  seconds: number;
  waited: number;
  acquires: number;
}

export const totalOf = (looks: readonly Seen[]): Total =>
  looks.reduce<Total>(
    (sum, { seconds = 0, waited = 0, acquires = 0 }) => ({
      seconds: sum.seconds + seconds,
      waited: sum.waited + waited,
      acquires: sum.acquires + acquires,
    }),
    { seconds: 0, waited: 0, acquires: 0 },
  );

/** Mean wait over the whole baseline, of all processes: those of the release have other names. Nothing by hand. */
export const meanBefore = ({ baseline, plan }: History<Seen>, { minAcquires }: Spec): number | undefined => {
  const all = totalOf(seenOf(baseline.samples));
  return plan.absolute || all.acquires < minAcquires ? undefined : meanWait(all);
};

type Sentence = Omit<Fault, 'reason'>;

/** What a passing verdict says. `before`: mean wait before the deploy, milliseconds. */
export const goodText = (looks: readonly Seen[], spec: Spec, before: number | undefined): Sentence => {
  const [all, latest] = [totalOf(looks), looks.at(-1) ?? {}];
  return (
    probedText(looks, spec) ??
    meanText(all, looks, spec, before) ??
    crowdText(all, latest, spec) ?? { because: `no acquires in ${duration(all.seconds * 1000)}${momentText(latest)}` }
  );
};

const meanText = (all: Total, looks: readonly Seen[], spec: Spec, before: number | undefined): Sentence | undefined => {
  const { minAcquires } = spec;
  const limit = lowestLimit(before, spec);
  const made = before === undefined ? '' : `, ${shortTime(before)} in the baseline`;
  const mean = meanWait(all);
  if (mean === undefined) return undefined;
  const quiet = all.acquires < minAcquires ? ', which is few' : '';
  const acquires = `${acquiresText(all.acquires, spec)}${quiet}`;
  return {
    because: `mean wait ${shortTime(mean)} over ${acquires} (limit ${shortTime(limit)}${made})${tailText(looks, spec)}${momentText(looks.at(-1) ?? {})}`,
    value: mean,
    limit,
    unit: 'ms',
  };
};

/** Milliseconds from which a mean wait is bad. */
export const lowestLimit = (before: number | undefined, spec: Spec): number =>
  Math.min(spec.limits.block, before === undefined ? Infinity : toleratedMean(before, spec));

/** Said of the share that the check names, else of 95 %. */
const tailText = (looks: readonly Seen[], { limits: { tail } }: Spec): string => {
  const waits = waitsOf(looks);
  const last = waits?.buckets.at(-1)?.[0];
  if (!waits || last === undefined) return '';
  const share = tail?.share ?? 0.95;
  const bound = atMost(waits, share);
  return bound === undefined
    ? `, more than ${percent(1 - share)} waited longer than ${shortTime(last)}`
    : `, ${percent(share)} waited at most ${shortTime(bound)}`;
};

const crowdText = (all: Total, latest: Seen, { limits }: Spec): Sentence | undefined => {
  const waiters = meanWaiters({ ...latest, waited: all.waited, seconds: all.seconds });
  if (waiters === undefined || latest.waited === undefined) return undefined;
  return {
    because: `${waitersText(waiters)} in ${duration(all.seconds * 1000)} (limit ${limits.waiters})${momentText(latest)}`,
    value: waiters,
    limit: limits.waiters,
    unit: 'callers waiting',
  };
};

const probedText = (looks: readonly Seen[], { limits }: Spec): Sentence | undefined => {
  const times = looks.flatMap(({ probed }) => (probed === undefined ? [] : [probed]));
  if (times.length === 0) return undefined;
  const mean = times.reduce((sum, one) => sum + one, 0) / times.length;
  return {
    because: `SELECT 1 through the pool took ${shortTime(mean)} on average, ${shortTime(Math.max(...times))} at most, in ${plural(times.length, 'look')} (limit ${duration(limits.block)})`,
    value: mean,
    limit: limits.block,
    unit: 'ms',
  };
};
