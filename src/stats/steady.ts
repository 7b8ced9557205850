// The steady account: bets on "the mean error share exceeds the limit"; finds small regressions when there is much traffic.

import type { Tally } from './tally.ts';

const TUNING = 1.75;
/** From so many units on their own variance says enough. */
const ENOUGH_UNITS = 10;
/** From so many on they say enough together with what the baseline told of clusters. */
const FEWEST_UNITS = 5;

/** What the steady account needs to know of a hold; the limit comes later, so that many limits can be tried at no cost. */
export interface Steadiness {
  units: number;
  /** Mean and sample variance of the units' error shares. */
  mean: number;
  variance: number;
  /** Mean number of requests in a unit. */
  requests: number;
  /** How strongly errors came in clusters before the deploy (`dispersion().upper`); undefined when unknown. */
  phi: number | undefined;
}

/** Sums a hold up; `units` must be checked ones (`readUnits`). */
export function steadiness(units: readonly Tally[], phi?: number): Steadiness {
  const shares = units.map((unit) => unit.errors / unit.requests);
  const mean = average(shares);
  const variance =
    units.length < 2 ? 0 : (average(shares.map((share) => (share - mean) ** 2)) * units.length) / (units.length - 1);
  return { units: units.length, mean, variance, requests: average(units.map((unit) => unit.requests)), phi };
}

/**
 * ln B, the natural logarithm of the steady account; 0 (it has not bet) before ten units, or five when `phi` is known, -Infinity while the
 * mean is within the limit.
 *
 * With t units, mean m, v as below and rho = 1.75: q = t^2 (m-limit)^2 / (2 v (t+rho)), B = sqrt(rho/(t+rho)) (2 e^q - 1).
 * This is the one-sided normal mixture of Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence
 * sequences", Annals of Statistics 49, 2021, arXiv 1810.08240, with Phi(z) >= 1 - e^(-z^2/2)/2 in place of the normal distribution.
 *
 * v = max(sample variance, p(1-p)/n with p = min(m, 1/2)), n = mean requests of a unit. The cap at 1/2 keeps q below what independent requests
 * would prove exactly, t n KL(m||limit): with m(1-m) alone, ten failures in a row would be infinite evidence against any limit.
 *
 * Five to nine shares may look alike by chance, and a variance that is too small would be taken for certainty: for them v = max(sample variance,
 * phi p(1-p)/n), which supposes that errors come in clusters no larger than before the deploy. The mixture is the same one from the first
 * unit on, so that reading it earlier costs no part of alpha; without phi nobody reads it so early.
 *
 * Guarantee: asymptotic only, for many units, since v is estimated (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
 * "Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 52, 2024, arXiv 2103.06476).
 */
export function logSteady({ units, mean, variance, requests, phi }: Steadiness, limit: number): number {
  if (units < (phi === undefined ? ENOUGH_UNITS : FEWEST_UNITS)) return 0;
  if (mean <= limit) return Number.NEGATIVE_INFINITY;
  const rate = Math.min(mean, 0.5);
  const clusters = units < ENOUGH_UNITS ? (phi ?? 1) : 1;
  const spread = Math.max(variance, (clusters * rate * (1 - rate)) / requests);
  const excess = (units * (mean - limit)) ** 2 / (2 * spread * (units + TUNING));
  return Math.log(TUNING / (units + TUNING)) / 2 + excess + Math.log(2 - Math.exp(-excess));
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
