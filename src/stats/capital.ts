// The FAIL account: one capital out of the bold and the steady account, and the rate that it proves at least.

import { logBold } from './bold.ts';
import { decreasingRoot, logSumExp } from './numeric.ts';
import { logSteady, type Steadiness, steadiness } from './steady.ts';
import type { Tally } from './tally.ts';
import { LEAST } from './tolerance.ts';

/** The units of a hold, made ready for betting against any number of limits. */
export interface Bets {
  shares: readonly number[];
  /** Undefined when only the exact account may bet. */
  steadiness: Steadiness | undefined;
  planned: number;
}

/**
 * Makes checked units (`readUnits`), oldest first, ready.
 * @param planned number of units in the whole hold
 * @param strict true leaves the steady account out: the guarantee is exact, small regressions take longer
 * @param phi how strongly errors came in clusters before (`dispersion().upper`); known, the steady account bets from five units on, not ten
 */
export function placeBets(units: readonly Tally[], planned: number, strict: boolean, phi?: number): Bets {
  const shares = units.map((unit) => unit.errors / unit.requests);
  return { shares, steadiness: strict ? undefined : steadiness(units, phi), planned };
}

/**
 * ln of the capital against `limit`: A when strict, else (A + B)/2. It starts at 0 (capital 1) and falls as the limit rises.
 *
 * Guarantee: P(capital ever reaches C) <= 1/C while no unit's expected share exceeds `limit` (the mean of two e-processes is one:
 * Ramdas and Wang, "Hypothesis testing with e-values", 2025, arXiv 2410.23614); exact for A, asymptotic for B.
 */
export function logCapital(bets: Bets, limit: number): number {
  const bold = logBold(bets.shares, limit, bets.planned);
  if (bets.steadiness === undefined) return bold;
  return logSumExp([bold, logSteady(bets.steadiness, limit)]) - Math.LN2;
}

/**
 * The largest rate p with capital(p) >= e^`logNeeded`, to 1e-12 of itself; 0 when there is none.
 * "It has run at p or more in some stretch since the deploy" is wrong with probability <= e^-`logNeeded`, at whatever moment one reads it.
 */
export function atLeast(bets: Bets, logNeeded: number): number {
  const surplus = (logRate: number) => logCapital(bets, Math.exp(logRate)) - logNeeded;
  const low = Math.log(LEAST);
  const high = Math.log(bets.shares.reduce((top, share) => Math.max(top, share), 0));
  if (surplus(low) < 0) return 0;
  // Against its largest share no unit has won anything, so the capital there is at most 1.
  return Math.exp(decreasingRoot(surplus, low, high, 1e-12));
}
