// The sentences of every sequential test: what was counted, before and after, the limit, and how sure that is.
import { percent, plural } from '../../kit/index.ts';
import type { Weighing } from '../../stats/weigh.ts';
import type { RateCase, Weighed } from './case.ts';
import { evidenceText, limitText, missingText, promiseText, rateOf, shareText } from './words.ts';

/** The words that differ from kind to kind. */
export interface RateWords {
  /** `7 of 11 requests failed (63.6 %) in 10 s`. */
  counted: string;
  /** What is estimated: the rate of failed requests, the share of slow ones. */
  measure: 'rate' | 'share';
  /** Of a release: `worse`, `slower`. */
  worse: string;
}

/** What the sentences are made from. */
export interface Facts extends Weighed {
  given: RateCase;
  words: RateWords;
  /** The units' length in all, milliseconds. */
  length: number;
  /** What there is to compare with stands above the ceiling itself, so that the ceiling alone decides. */
  unhealthy: boolean;
  /** A process that is clearly worse than the others. */
  worst: { name: string; text: string } | undefined;
}

const termsText = ({ weighing, compared, from, unhealthy, given: { tolerance } }: Facts): string => {
  if (!compared || !unhealthy) return limitText(weighing, compared, tolerance, from);
  const itself = `${shareText(compared)} = ${percent(rateOf(compared))}`;
  return `${limitText(weighing, undefined, tolerance)}; the ${from} was above it itself (${itself}) and is not used`;
};

const worstText = ({ worst }: Facts): string => (worst ? `; ${worst.text}` : '');

/** Proven to be worse than tolerated. */
export const failText = (facts: Facts): string => {
  const { weighing, words, given, compared } = facts;
  const proven = `${evidenceText(weighing)} after ${plural(weighing.counted, 'unit')}`;
  const least = weighing.atLeast > 0 ? `, true ${words.measure} at least ${percent(weighing.atLeast)}` : '';
  const alone = compared || given.plan.absolute ? '' : '; without a baseline the ceiling alone decides';
  return `${words.counted}; ${termsText(facts)}${worstText(facts)}; ${proven}${least}; ${promiseText(given.plan.alpha)}${alone}`;
};

const otherwise = ({ from }: Facts): string =>
  from === 'baseline' ? 'it was already' : 'so is the control group, which did not get the release';

/** Above the ceiling now as before; `lower`: what the rate before was at least. */
export const brokenCeilingText = (facts: Facts, { lower }: Weighing, ceiling: number): string =>
  `${facts.words.counted}, above the ${percent(ceiling)} ceiling${worstText(facts)}, but ${otherwise(facts)} (at least ${percent(lower)})${facts.from === 'baseline' ? ' before this deploy' : ''}; rolling back is not expected to help`;

/** Proven to be within the limit. */
export const provenText = (facts: Facts): string =>
  `${facts.words.counted}; the true ${facts.words.measure} is below ${percent(facts.weighing.atMost)} with ${percent(1 - facts.given.plan.beta)} confidence; ${termsText(facts)}`;

/** No sign of harm; says how much harm could have stayed unseen. */
export const harmlessText = (facts: Facts): string =>
  `${facts.words.counted}; ${termsText(facts)}; could not exclude up to ${percent(facts.weighing.atMost)}`;

/** Nothing points to harm, but proof was asked for. */
export const unprovenText = (facts: Facts): string => {
  const { weighing, length, words } = facts;
  const missing = missingText(weighing, length > 0 ? weighing.requests / length : 0);
  return `${words.counted}, which still allows up to ${percent(weighing.atMost)}; ${termsText(facts)}; ${missing}; ${evidenceText(weighing)}`;
};

/** Above the limit or with some evidence of harm, which is neither good nor proven bad. */
export const doubtText = (facts: Facts): string => {
  const { atLeast, atMost } = facts.weighing;
  const range = `true ${facts.words.measure} ${percent(atLeast)} to ${percent(atMost)}`;
  return `${facts.words.counted}; ${termsText(facts)}${worstText(facts)}; so few requests can show that by chance: ${evidenceText(facts.weighing)}, ${range}`;
};

/** Within the ceiling, but nothing is known of the time before. */
export const unknownText = (facts: Facts): string =>
  `${harmlessText(facts)}; whether that is ${facts.words.worse} than before cannot be told without a baseline`;
