// From a rate before the deploy to the highest rate that is tolerated after it.

import { within } from './tally.ts';

/** What may become worse, as shares: 0.005 points are 0.5 pp. Parts that are not given do not count. */
export interface Tolerance {
  /** Points added to the rate, 0 to 1. */
  points?: number | undefined;
  /** Multiple of the rate, at least 1. */
  factor?: number | undefined;
  /** The rate is never tolerated above this, whatever it was before: above 0, at most 1. */
  ceiling?: number | undefined;
}

/** Rates below this count as 0: double precision cannot tell them apart. */
export const LEAST = 1e-15;
/** Above this there is no room left for worse. */
const MOST = 0.95;

/**
 * g(p) = min(ceiling, 0.95, max(p + points, factor p)): worse means that BOTH margins are exceeded, the ceiling is hard.
 * With a ceiling alone, g(p) = min(ceiling, 0.95); with nothing at all, g(p) = min(0.95, p). g never falls as p grows, which the guarantee of `limits` needs.
 * @throws RangeError for a part outside its range.
 */
export function tolerated(rate: number, { points, factor, ceiling }: Tolerance): number {
  const margins: number[] = [];
  if (points !== undefined) margins.push(rate + within('tolerance: points', points, 0, 1));
  if (factor !== undefined) margins.push(rate * within('tolerance: factor', factor, 1, Number.MAX_SAFE_INTEGER));
  if (margins.length === 0) margins.push(ceiling === undefined ? rate : 1);
  const hard = ceiling === undefined ? 1 : within('tolerance: ceiling', ceiling, LEAST, 1);
  return Math.max(LEAST, Math.min(hard, MOST, Math.max(...margins)));
}
