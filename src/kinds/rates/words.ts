// What every check by the sequential test says alike: where its limit comes from, the evidence, and what is promised.
import { count, duration, percent, plural } from '../../kit/index.ts';
import type { Tally } from '../../stats/tally.ts';
import type { Tolerance } from '../../stats/tolerance.ts';
import type { Weighing } from '../../stats/weigh.ts';

/** Bad requests as a share of all; 0 without requests. */
export const rateOf = ({ requests, errors }: Tally): number => (requests > 0 ? errors / requests : 0);

/** `2 of 1,800`. */
export const shareText = ({ requests, errors }: Tally): string => `${count(errors)} of ${count(requests)}`;

const points = (share: number): string => `${Number((share * 100).toPrecision(6))} pp`;

/** `from`: what there is to compare with. `limit 1.15 % = upper limit of the baseline (2 of 1,800 = 0.11 %, could be 0.65 %) + 0.5 pp`. */
export const limitText = (
  weighing: Weighing,
  baseline: Tally | undefined,
  tolerance: Tolerance,
  from = 'baseline',
): string => {
  const { limit, upper, ceilingWasBroken } = weighing;
  const { points: added = 0, factor = 1, ceiling = 1 } = tolerance;
  const text = `limit ${percent(limit)}`;
  if (!baseline || (!ceilingWasBroken && limit >= ceiling)) return `${text} = the ceiling`;
  const margin = upper + added >= upper * factor ? `+ ${points(added)}` : `× ${Number(factor.toPrecision(3))}`;
  const before = `${shareText(baseline)} = ${percent(rateOf(baseline))}, could be ${percent(upper)}`;
  return `${text} = upper limit of the ${from} (${before}) ${margin}`;
};

const odds = (value: number): string =>
  value >= 10 ? count(Math.min(value, 1e9)) : String(Number(value.toPrecision(1)));

/** `evidence 285:1 (needed 125:1)`. */
export const evidenceText = ({ capital }: Weighing): string =>
  `evidence ${odds(capital.value)}:1 (needed ${odds(capital.needed)}:1)`;

/** What a failure promises of a service that did not change; `alpha` is the share of this test. */
export const promiseText = (alpha: number): string =>
  `an unchanged service gives such an alarm with at most ${percent(alpha)} chance, however often one looks`;

/** What is still missing for a proof, and how long that takes at the present rate (requests per millisecond). */
export const missingText = ({ requestsNeeded }: Weighing, perMs: number): string => {
  if (requestsNeeded === undefined) return 'more traffic at this rate will not show it';
  const time = perMs > 0 ? ` (about ${duration(requestsNeeded / perMs)} at the present traffic)` : '';
  return `${plural(requestsNeeded, 'more request')} at this rate would settle it${time}`;
};
