// Native histograms as the query API of Prometheus writes them: one series for each of their buckets.
import * as z from 'zod';
import type { RawSeries } from './raw-series.ts';

/**
 * `[seconds, { count, sum, buckets: [[rule, "left", "right", "count"]] }]`; the counts are of each bucket alone. The rule says
 * which edge belongs to the bucket; requests exactly on an edge are too few to matter.
 * https://prometheus.io/docs/prometheus/latest/querying/api/#native-histograms
 */
export const histogramPoint = () =>
  z
    .tuple([
      z.number(),
      z.object({ buckets: z.array(z.tuple([z.number(), z.string(), z.string(), z.string()])).optional() }),
    ])
    .transform(([seconds, { buckets = [] }]) => ({
      at: Math.round(seconds * 1000),
      buckets: buckets.map(([, gt, le, count]) => ({ gt, le, count: Number(count) })),
    }));

/** Of a histogram without requests: it is there, which is not the same as no histogram. */
const nothing = [{ gt: '-1', le: '0', count: 0 }];

type HistogramPoint = z.output<ReturnType<typeof histogramPoint>>;

/** Series with the labels `gt` and `le`; an absent bucket is empty, and has no point. */
export const bucketSeries = (metric: Record<string, string>, histograms: readonly HistogramPoint[]): RawSeries[] => {
  const series = new Map<string, RawSeries>();
  for (const { at, buckets } of histograms)
    for (const { gt, le, count } of buckets.length > 0 ? buckets : nothing) {
      const known = series.get(`${gt} ${le}`) ?? { labels: { ...metric, gt, le }, points: [] };
      series.set(`${gt} ${le}`, known);
      known.points.push({ at, value: count });
    }
  return [...series.values()];
};
