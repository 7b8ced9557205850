// The PASS account: bets that the rate is below a limit, and what it still needs to prove it.

import { bisect, logSumExp } from './numeric.ts';
import type { Tally } from './tally.ts';

/** The rates bet on, as multiples of the limit. */
const BETS = [0, 0.1, 0.25, 0.5, 0.75] as const;

/**
 * ln Q for all requests of the hold so far: Q = mean over c of exp([E ln c + (N-E) ln((1-c limit)/(1-limit))]/phi), c in {0, .1, .25, .5, .75};
 * the term of c = 0 is 0 after the first error.
 *
 * Guarantee: P(Q ever reaches C) <= 1/C while every request fails with probability >= `limit` given the past: each factor is then at most 1
 * in the mean (likelihood ratios, Wald 1945; Ville's inequality). phi = 1 is exact for independent requests, phi > 1 for clusters of
 * at most phi requests that fail together (Hölder's inequality).
 * @param limit above 0 and below 1
 */
export function logProof({ errors, requests }: Tally, limit: number, phi: number): number {
  const good = requests - errors;
  const logs = BETS.map((bet) => {
    if (bet === 0 && errors > 0) return Number.NEGATIVE_INFINITY;
    const lost = errors === 0 ? 0 : errors * Math.log(bet);
    return (lost + good * (Math.log1p(-bet * limit) - Math.log1p(-limit))) / phi;
  });
  return logSumExp(logs) - Math.log(BETS.length);
}

/**
 * The smallest rate p with Q(p) >= e^`logNeeded`; 1 when there is none.
 * "The rate is below p" is wrong with probability <= e^-`logNeeded`, at whatever moment one reads it.
 */
export function atMost(seen: Tally, phi: number, logNeeded: number): number {
  return bisect((rate) => logProof(seen, rate, phi) < logNeeded, 0, 1).outside;
}

/**
 * The smallest whole number m with Q(E + rate m, N + m) >= e^`logNeeded`: so many more requests that fail at `rate` would prove the limit.
 * Undefined when that rate can never prove it. 0 when it is proven already.
 */
export function requestsNeeded(
  seen: Tally,
  rate: number,
  limit: number,
  phi: number,
  logNeeded: number,
): number | undefined {
  const short = (more: number) =>
    logProof({ errors: seen.errors + rate * more, requests: seen.requests + more }, limit, phi) < logNeeded;
  if (!short(0)) return 0;
  let high = 1;
  while (short(high)) {
    high *= 2;
    if (high > Number.MAX_SAFE_INTEGER) return undefined;
  }
  // ln Q is convex in m and too small at 0, so it crosses once.
  return Math.ceil(bisect(short, 0, high).outside);
}
