// The verdict on latency: for each percentile the sequential test on the requests that were slower than its edge.
import { duration, type History, judged, seenOf, type Verdict } from '../../kit/index.ts';
import { type Bound, boundsOf, type Unit } from './bounds.ts';
import type { Seen } from './count.ts';
import { secondsOf, unitsIn } from './seen.ts';
import type { Spec } from './spec.ts';
import { noData, waiting } from '../rates/verdict.ts';
import { judgeBound } from './test.ts';

/** Pure. Units of the roll-out and the warm-up are not judged. */
export const judge = (history: History<Seen>, spec: Spec): Verdict => {
  const samples = judged(history);
  const latest = seenOf(samples).at(-1);
  if (latest === undefined) return waiting('no_samples', 'no unit has been counted yet');
  const before = unitsIn(history.baseline.samples);
  if (latest.state === 'no_data') return noData(latest.selector, before.length > 0);
  if (latest.state === 'no_histogram') return waiting(latest.state, noEdges(latest.selector));
  const units = unitsIn(samples);
  if (units.every(({ requests }) => requests === 0))
    return waiting('no_traffic', `no requests in ${duration(secondsOf(units) * 1000)}, so there is nothing to time`);
  const bounds = boundsOf(spec, before);
  if (bounds.length === 0) return waiting('no_baseline', withoutBaseline);
  return together(bounds, units, before, history, spec);
};

const noEdges = (selector: string): string =>
  `${selector} has series without the label le: name the buckets of a histogram, as in http_request_duration_seconds_bucket`;

const withoutBaseline =
  'no baseline to take percentiles from; set slowerThan and tolerate.ceiling for a limit without one';

/** The worst first: a failure, then what is open, then what passes with a caveat, then what is proven. */
const rank = ({ outcome, reason }: Verdict): number => {
  if (outcome === 'fail') return 0;
  if (outcome === 'error') return 1;
  if (outcome === 'inconclusive') return 2;
  return reason === 'proven' ? 4 : 3;
};

/** How near to its limit. */
const nearness = ({ value = 0, limit = 1 }: Verdict): number => value / limit;

/** One verdict out of all tests: that of the worst one, with the others as parts. */
const together = (bounds: Bound[], units: Unit[], before: Unit[], { plan }: History<Seen>, spec: Spec): Verdict => {
  const tests = bounds.map((bound) => ({ bound, verdict: judgeBound(bound, units, before, plan, spec) }));
  const [worst] = tests.toSorted(
    (a, b) => rank(a.verdict) - rank(b.verdict) || nearness(b.verdict) - nearness(a.verdict),
  );
  if (!worst) return waiting('no_baseline', withoutBaseline);
  if (tests.length === 1) return worst.verdict;
  const parts = tests.map(({ bound, verdict }) => ({
    name: bound.name,
    outcome: verdict.outcome,
    because: verdict.because,
  }));
  return { ...worst.verdict, settled: settled(worst.verdict, tests), parts };
};

/** A failure stands by itself; a pass only when every test has passed. */
const settled = (worst: Verdict, tests: readonly { verdict: Verdict }[]): boolean =>
  worst.outcome === 'fail' ? worst.settled : tests.every(({ verdict }) => verdict.settled);
