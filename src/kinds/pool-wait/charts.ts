// Waits and waiting callers over time.
import type { Chart, History, Sample } from '../../kit/index.ts';
import { lowestLimit, meanBefore } from './good.ts';
import type { Seen } from './seen.ts';
import { meanWait, meanWaiters } from './slowness.ts';
import type { Spec } from './spec.ts';

const points = (samples: readonly Sample<Seen>[], of: (seen: Seen) => number | undefined) =>
  samples.flatMap((sample) => {
    const value = 'seen' in sample ? of(sample.seen) : undefined;
    return value === undefined ? [] : [{ at: sample.at, value }];
  });

/** Waits and waiting callers over time. */
export const charts = (history: History<Seen>, spec: Spec): Chart[] => {
  const samples = [...history.baseline.samples, ...history.samples];
  const before = meanBefore(history, spec);
  const mean = points(samples, (seen) => seen.probed ?? meanWait(seen));
  const waiting = points(samples, (seen) => meanWaiters(seen) ?? seen.waiting);
  return [
    {
      title: 'wait for a connection',
      unit: 'ms',
      limit: lowestLimit(before, spec),
      ...(before === undefined ? {} : { baseline: before }),
      series: [{ name: 'wait', points: mean }],
    },
    { title: 'callers waiting', unit: 'callers', series: [{ name: 'waiting', points: waiting }] },
  ].filter(({ series }) => series.some((one) => one.points.length > 0));
};
