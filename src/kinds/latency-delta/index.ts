// The kind `latency-delta`: whether more requests are slow than before the deploy, counted at edges of a histogram.
import type { Kind } from '../../kit/index.ts';
import { charts } from './charts.ts';
import { timeForProof } from '../rates/case.ts';
import { openCounting } from '../rates/counting.ts';
import { countingOf, type Seen } from './count.ts';
import { judge } from './judge.ts';
import { type Spec, spec } from './spec.ts';

export const latencyDelta: Kind<Spec, Seen> = {
  holdpointKind: 1,
  name: 'latency-delta',
  layer: 'service',
  about:
    'Counts the requests that are slower than the edge of a histogram at a percentile before the deploy, and compares their share with the one ' +
    'before by the sequential test of error-rate-delta. Percentiles are never averaged or interpolated.',
  example: `latency-delta:
  prometheus:
    url: \${env:PROM_URL}
    histogram: http_request_duration_seconds_bucket{app="auth"}   # its buckets
  percentiles: [p50, p95, p99]
  tolerate: { points: 1pp, factor: 2 }`,
  spec,
  reasons: {
    no_sign_of_harm:
      'Nothing points to more slow requests than tolerated; how many could have stayed unseen is printed.',
    proven: 'The share of slow requests is proven to be within the tolerated one.',
    slower_than_before:
      'More requests are slow than tolerated, compared with before the deploy. Look whether the release waits for something: the pool, a lock, another service.',
    above_ceiling: 'More requests are slower than `slowerThan` than `tolerate.ceiling` allows in any case.',
    unproven_harm:
      'The share of slow requests is above the limit or somewhat suspicious, but too few requests were seen to prove it.',
    insufficient_traffic:
      'Too few requests for what `require: proof` or `minRequests` asks. More traffic would settle it.',
    no_baseline:
      'Nothing is known of the latency before the deploy. Run `holdpoint baseline` before the next deploy, or give `slowerThan` and `tolerate.ceiling`.',
    no_edge:
      'The bound lies within a bucket of the histogram, so slower requests cannot be counted. Set `slowerThan` to an edge, and keep the buckets the same across releases.',
    no_traffic: 'The histogram stands still: nobody asked anything.',
    no_data:
      'The histogram does not exist in the source. Check the selector `histogram`, and whether a process is left that is scraped.',
    no_histogram: 'The series have no edges (label `le`). Name the buckets: the metric that ends in `_bucket`.',
    no_samples: 'No unit has been counted yet.',
  },
  baseline: 'window',
  hypotheses: ({ percentiles, slowerThan }) => (slowerThan === undefined ? percentiles.length : 1),
  open: (given, world) => openCounting(given.from, world, countingOf(given)),
  leastTime: timeForProof,
  judge,
  charts,
  traffic: (seen) => (seen.state === 'counted' ? { requests: seen.requests, seconds: seen.seconds } : undefined),
};
