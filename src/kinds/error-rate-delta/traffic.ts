// Units added up, and the traffic that vanished: what a rate cannot see.
import { count, duration, type History, type Sample, seenOf, type Verdict } from '../../kit/index.ts';
import type { Seen, Tally } from './count.ts';

/** A unit in which the counters could be compared. */
export type Unit = Extract<Seen, { state: 'counted' }>;

/** Traffic below this share of what the baseline lets expect has vanished, when so many requests were expected. */
const vanished = { share: 0.2, expected: 50, window: 60 };

/** The units among samples. */
export const unitsIn = (samples: readonly Sample<Seen>[]): Unit[] =>
  seenOf(samples).filter((seen) => seen.state === 'counted');

/** All units together. */
export const sumOf = (units: readonly Tally[]): Tally => ({
  requests: units.reduce((sum, unit) => sum + unit.requests, 0),
  errors: units.reduce((sum, unit) => sum + unit.errors, 0),
});

/** Length of all units together. */
export const secondsOf = (units: readonly Unit[]): number => units.reduce((sum, unit) => sum + unit.seconds, 0);

/** Traffic of the night is not that of the day: only the end of a long baseline says what to expect now. Seconds. */
const expectedFrom = 3600;

/** The last units, as many as fit into the window (seconds), newest last. */
const recent = (units: readonly Unit[], window: number): Unit[] => {
  const kept: Unit[] = [];
  for (const unit of units.toReversed()) {
    if (secondsOf(kept) + unit.seconds > window) break;
    kept.unshift(unit);
  }
  return kept;
};

/** A rate cannot see that nobody comes any more. A heuristic without a guarantee, so it only blocks. */
export const vanishedTraffic = (units: Unit[], before: Unit[], { plan }: History<Seen>): Verdict | undefined => {
  const last = recent(units, vanished.window);
  const seconds = secondsOf(last);
  const lately = recent(before, expectedFrom);
  const perSecond = secondsOf(lately) > 0 ? sumOf(lately).requests / secondsOf(lately) : 0;
  const expected = perSecond * seconds;
  const { requests } = sumOf(last);
  if (last.length < plan.failAfter || expected < vanished.expected || requests >= vanished.share * expected)
    return undefined;
  return {
    outcome: 'fail',
    settled: true,
    asks: 'block',
    reason: 'traffic_vanished',
    because: `${count(requests)} requests in ${duration(seconds * 1000)} (baseline ${rounded(perSecond)} per second lets expect ${count(expected)}); a rate of so few says nothing`,
    next: 'look whether requests reach the service at all: the balancer, its health checks, DNS',
    value: requests / seconds,
    limit: vanished.share * perSecond,
    unit: 'requests/s',
  };
};

const rounded = (value: number): string => String(Number(value.toPrecision(2)));
