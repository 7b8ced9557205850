// How high and how low the true rate may have been before the deploy, given what a finite baseline showed.

import { kl } from './kl.ts';
import { bisect } from './numeric.ts';
import { readTally, type Tally, within } from './tally.ts';

/** What was seen before the deploy. `phi`: how strongly its errors come in clusters (`dispersion().point`); 1, independent, when unknown. */
export interface Baseline extends Tally {
  phi?: number | undefined;
}

/**
 * Upper confidence limit of the rate: the largest p >= x with (n/phi) KL(x||p) <= ln(1/risk), x = errors/requests.
 *
 * Guarantee: the true rate is above it with probability <= `risk` (Chernoff bound; Hoeffding, JASA 58, 1963, shows it also for requests
 * with different rates). Assumes independent requests, or clusters of at most `phi` requests that fail together (Hölder's inequality).
 * Zero errors give 1 - risk^(phi/n). No requests give 1: everything is possible.
 * @throws RangeError for counts that are no numbers, a risk outside (0,1) or phi < 1.
 */
export function upperLimit(baseline: Baseline, risk: number): number {
  const { seen, plausible } = read(baseline, risk);
  return seen === 1 || plausible(1) ? 1 : bisect(plausible, seen, 1).inside;
}

/**
 * Lower confidence limit of the rate: the smallest p <= x with (n/phi) KL(x||p) <= ln(1/risk); 0 without errors.
 * Guarantee, assumptions and errors as for `upperLimit`, mirrored.
 */
export function lowerLimit(baseline: Baseline, risk: number): number {
  const { seen, plausible } = read(baseline, risk);
  return seen === 0 || plausible(0) ? 0 : bisect((rate) => !plausible(rate), 0, seen).outside;
}

function read(baseline: Baseline, risk: number): { seen: number; plausible: (rate: number) => boolean } {
  const { errors, requests } = readTally(baseline, () => 'baseline');
  const weight = requests / within('baseline: phi', baseline.phi ?? 1, 1, Number.MAX_SAFE_INTEGER);
  const bound = -Math.log(within('risk', risk, Number.MIN_VALUE, 1));
  const seen = requests > 0 ? errors / requests : 0;
  return { seen, plausible: (rate) => weight === 0 || weight * kl(seen, rate) <= bound };
}
