// The error rate over time, for reports.
import { type Chart, type History, judged, type Sample } from '../../kit/index.ts';
import { weighRate } from '../rates/case.ts';
import { rateOf } from '../rates/words.ts';
import type { Seen } from './count.ts';
import { caseOf, judge } from './judge.ts';
import type { Spec } from './spec.ts';
import { sumOf, unitsIn } from './traffic.ts';

/** One point per unit that had requests, before the deploy and since, against the limit of the verdict. */
export const charts = (history: History<Seen>, spec: Spec): Chart[] => {
  const { baseline, samples } = history;
  const points = [...baseline.samples, ...samples].flatMap((sample) =>
    'seen' in sample && sample.seen.state === 'counted' && sample.seen.requests > 0
      ? [{ at: sample.at, value: rateOf(sample.seen) }]
      : [],
  );
  if (points.length === 0) return [];
  const { limit, unit } = judge(history, spec);
  const before = sumOf(unitsIn(baseline.samples));
  const band = bandOf(history, spec);
  return [
    {
      title: 'error rate',
      unit: 'share',
      ...(limit !== undefined && unit === 'share' ? { limit } : {}),
      ...(before.requests > 0 ? { baseline: rateOf(before) } : {}),
      ...(band.length > 0 ? { band: { name: 'the true rate, as far as it is proven', points: band } } : {}),
      series: [{ name: 'errors per request', points }],
    },
  ];
};

type Band = NonNullable<Chart['band']>['points'];

/** Each moment weighs all units before it anew, so that a long hold gets only so many. */
const mostMoments = 60;

/**
 * What was proven of the true rate after each unit of the hold; it narrows, and its end is what the verdict says. What was
 * seen after a rollback is of another release.
 */
const bandOf = (history: History<Seen>, spec: Spec): Band => {
  const units = judged(history).filter((sample) => isCounted(sample) && sample.phase !== 'verify');
  const before = unitsIn(history.baseline.samples);
  return evenly(units.length, mostMoments).flatMap((index) => {
    const so = unitsIn(units.slice(0, index + 1));
    const unit = units[index];
    if (!unit || sumOf(so).requests === 0) return [];
    const { atLeast, atMost } = weighRate(caseOf(so, before, history.plan, spec)).weighing;
    return [{ at: unit.at, low: atLeast, high: atMost }];
  });
};

const isCounted = (sample: Sample<Seen>): boolean => 'seen' in sample && sample.seen.state === 'counted';

/** Places within a list of so many, spread evenly; the last one is always among them. */
const evenly = (length: number, most: number): number[] => {
  const shown = Math.min(length, most);
  return Array.from({ length: shown }, (_, index) => Math.ceil(((index + 1) * length) / shown) - 1);
};
