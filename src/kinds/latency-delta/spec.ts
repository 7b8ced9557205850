// The keys of a `latency-delta` check.
import * as z from 'zod';
import { pointsSchema, positiveDuration, selectorText, sourceRef } from '../../kit/index.ts';
import { ceilingSchema, groups, refuseGroups, refusing, terms } from '../rates/spec.ts';

/** A histogram of durations; increases are taken on our side. */
const query = z.strictObject({
  /** Its buckets: `http_request_duration_seconds_bucket{app="auth"}`; series with `le` alone are cumulative, those with `gt` and `le` are not. */
  histogram: selectorText(),
  ...groups(),
});

/** Milliseconds in one unit of the histogram's edges. */
export const unitLengths = { s: 1000, ms: 1, us: 0.001 } as const;

/** More slow requests than before means: above `points` more AND above `factor` times as many. */
const toleranceSpec = z.strictObject({
  points: pointsSchema().prefault('1pp'),
  factor: z.number().min(1).default(2),
  /** The most in any case; needs `slowerThan`, because it says nothing of a bound that the baseline chooses. */
  ceiling: ceilingSchema().optional(),
});

const percentile = () => z.string().regex(/^p[1-9]\d(?:\.\d+)?$/, 'must be a percentile like p95 or p99.9');

export const spec = z
  .strictObject({
    from: sourceRef(query),
    /** In what the edges of the histogram are written. */
    unit: z.enum(['s', 'ms', 'us']).default('s'),
    /** Each is one test: requests slower than the edge at this percentile before the deploy are counted. */
    percentiles: z.array(percentile()).min(1).prefault(['p50', 'p95', 'p99']),
    /** In place of the percentiles: requests slower than this edge are counted. */
    slowerThan: positiveDuration().optional(),
    tolerate: toleranceSpec.prefault({}),
    ...terms(),
  })
  .refine(({ tolerate, slowerThan }) => tolerate.ceiling === undefined || slowerThan !== undefined, {
    path: ['tolerate', 'ceiling'],
    message: 'needs slowerThan: a ceiling is a share of the requests that are slower than a named bound',
  })
  .superRefine(({ from: { query: asked } }, context) =>
    refuseGroups('histogram', asked.histogram, asked, refusing(context)),
  );

export type Spec = z.infer<typeof spec>;
