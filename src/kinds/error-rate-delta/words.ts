// The sentences of `error-rate-delta`: counts, rate, limit and where it comes from, and how sure that is.
import { duration, percent, plural } from '../../kit/index.ts';
import type { Weighing } from '../../stats/weigh.ts';
import { evidenceText, limitText, missingText, promiseText, rateOf, shareText } from '../rates/words.ts';
import type { Tally } from './count.ts';
import type { Spec } from './spec.ts';

/** What the sentences are made from. */
export interface Facts {
  weighing: Weighing;
  /** Sum of the baseline or of the control group; undefined when the ceiling alone decides. */
  baseline: Tally | undefined;
  from: 'baseline' | 'control group';
  /** What there is to compare with stands above the ceiling itself, so that the ceiling alone decides. */
  unhealthy: boolean;
  spec: Spec;
  alpha: number;
  beta: number;
  /** The units' length in all, milliseconds. */
  length: number;
  /** A process that is clearly worse than the others. */
  worst: { name: string; text: string } | undefined;
}

const termsText = ({ weighing, baseline, from, unhealthy, spec: { tolerate } }: Facts): string => {
  if (!baseline || !unhealthy) return limitText(weighing, baseline, tolerate, from);
  const itself = `${shareText(baseline)} = ${percent(rateOf(baseline))}`;
  return `${limitText(weighing, undefined, tolerate)}; the ${from} was above it itself (${itself}) and is not used`;
};

const worstText = ({ worst }: Facts): string => (worst ? `; ${worst.text}` : '');

const failedText = ({ weighing, length }: Facts): string =>
  `${shareText(weighing)} requests failed (${percent(rateOf(weighing))}) in ${duration(length)}`;

/** Proven to be worse than tolerated. */
export const failText = (facts: Facts): string => {
  const { weighing, alpha } = facts;
  const proven = `${evidenceText(facts.weighing)} after ${plural(weighing.counted, 'unit')}`;
  const least = weighing.atLeast > 0 ? `, true rate at least ${percent(weighing.atLeast)}` : '';
  return `${failedText(facts)}; ${termsText(facts)}${worstText(facts)}; ${proven}${least}; ${promiseText(alpha)}`;
};

/** Above the ceiling now as before. */
export const brokenCeilingText = (facts: Facts, before: Weighing, ceiling: number): string =>
  `${failedText(facts)}, above the ${percent(ceiling)} ceiling${worstText(facts)}, but ${otherwise(facts)} (at least ${percent(before.lower)})${facts.from === 'baseline' ? ' before this deploy' : ''}; rolling back is not expected to help`;

const otherwise = ({ from }: Facts): string =>
  from === 'baseline' ? 'it was already' : 'so is the control group, which did not get the release';

/** Proven to be within the limit. */
export const provenText = (facts: Facts): string =>
  `${failedText(facts)}; the true rate is below ${percent(facts.weighing.atMost)} with ${percent(1 - facts.beta)} confidence; ${termsText(facts)}`;

/** No sign of harm; says how much harm could have stayed unseen. */
export const harmlessText = (facts: Facts): string =>
  `${failedText(facts)}; ${termsText(facts)}; could not exclude up to ${percent(facts.weighing.atMost)}`;

/** Nothing points to harm, but proof was asked for. */
export const unprovenText = (facts: Facts): string => {
  const { weighing, length } = facts;
  const missing = missingText(weighing, length > 0 ? weighing.requests / length : 0);
  return `${failedText(facts)}, which still allows up to ${percent(weighing.atMost)}; ${termsText(facts)}; ${missing}; ${evidenceText(weighing)}`;
};

/** Above the limit or with some evidence of harm, which is neither good nor proven bad. */
export const doubtText = (facts: Facts): string => {
  const { atLeast, atMost } = facts.weighing;
  const range = `true rate ${percent(atLeast)} to ${percent(atMost)}`;
  return `${failedText(facts)}; ${termsText(facts)}${worstText(facts)}; so few requests can show that by chance: ${evidenceText(facts.weighing)}, ${range}`;
};
