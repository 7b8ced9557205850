// What is wrong with a pool whose callers are served, but late: by the mean, by waiting callers, by the tail, by a probe.
import { duration, type Fault, percent, plural } from '../../kit/index.ts';
import { shareWithin } from './histogram.ts';
import { momentText } from './moment.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';
import { countedOf } from './mapping.ts';

const compare =
  'compare the size of the pool with that of the release before, then look for connections that are held for long';

/** Mean wait in milliseconds of those who were served since the look before; undefined when it is not known. */
export const meanWait = ({ waited, acquires }: Pick<Seen, 'waited' | 'acquires'>): number | undefined =>
  waited !== undefined && acquires !== undefined && acquires > 0 ? (waited / acquires) * 1000 : undefined;

/**
 * Callers waiting on average, by Little's law: time waited per time passed. Only where acquires are not counted, so that
 * there is no mean wait.
 */
export const meanWaiters = ({ waited, acquires, seconds }: Seen): number | undefined =>
  waited !== undefined && acquires === undefined && seconds !== undefined && seconds > 0 ? waited / seconds : undefined;

/** `100 acquires`, and what the pool leaves out of that count. */
export const acquiresText = (acquires: number, { from }: Spec): string =>
  plural(acquires, 'acquire') +
  (countedOf(from?.query) === 'waited' ? ' that waited, the only ones that the pool counts' : '');

/** Which limit a time (milliseconds) is above; undefined below both. */
const breach = (
  ms: number,
  { limits }: Spec,
): (Pick<Fault, 'asks' | 'value' | 'limit' | 'unit'> & { limit: number }) | undefined => {
  if (ms < limits.block) return undefined;
  const severe = ms >= limits.rollback;
  return {
    ...(severe ? {} : { asks: 'block' as const }),
    value: ms,
    limit: severe ? limits.rollback : limits.block,
    unit: 'ms',
  };
};

/** What a mean wait is held against beside the limits. */
export interface Bar {
  /** A mean over fewer acquires says nothing. */
  fewest: number;
  /** Mean wait before the deploy, milliseconds; undefined without a baseline that tells. */
  before: number | undefined;
}

/** The mean wait is above a limit, or above what is tolerated after the one before the deploy. */
export const slow = (seen: Seen, spec: Spec, { fewest, before }: Bar): Fault | undefined => {
  const mean = meanWait(seen);
  if (mean === undefined || (seen.acquires ?? 0) < fewest) return undefined;
  const fact = `mean wait ${shortTime(mean)} over ${acquiresText(seen.acquires ?? 0, spec)}`;
  const over = breach(mean, spec);
  if (!over) return slowerThanBefore(seen, mean, fact, before, spec);
  const because = `the pool is slow: ${fact} (limit ${duration(over.limit)})${momentText(seen)}`;
  return { ...over, reason: 'slow', because, next: compare };
};

/** Milliseconds from which a mean wait is worse than before: BOTH margins are exceeded, so that 0.1 ms may become 1 ms. */
export const toleratedMean = (before: number, { tolerate }: Spec): number =>
  Math.max(before * tolerate.factor, before + tolerate.plus);

const slowerThanBefore = (
  seen: Seen,
  mean: number,
  fact: string,
  before: number | undefined,
  spec: Spec,
): Fault | undefined => {
  const limit = before === undefined ? undefined : toleratedMean(before, spec);
  if (before === undefined || limit === undefined || mean < limit) return undefined;
  return {
    asks: 'block',
    reason: 'slower_than_before',
    because: `the pool is slower than before: ${fact}, ${shortTime(before)} in the baseline (limit ${shortTime(limit)}: ${spec.tolerate.factor} times and ${duration(spec.tolerate.plus)} more)${momentText(seen)}`,
    next: compare,
    value: mean,
    limit,
    unit: 'ms',
  };
};

/** Below 100 ms a whole number says too little. */
export const shortTime = (ms: number): string =>
  ms > 0 && ms < 100 ? `${Number(ms.toPrecision(ms < 10 ? 2 : 3))} ms` : duration(ms);

/** Too many callers wait on average. */
export const crowded = (seen: Seen, { limits }: Spec): Fault | undefined => {
  const waiters = meanWaiters(seen);
  return waiters !== undefined && waiters >= limits.waiters
    ? {
        asks: 'block',
        reason: 'crowded',
        because: `${waitersText(waiters)} (limit ${waitersNumber(limits.waiters)}; this PgBouncer counts no acquires in session mode, so that there is no mean wait)${momentText(seen)}`,
        next: compare,
        value: waiters,
        limit: limits.waiters,
        unit: 'callers waiting',
      }
    : undefined;
};

const waitersNumber = (waiters: number): string => String(Number(waiters.toFixed(waiters < 10 ? 1 : 0)));

/** `2.5 callers were waiting on average`. */
export const waitersText = (waiters: number): string => `${waitersNumber(waiters)} callers were waiting on average`;

/** Surely fewer waits than wanted were short: counted at the first bound from the limit on. */
export const longTail = (seen: Seen, { limits: { tail } }: Spec, fewest: number): Fault | undefined => {
  const { buckets, observed = 0 } = seen;
  if (!tail || !buckets || observed < fewest) return undefined;
  const share = shareWithin({ buckets, observed }, tail.within);
  return share < tail.share
    ? {
        asks: 'block',
        reason: 'long_tail',
        because: `only ${percent(share)} of ${plural(observed, 'wait')} can have been within ${duration(tail.within)} (wanted: ${percent(tail.share)})${momentText(seen)}`,
        next: compare,
        value: share * 100,
        limit: tail.share * 100,
        unit: '%',
      }
    : undefined;
};

/** An acquire of our own took too long. */
export const slowProbe = ({ probed }: Seen, spec: Spec): Fault | undefined => {
  const over = probed === undefined ? undefined : breach(probed, spec);
  return (
    over && {
      ...over,
      reason: 'slow',
      because: `the pool is slow: SELECT 1 through it took ${duration(probed ?? 0)} (limit ${duration(over.limit)})`,
      next: compare,
    }
  );
};
