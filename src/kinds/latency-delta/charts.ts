// The share of slow requests over time, one chart for each bound, for reports.
import type { Chart, History, Sample } from '../../kit/index.ts';
import { total } from '../../stats/tally.ts';
import { weighRate } from '../rates/case.ts';
import { rateOf } from '../rates/words.ts';
import { type Bound, boundsOf, slowIn, splitAt } from './bounds.ts';
import type { Seen } from './count.ts';
import { unitsIn } from './seen.ts';
import type { Spec } from './spec.ts';
import { caseOf } from './test.ts';
import { edgeText } from './words.ts';

/** One point per unit that had requests, before the deploy and since, against the limit of the verdict. */
export const charts = (history: History<Seen>, spec: Spec): Chart[] => {
  const before = unitsIn(history.baseline.samples);
  return boundsOf(spec, before).flatMap((bound) => {
    const points = pointsAt([...history.baseline.samples, ...history.samples], bound);
    if (points.length === 0) return [];
    const past = total(slowIn(before, bound));
    const { weighing } = weighRate(caseOf(bound, [], before, history.plan, spec));
    const known = past.requests > 0;
    return [
      {
        title: `requests slower than ${edgeText(bound.ms)}${bound.share === undefined ? '' : ` (${bound.name} before)`}`,
        unit: 'share',
        ...(known || spec.tolerate.ceiling !== undefined ? { limit: weighing.limit } : {}),
        ...(known ? { baseline: rateOf(past) } : {}),
        series: [{ name: 'slow requests per request', points }],
      },
    ];
  });
};

const pointsAt = (samples: readonly Sample<Seen>[], { ms }: Bound): { at: number; value: number }[] =>
  samples.flatMap((sample) =>
    'seen' in sample && sample.seen.state === 'counted' && sample.seen.requests > 0
      ? [{ at: sample.at, value: rateOf(splitAt(sample.seen.buckets, ms)) }]
      : [],
  );
