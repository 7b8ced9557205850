// Weighs what a hold has shown against its limits: FAIL, PASS or go on, at whatever moment and however often one looks.

import type { Baseline } from './baseline-limits.ts';
import { atLeast, logCapital, placeBets } from './capital.ts';
import { UNKNOWN_PHI } from './dispersion.ts';
import { type Limits, limits, limitsOfAll, limitsOfControl } from './limits.ts';
import { atMost, logProof, requestsNeeded } from './proof.ts';
import { readUnits, type Tally, total, within } from './tally.ts';
import type { Tolerance } from './tolerance.ts';

/** What was seen, and the terms on which it is weighed. */
export interface Case {
  /** Absent: every rate was possible before, so only the ceiling can fail, and `points` from 0 can pass. */
  baseline?: Baseline | undefined;
  /** Further baselines, e.g. yesterday at this hour: the most lenient limit, the strictest pass limit of all of them. */
  otherBaselines?: readonly Baseline[] | undefined;
  /**
   * A group without the release (old pods, another region), counted at the same time: in place of the baselines, because what both live
   * through is no regression. One tally per unit, oldest first; ignored without requests.
   */
  control?: readonly Tally[] | undefined;
  /**
   * What counts as bad was itself chosen by a look at the baseline, among at most so many ways (the edges of a histogram); 1 when absent.
   * The risk of the baseline's limits is divided by it (union bound over the ways), so that the choice is paid for.
   */
  choices?: number | undefined;
  /** One tally per unit of time since the deploy, oldest first. Bursts that are harmless must fit into one unit. */
  units: readonly Tally[];
  tolerance: Tolerance;
  /** P(ever FAIL | within tolerance) allowed, e.g. 0.01; divide it by the number of tests that share it. */
  alpha: number;
  /** P(ever PASS | worse than tolerated) allowed, e.g. 0.05. */
  beta: number;
  /** Number of units in the whole hold, a fraction is dropped. Set it before the hold: one that grows with the units breaks the guarantee. */
  planned: number;
  /** True: the exact account alone may fail; small regressions take longer. */
  strict: boolean;
  /**
   * How strongly errors come in clusters (`dispersion().upper`). For PASS, where unknown counts as 2, and for the steady account's fifth to ninth
   * unit, which it leaves out when unknown. The exact account does not depend on it.
   */
  phi?: number | undefined;
  /** No PASS before so many units with requests: slow faults need time. */
  minUnitsForPass: number;
}

/** Evidence `value`:1 where `needed`:1 decides; `log` = ln value. `value` is finite, so that JSON can hold it. */
export interface Evidence {
  log: number;
  value: number;
  needed: number;
}

/** What the hold shows. Rates are shares of the requests, 0 to 1. */
export interface Weighing extends Limits {
  decision: 'fail' | 'pass' | 'continue';
  /** Evidence that the rate exceeds `limit`. */
  capital: Evidence;
  /** Evidence that the rate is below `passLimit`. */
  proof: Evidence;
  /** It has run at this rate or more in some stretch since the deploy; 0 when nothing is proven. */
  atLeast: number;
  /** The rate is below this; 1 when nothing is proven. */
  atMost: number;
  /** More requests, failing at the rate seen so far, that would prove the pass limit; undefined when that rate cannot. */
  requestsNeeded: number | undefined;
  /** Units with requests, and those of them whose share exceeds `limit`. */
  counted: number;
  badUnits: number;
  errors: number;
  requests: number;
}

/**
 * One bad unit may be a restart, and four errors are the fewest worth a rollback; both only make a FAIL rarer. With five, an outage at
 * one request a second could not be called within five seconds.
 */
const LEAST_BAD_UNITS = 2;
const LEAST_ERRORS = 4;
/** With evidence of 2:1 for harm nothing passes. */
const HARMLESS = 2;
/** The baseline's limits may be wrong with this part of alpha and beta, the hold with the rest. */
const BASELINE_PART = 0.2;

/**
 * FAIL when capital >= 1/(0.8 alpha), two units stand above the limit and four requests failed; PASS when proof >= 1/(0.8 beta),
 * `minUnitsForPass` units are over and capital < 2; else CONTINUE. Compute it anew from all units at every poll.
 *
 * Guarantee: P(ever FAIL | every unit's expected share within tolerance) <= alpha and P(ever PASS | rate of at least what is tolerated) <= beta:
 * 0.2 of each for the baseline, 0.8 for the hold (union bound over `limits`, `logCapital` and `logProof`, which name sources and assumptions).
 * It cannot know whether anything but the deploy changed: a daily peak or a failing neighbour looks the same.
 * @throws RangeError for NaN, infinities, negative requests and settings outside their range.
 */
export function weigh(given: Case): Weighing {
  const risks = { alpha: within('alpha', given.alpha, 1e-12, 0.5), beta: within('beta', given.beta, 1e-12, 0.5) };
  const phi = within('phi', given.phi ?? UNKNOWN_PHI, 1, Number.MAX_SAFE_INTEGER);
  const planned = Math.floor(within('planned', given.planned, 1, Number.MAX_SAFE_INTEGER));
  const minUnits = within('minUnitsForPass', given.minUnitsForPass, 0, Number.MAX_SAFE_INTEGER);
  const units = readUnits(given.units);
  const seen = total(units);
  const held = limitsOf(given, risks);
  const bets = placeBets(units, planned, given.strict, given.phi);
  const capital = evidence(logCapital(bets, held.limit), risks.alpha);
  const proof = evidence(logProof(seen, held.passLimit, phi), risks.beta);
  const badUnits = units.filter((unit) => unit.errors > held.limit * unit.requests).length;
  const harmful = reaches(capital) && badUnits >= LEAST_BAD_UNITS && seen.errors >= LEAST_ERRORS;
  const harmless = reaches(proof) && units.length >= minUnits && capital.value < HARMLESS;
  const rate = seen.requests > 0 ? seen.errors / seen.requests : 0;
  return {
    ...held,
    ...seen,
    decision: harmful ? 'fail' : harmless ? 'pass' : 'continue',
    capital,
    proof,
    atLeast: atLeast(bets, Math.log(capital.needed)),
    atMost: atMost(seen, phi, Math.log(proof.needed)),
    requestsNeeded: requestsNeeded(seen, rate, held.passLimit, phi, Math.log(proof.needed)),
    counted: units.length,
    badUnits,
  };
}

function limitsOf(given: Case, { alpha, beta }: { alpha: number; beta: number }): Limits {
  const part = BASELINE_PART / within('choices', given.choices ?? 1, 1, 1e6);
  const control = readUnits(given.control ?? []);
  if (control.length > 0)
    return limitsOfControl(control, given.tolerance, part * alpha, given.phi ?? UNKNOWN_PHI, Math.floor(given.planned));
  const baselines = [given.baseline ?? { errors: 0, requests: 0 }, ...(given.otherBaselines ?? [])];
  return limitsOfAll(baselines.map((baseline) => limits(baseline, given.tolerance, part * alpha, part * beta)));
}

function evidence(log: number, risk: number): Evidence {
  return { log, value: Math.min(Math.exp(log), Number.MAX_VALUE), needed: 1 / ((1 - BASELINE_PART) * risk) };
}

function reaches({ log, needed }: Evidence): boolean {
  return log >= Math.log(needed);
}
