// The two fixed rates that a hold is weighed against, set before it begins.

import { type Baseline, lowerLimit, upperLimit } from './baseline-limits.ts';
import { atLeast, placeBets } from './capital.ts';
import { atMost } from './proof.ts';
import { type Tally, total } from './tally.ts';
import { type Tolerance, tolerated } from './tolerance.ts';

/** The limits of a hold and where they come from. All are shares of the requests. */
export interface Limits {
  /** A rate above it is worse than tolerated: the FAIL account bets on that. */
  limit: number;
  /** A rate below it is certainly tolerated: the PASS account bets on that. Never above `limit`. */
  passLimit: number;
  /** The baseline's rate was at most `upper` and at least `lower`, with the risks given. */
  upper: number;
  lower: number;
  /** The baseline already stood above the ceiling, so it was left out: going back would not help against it. */
  ceilingWasBroken: boolean;
}

/**
 * limit = g(upper limit of the baseline at `failRisk`), passLimit = g(lower limit at `passRisk`), fixed before the hold begins.
 * Without a baseline every rate was possible: limit = g(1), passLimit = g(0).
 *
 * Guarantee: the limit is below the tolerated multiple of the true baseline rate with probability <= `failRisk`, because g never falls.
 * @throws RangeError as `upperLimit` and `tolerated`.
 */
export function limits(baseline: Baseline, tolerance: Tolerance, failRisk: number, passRisk: number): Limits {
  return between(lowerLimit(baseline, passRisk), upperLimit(baseline, failRisk), tolerance);
}

/** The limits that follow from the highest and the lowest rate before. */
function between(lower: number, upper: number, tolerance: Tolerance): Limits {
  const ceilingWasBroken = tolerance.ceiling !== undefined && lower > tolerance.ceiling;
  const kept = ceilingWasBroken ? { ...tolerance, ceiling: undefined } : tolerance;
  return { limit: tolerated(upper, kept), passLimit: tolerated(lower, kept), upper, lower, ceilingWasBroken };
}

/**
 * Several baselines (just before, yesterday at this hour): the most lenient limit, so that a usual peak is no regression,
 * and the strictest pass limit, so that a quiet hour cannot be proven by a busy one. `upper` and `lower` span all of them.
 */
export function limitsOfAll(all: readonly Limits[]): Limits {
  return {
    limit: Math.max(...all.map((one) => one.limit)),
    passLimit: Math.min(...all.map((one) => one.passLimit)),
    upper: Math.max(...all.map((one) => one.upper)),
    lower: Math.min(...all.map((one) => one.lower)),
    ceilingWasBroken: all.some((one) => one.ceilingWasBroken),
  };
}

/**
 * A control group (old pods, another region) that is counted at the same time in place of a baseline: its limits move as it is counted, so
 * both are bounds that hold at every look: `upper` = `atMost` of its sum at `failRisk`, `lower` = `atLeast` of its units at `failRisk`.
 *
 * Guarantee: P(the limit is ever below g(rate of the control)) <= `failRisk` while each of its requests fails with that rate or more, and
 * the capital falls as the limit rises; so FAIL keeps its promise although the limit moves. `passLimit` = g(0): nothing smaller is certain
 * at every look.
 * @param control checked units (`readUnits`), oldest first
 */
export function limitsOfControl(
  control: readonly Tally[],
  tolerance: Tolerance,
  failRisk: number,
  phi: number,
  planned: number,
): Limits {
  const logNeeded = Math.log(1 / failRisk);
  const upper = atMost(total(control), phi, logNeeded);
  const lower = atLeast(placeBets(control, planned, true), logNeeded);
  return { ...between(lower, upper, tolerance), passLimit: tolerated(0, tolerance) };
}
