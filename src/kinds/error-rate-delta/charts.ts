// The error rate over time, for reports.
import type { Chart, History } from '../../kit/index.ts';
import type { Seen } from './count.ts';
import { judge } from './judge.ts';
import type { Spec } from './spec.ts';
import { sumOf, unitsIn } from './traffic.ts';
import { rateOf } from './words.ts';

/** One point per unit that had requests, against the limit of the verdict. */
export const charts = (history: History<Seen>, spec: Spec): Chart[] => {
  const points = history.samples.flatMap((sample) =>
    'seen' in sample && sample.seen.state === 'counted' && sample.seen.requests > 0
      ? [{ at: sample.at, value: rateOf(sample.seen) }]
      : [],
  );
  if (points.length === 0) return [];
  const { limit, unit } = judge(history, spec);
  const before = sumOf(unitsIn(history.baseline.samples));
  return [
    {
      title: 'error rate',
      unit: 'share',
      ...(limit !== undefined && unit === 'share' ? { limit } : {}),
      ...(before.requests > 0 ? { baseline: rateOf(before) } : {}),
      series: [{ name: 'errors per request', points }],
    },
  ];
};
