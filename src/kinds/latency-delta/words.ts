// The sentences of `latency-delta`: how many requests were slower than which edge, before and after, and how sure that is.
import { duration, percent, plural } from '../../kit/index.ts';
import type { Tally } from '../../stats/tally.ts';
import type { Tolerance } from '../../stats/tolerance.ts';
import type { Weighing } from '../../stats/weigh.ts';
import { evidenceText, limitText, missingText, promiseText, rateOf, shareText } from '../rates/words.ts';
import type { Bound } from './bounds.ts';

/** What the sentences are made from. */
export interface Facts {
  bound: Bound;
  weighing: Weighing;
  /** Slow requests before the deploy; undefined when the ceiling alone decides. */
  baseline: Tally | undefined;
  tolerance: Tolerance;
  alpha: number;
  beta: number;
  /** The units' length in all, milliseconds. */
  length: number;
}

/** `250 ms`, `2.5 s`, `0.4 ms`: an edge is never rounded away. */
export const edgeText = (ms: number): string =>
  ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toPrecision(3))} s`;

/** `250 ms (the edge of the histogram at the p95 before the deploy)`. */
export const boundText = ({ name, ms, share, beyond }: Bound): string => {
  if (share === undefined) return edgeText(ms);
  return beyond
    ? `${edgeText(ms)} (the last edge of the histogram, the ${name} before the deploy lies beyond)`
    : `${edgeText(ms)} (the edge of the histogram at the ${name} before the deploy)`;
};

const slowText = ({ bound, weighing, length }: Facts): string =>
  `${shareText(weighing)} requests took longer than ${boundText(bound)}, ${percent(rateOf(weighing))} in ${duration(length)}`;

const termsText = ({ weighing, baseline, tolerance }: Facts): string => limitText(weighing, baseline, tolerance);

/** Proven to be worse than tolerated. */
export const failText = (facts: Facts): string => {
  const { weighing, alpha } = facts;
  const least = weighing.atLeast > 0 ? `, true share at least ${percent(weighing.atLeast)}` : '';
  const proven = `${evidenceText(weighing)} after ${plural(weighing.counted, 'unit')}${least}`;
  return `${slowText(facts)}; ${termsText(facts)}; ${proven}; ${promiseText(alpha)}`;
};

/** Above the ceiling now as before. */
export const brokenCeilingText = (facts: Facts, before: Weighing, ceiling: number): string =>
  `${slowText(facts)}, above the ${percent(ceiling)} ceiling, but it was already (at least ${percent(before.lower)}) before this deploy; rolling back is not expected to help`;

/** Proven to be within the limit. */
export const provenText = (facts: Facts): string =>
  `${slowText(facts)}; the true share is below ${percent(facts.weighing.atMost)} with ${percent(1 - facts.beta)} confidence; ${termsText(facts)}`;

/** No sign of harm; says how much harm could have stayed unseen. */
export const harmlessText = (facts: Facts): string =>
  `${slowText(facts)}; ${termsText(facts)}; could not exclude up to ${percent(facts.weighing.atMost)}`;

/** Nothing points to harm, but proof was asked for. */
export const unprovenText = (facts: Facts): string => {
  const { weighing, length } = facts;
  const missing = missingText(weighing, length > 0 ? weighing.requests / length : 0);
  return `${slowText(facts)}, which still allows up to ${percent(weighing.atMost)}; ${termsText(facts)}; ${missing}; ${evidenceText(weighing)}`;
};

/** Above the limit or with some evidence of harm, which is neither good nor proven bad. */
export const doubtText = (facts: Facts): string => {
  const { atLeast, atMost } = facts.weighing;
  const range = `true share ${percent(atLeast)} to ${percent(atMost)}`;
  return `${slowText(facts)}; ${termsText(facts)}; so few requests can show that by chance: ${evidenceText(facts.weighing)}, ${range}`;
};

/** The bound cuts buckets, before the deploy or after it, so that what is slower cannot be counted. */
export const cutText = ({ name, ms }: Bound, around: string, when: string): string =>
  `${edgeText(ms)}${name === 'slowerThan' ? '' : `, the edge at the ${name} before the deploy,`} is no edge of the histogram ${when}: it lies within ${around}`;
