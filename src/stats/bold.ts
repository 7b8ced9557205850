// The bold account: bets on "this unit's error share exceeds the limit"; exact, and quick on large regressions.

import { logSumExp } from './numeric.ts';

/** Shares of the capital put at stake in each unit: small stakes find small excesses, large ones find outages in two units. */
const STAKES = [0.05, 0.12, 0.3, 0.6, 0.9, 0.98] as const;

/**
 * ln A, the natural logarithm of the bold account after the units whose error shares (errors/requests, 0 to 1) are given, oldest first.
 *
 * For each stake f: R <- (R + w_t)(1 - f + f x_t/limit), from R = 0, where w_0 = 1/2 and w_t = 1/(2(planned-1)) for the other planned units;
 * A = mean of R over the stakes + what has not been put in yet. A fresh start at every unit keeps an outage that begins late from
 * having to pay back the good minutes before it.
 *
 * Guarantee: while the expected share of each unit, given the past, is at most `limit`, A never exceeds C with a probability above 1/C,
 * however often one looks (Ville's inequality, 1939). Nothing is assumed about requests inside a unit, about traffic or about when one stops.
 * Betting: Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS-B 86, 2024, arXiv 2010.09686.
 * Starts at every time: Shin, Ramdas and Rinaldo, "E-detectors", arXiv 2203.03532; weights that sum to 1 keep the plain guarantee.
 * @param limit between 1e-15 and 1
 * @param planned number of units in the whole hold, at least 1; later units add no fresh starts
 */
export function logBold(shares: readonly number[], limit: number, planned: number): number {
  const accounts = STAKES.map((stake) => logAccount(shares, stake, limit, planned) - Math.log(STAKES.length));
  return logSumExp([...accounts, Math.log(reserve(shares.length, planned))]);
}

/**
 * ln R of one stake. Amounts are kept as held x e^log (so `one` is the amount 1) and moved into the exponent only when `held` threatens
 * to leave the range of a double: as exact as adding logarithms at every unit, and many times quicker.
 */
function logAccount(shares: readonly number[], stake: number, limit: number, planned: number): number {
  const perUnit = 1 / (2 * (planned - 1));
  const gain = stake / limit;
  let held = 0;
  let log = 0;
  let one = 1;
  for (let at = 0; at < shares.length; at += 1) {
    if (at < planned) held += (at === 0 ? 0.5 : perUnit) * one;
    held *= 1 - stake + gain * (shares[at] ?? 0);
    if (held > 1e200 || held < 1e-200) {
      log += Math.log(held);
      one = Math.exp(-log);
      held = 1;
    }
  }
  return Math.log(held) + log;
}

/** The part of the starting capital that has not been put into an account after `units` units. */
function reserve(units: number, planned: number): number {
  if (units === 0) return 1;
  return planned === 1 ? 0.5 : Math.max(0, (planned - units) / (2 * (planned - 1)));
}
