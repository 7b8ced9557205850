// The sentences of `error-rate-delta`: counts, rate, limit and where it comes from, and how sure that is.
import { count, duration, percent, plural } from '../../kit/index.ts';
import type { Weighing } from '../../stats/weigh.ts';
import type { Tally } from './count.ts';
import type { Spec } from './spec.ts';

/** What the sentences are made from. */
export interface Facts {
  weighing: Weighing;
  /** Sum of the baseline; undefined when the ceiling alone decides. */
  baseline: Tally | undefined;
  spec: Spec;
  alpha: number;
  beta: number;
  /** The units' length in all, milliseconds. */
  length: number;
  /** A process that is clearly worse than the others. */
  worst: { name: string; text: string } | undefined;
}

/** Errors as a share of the requests; 0 without requests. */
export const rateOf = ({ requests, errors }: Tally): number => (requests > 0 ? errors / requests : 0);

const points = (share: number): string => `${Number((share * 100).toPrecision(6))} pp`;

const share = ({ requests, errors }: Tally): string => `${count(errors)} of ${count(requests)}`;

/** `limit 1.15 % = upper limit of the baseline (2 of 1,800 = 0.11 %, could be 0.65 %) + 0.5 pp`. */
export const limitText = ({ weighing, baseline, spec: { tolerate } }: Facts): string => {
  const { limit, upper, ceilingWasBroken } = weighing;
  const text = `limit ${percent(limit)}`;
  if (!baseline || (!ceilingWasBroken && limit >= tolerate.ceiling)) return `${text} = the ceiling`;
  const margin =
    upper + tolerate.points >= upper * tolerate.factor ? `+ ${points(tolerate.points)}` : `× ${tolerate.factor}`;
  const before = `${share(baseline)} = ${percent(rateOf(baseline))}, could be ${percent(upper)}`;
  return `${text} = upper limit of the baseline (${before}) ${margin}`;
};

const odds = (value: number): string =>
  value >= 10 ? count(Math.min(value, 1e9)) : String(Number(value.toPrecision(1)));

/** `evidence 285:1 (needed 125:1)`. */
export const evidenceText = ({ weighing: { capital } }: Facts): string =>
  `evidence ${odds(capital.value)}:1 (needed ${odds(capital.needed)}:1)`;

const worstText = ({ worst }: Facts): string => (worst ? `; ${worst.text}` : '');

const failedText = ({ weighing, length }: Facts): string =>
  `${share(weighing)} requests failed (${percent(rateOf(weighing))}) in ${duration(length)}`;

/** Proven to be worse than tolerated. */
export const failText = (facts: Facts): string => {
  const { weighing, alpha } = facts;
  const proven = `${evidenceText(facts)} after ${plural(weighing.counted, 'unit')}`;
  const least = weighing.atLeast > 0 ? `, true rate at least ${percent(weighing.atLeast)}` : '';
  const promise = `an unchanged service gives such an alarm with at most ${percent(alpha)} chance, however often one looks`;
  return `${failedText(facts)}; ${limitText(facts)}${worstText(facts)}; ${proven}${least}; ${promise}`;
};

/** Above the ceiling now as before. */
export const brokenCeilingText = (facts: Facts, before: Weighing, ceiling: number): string =>
  `${failedText(facts)}, above the ${percent(ceiling)} ceiling${worstText(facts)}, but it was already (at least ${percent(before.lower)}) before this deploy; rolling back is not expected to help`;

/** Proven to be within the limit. */
export const provenText = (facts: Facts): string =>
  `${failedText(facts)}; the true rate is below ${percent(facts.weighing.atMost)} with ${percent(1 - facts.beta)} confidence; ${limitText(facts)}`;

/** No sign of harm; says how much harm could have stayed unseen. */
export const harmlessText = (facts: Facts): string =>
  `${failedText(facts)}; ${limitText(facts)}; could not exclude up to ${percent(facts.weighing.atMost)}`;

/** Nothing points to harm, but proof was asked for. */
export const unprovenText = (facts: Facts): string => {
  const { weighing } = facts;
  const missing =
    weighing.requestsNeeded === undefined
      ? 'more traffic at this rate will not show it'
      : `${plural(weighing.requestsNeeded, 'more request')} at this rate would settle it`;
  return `${failedText(facts)}, which still allows up to ${percent(weighing.atMost)}; ${limitText(facts)}; ${missing}; ${evidenceText(facts)}`;
};

/** Above the limit or with some evidence of harm, which is neither good nor proven bad. */
export const doubtText = (facts: Facts): string =>
  `${failedText(facts)}; ${limitText(facts)}${worstText(facts)}; so few requests can show that by chance: ${evidenceText(facts)}`;
