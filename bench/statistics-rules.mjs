// The rules that are compared on the same streams: each says in which second of the watch it would have fired, or never.
import { joined } from './statistics-streams.mjs';

const MINUTE = 60;
const rateOf = ({ errors, requests }) => (requests > 0 ? errors / requests : 0);

export function totalOf(units) {
  return joined(units, units.length)[0] ?? { errors: 0, requests: 0 };
}

/** The rule of error-rate-delta: what `weigh` decides after every unit, without the bounds that it would print. */
export function holdpointRule({ limits, placeBets, logCapital, logProof }, { alpha, fewestErrors }) {
  const needed = Math.log(1 / (0.8 * alpha));
  return (units, seconds, baseline, tolerance, planned = units.length) => {
    const { limit, passLimit } = limits({ ...baseline, phi: baseline.spread?.point }, tolerance, 0.2 * alpha, 0.01);
    let bad = 0;
    let errors = 0;
    let requests = 0;
    let pass;
    for (let at = 0; at < units.length; at += 1) {
      errors += units[at].errors;
      requests += units[at].requests;
      if (units[at].errors > limit * units[at].requests) bad += 1;
      if (bad === 0 && at < 11) continue;
      const seen = units.slice(0, at + 1).filter((one) => one.requests > 0);
      const capital = errors > 0 ? logCapital(placeBets(seen, planned, false, baseline.spread?.upper), limit) : 0;
      if (capital >= needed && bad >= 2 && errors >= fewestErrors) return { fired: (at + 1) * seconds, pass };
      // The pass of `require: evidence` once a minute is over, of `require: proof` once 24 units are.
      const harmless = capital < Math.LN2 && requests > 0 && errors <= limit * requests;
      if (pass === undefined && (at + 1) * seconds >= MINUTE && harmless) pass = { evidence: (at + 1) * seconds };
      if (pass && !pass.proof && seen.length >= 24 && capital < Math.LN2)
        if (logProof({ errors, requests }, passLimit, baseline.spread?.upper ?? 2) >= Math.log(25))
          pass.proof = (at + 1) * seconds;
    }
    return { pass };
  };
}

/** The error rate of each minute as a multiple of the limit. */
export function minuteRatios(units, seconds, limit) {
  return joined(units, MINUTE / seconds).map((window) => rateOf(window) / limit);
}

/**
 * Argo Rollouts' analysis: a window of one minute, once a minute; fires at the `failed`-th (`failureLimit` + 1) that is above `multiple`
 * times the limit. argoproj/argo-rollouts, analysis/analysis.go, commit 9f8d111d.
 */
export function argoRule(ratios, failed, multiple) {
  let count = 0;
  for (let at = 0; at < ratios.length; at += 1) {
    if (ratios[at] > multiple) count += 1;
    if (count === failed) return (at + 1) * MINUTE;
  }
  return undefined;
}

/** At most 1 % errors in a window of one minute, once a minute; no traffic counts as failed; one failed check rolls back. */
export function flaggerRule(units, seconds) {
  const at = joined(units, MINUTE / seconds).findIndex((window) => window.requests === 0 || rateOf(window) > 0.01);
  return at < 0 ? undefined : (at + 1) * MINUTE;
}

/** The textbook z-test of two rates after every unit, 1 % one-sided, uncorrected for looking again and again. */
export function zRule(units, seconds, baseline) {
  let errors = 0;
  let requests = 0;
  for (let at = 0; at < units.length; at += 1) {
    errors += units[at].errors;
    requests += units[at].requests;
    const pooled = (errors + baseline.errors) / (requests + baseline.requests);
    const spread = Math.sqrt(pooled * (1 - pooled) * (1 / requests + 1 / baseline.requests));
    if (requests > 0 && spread > 0 && (errors / requests - rateOf(baseline)) / spread > 2.326)
      return (at + 1) * seconds;
  }
  return undefined;
}

/**
 * Kayenta's Mann-Whitney judge, each minute, on the error rates of the units so far against those of the same length before:
 * bad when the lower end of the 98 % interval of the Hodges-Lehmann shift is above a quarter of the shift.
 * spinnaker/kayenta, MannWhitneyClassifier.scala, commit a69573be.
 */
export function kayentaRule(units, seconds, before) {
  const perMinute = MINUTE / seconds;
  for (let at = perMinute; at <= units.length; at += perMinute) {
    const now = units.slice(0, at).map(rateOf);
    const then = before.slice(-at).map(rateOf);
    if (isHigh(now, then)) return at * seconds;
  }
  return undefined;
}

function isHigh(now, then) {
  const shifts = new Float64Array(now.length * then.length);
  let at = 0;
  for (const x of now)
    for (const y of then) {
      shifts[at] = x - y;
      at += 1;
    }
  shifts.sort();
  const pairs = shifts.length;
  const estimate = shifts[Math.floor(pairs / 2)];
  const rank = Math.floor(pairs / 2 - 2.326 * Math.sqrt((pairs * (now.length + then.length + 1)) / 12));
  return rank >= 0 && shifts[rank] > 0.25 * Math.abs(estimate) && shifts[rank] > 0;
}
