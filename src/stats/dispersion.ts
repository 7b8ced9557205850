// How strongly errors come in clusters, estimated from the units of a baseline.

import { readUnits, type Tally, total } from './tally.ts';

/** Dispersion index phi: variance of the error counts divided by that of independent requests; 1 is independent, 4 e.g. one failure retried four times. */
export interface Dispersion {
  /** Best estimate, at least 1: for the limits of the baseline. */
  point: number;
  /** Upper estimate (one-sided 95 %), at least `point`: for the PASS account, and for the steady account's first bets. */
  upper: number;
}

/** The phi of the PASS account when the baseline is too small for an estimate. */
export const UNKNOWN_PHI = 2;

const LEAST_UNITS = 20;
const LEAST_ERRORS = 20;
/** Upper 5 % point of the normal distribution. */
const Z = 1.645;

/**
 * d_s = Pearson's chi-squared statistic / (k-1) of the k sums of s neighbouring units, s = 1, 2, 4, 8, so that bursts longer than a unit count too;
 * point = max(1, d_s), upper = max(1, d_s (1 + 1.645 sqrt((2 + 1/mu_s)/(k_s - 1)))), mu_s = mean errors of a sum.
 * The index: McCullagh and Nelder, "Generalized Linear Models", 2nd ed. 1989, section 4.5; its variance is that of a Poisson count's index.
 * Undefined with fewer than 20 units with requests or 20 errors. A neighbour that is left over at the end is not counted.
 * @throws RangeError as `readUnits`.
 */
export function dispersion(units: readonly Tally[]): Dispersion | undefined {
  const read = readUnits(units);
  const { errors, requests } = total(read);
  if (read.length < LEAST_UNITS || errors < LEAST_ERRORS) return undefined;
  const estimates = [1, 2, 4, 8].map((size) => estimate(sums(read, size), errors / requests));
  return {
    point: Math.max(1, ...estimates.map((one) => one.point)),
    upper: Math.max(1, ...estimates.map((one) => one.upper)),
  };
}

function estimate(groups: readonly Tally[], rate: number): Dispersion {
  const mean = total(groups).errors / groups.length;
  // All errors stood in the neighbour that was left over: these sums say nothing, and smaller ones do.
  if (rate === 1 || mean === 0) return { point: 1, upper: 1 };
  const freedom = groups.length - 1;
  const squares = groups.map(
    (group) => (group.errors - group.requests * rate) ** 2 / (group.requests * rate * (1 - rate)),
  );
  const point = squares.reduce((sum, square) => sum + square, 0) / freedom;
  return { point, upper: point * (1 + Z * Math.sqrt((2 + 1 / mean) / freedom)) };
}

/** Sums of `size` neighbours; what is left over at the end is dropped. */
function sums(units: readonly Tally[], size: number): Tally[] {
  return Array.from({ length: Math.floor(units.length / size) }, (_, at) =>
    total(units.slice(at * size, at * size + size)),
  );
}
