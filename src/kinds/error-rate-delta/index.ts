// The kind `error-rate-delta`: whether more requests fail than before the deploy, by a test that may be looked at all the time.
import type { Kind } from '../../kit/index.ts';
import { charts } from './charts.ts';
import { timeForProof } from '../rates/case.ts';
import { openCounting } from '../rates/counting.ts';
import { countingOf, type Seen } from './count.ts';
import { judge } from './judge.ts';
import { type Spec, spec } from './spec.ts';

export const errorRateDelta: Kind<Spec, Seen> = {
  holdpointKind: 1,
  name: 'error-rate-delta',
  layer: 'service',
  about:
    'Counts requests and failed requests in units of time and compares their rate with the one before the deploy, by a sequential test: ' +
    'however often one looks, an unchanged service is called worse with at most the chance `alpha`.',
  example: `error-rate-delta:
  prometheus:
    url: \${env:PROM_URL}
    total: http_requests_total{app="auth"}   # a raw counter, no rate()
    errors: code=~"5.."                      # matchers added to total, or a selector of its own
  tolerate: { points: 0.5pp, factor: 1.5, ceiling: 5% }`,
  spec,
  reasons: {
    no_sign_of_harm: 'Nothing points to more errors than tolerated; how many could have stayed unseen is printed.',
    proven: 'The rate is proven to be within the tolerated one.',
    worse_than_before:
      'More requests fail than tolerated, compared with before the deploy. Look at the log of the failing route.',
    above_ceiling: 'More requests fail than `tolerate.ceiling` allows in any case.',
    unproven_harm: 'The rate is above the limit or somewhat suspicious, but too few requests were seen to prove it.',
    insufficient_traffic:
      'Too few requests for what `require: proof` or `minRequests` asks. More traffic would settle it.',
    no_baseline:
      'Nothing is known of the rate before the deploy, so only the ceiling could be judged. Run `holdpoint baseline` before the next deploy.',
    no_traffic:
      'The counter stands still: nobody asked anything. An active check may stand in for it (`coveredBy: [login]`).',
    no_data:
      'The metric of all requests does not exist in the source. Check the selector `total`, and whether a process is left that is scraped.',
    no_samples: 'No unit has been counted yet.',
    traffic_vanished: 'Far fewer requests arrive than before. Look at the balancer and its health checks.',
  },
  baseline: 'window',
  sufficientAlone: true,
  hypotheses: () => 1,
  open: (given, world) => openCounting(given.from, world, countingOf(given)),
  leastTime: timeForProof,
  judge,
  charts,
  traffic: (seen) =>
    seen.state === 'counted' ? { requests: seen.requests, seconds: seen.seconds, failed: seen.errors } : undefined,
};
