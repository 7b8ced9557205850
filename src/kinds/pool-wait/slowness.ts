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

/** The mean wait is above a limit. */
export const slow = (seen: Seen, spec: Spec, fewest: number): Fault | undefined => {
  const mean = meanWait(seen);
  const over = mean === undefined || (seen.acquires ?? 0) < fewest ? undefined : breach(mean, spec);
  return (
    over && {
      ...over,
      reason: 'slow',
      because: `the pool is slow: mean wait ${duration(mean ?? 0)} over ${acquiresText(seen.acquires ?? 0, spec)} (limit ${duration(over.limit)})${momentText(seen)}`,
      next: compare,
    }
  );
};

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
