// What a sequential test says: the same ladder for every kind that counts bad requests.
import type { Verdict } from '../../kit/index.ts';
import type { Tally } from '../../stats/tally.ts';
import type { Weighing } from '../../stats/weigh.ts';
import { type RateCase, weighAlone, weighRate } from './case.ts';
import { worstInstance } from './instances.ts';
import {
  brokenCeilingText,
  doubtText,
  type Facts,
  failText,
  harmlessText,
  provenText,
  type RateWords,
  unknownText,
  unprovenText,
} from './sentences.ts';
import { rateOf } from './words.ts';

/** Evidence below this is no sign of harm. */
const harmless = 2;

/** Not judged yet. */
export const waiting = (reason: string, because: string): Verdict => ({
  outcome: 'inconclusive',
  settled: false,
  reason,
  because,
});

/** Nothing stands behind the selector; `wasThere`: before the deploy something did. */
export const noData = (selector: string, wasThere: boolean): Verdict =>
  waiting(
    'no_data',
    wasThere
      ? `${selector} is gone from the source, and was there before the deploy: it was renamed, is not scraped any more, or no process is left`
      : `${selector} does not exist in the source`,
  );

/** One test of a kind, with its own words. */
export interface RateTest {
  given: RateCase;
  words: RateWords;
  /** The reason of a release that is worse than what it is compared with. */
  reason: string;
  /** Whether a proven difference to the time before says by itself that the release brought it; one to a control group always does. */
  provesChange: boolean;
  /** Where to look first: after a change for the worse, and when it was bad before. */
  next: { worse: string; before: string };
  /** The units' length in all, milliseconds. */
  length: number;
  /** The units of each process, where there are several. */
  instances: readonly Readonly<Record<string, Tally>>[];
}

/** Proven bad, bad as before, good, good with a caveat, or too little to say. */
export const judgeRate = (test: RateTest): Verdict => {
  const { given, words, length } = test;
  const { ceiling } = given.tolerance;
  const weighed = weighRate(given);
  const worst = worstInstance(test.instances, weighed.weighing.limit);
  const facts: Facts = { ...weighed, given, words, length, worst, unhealthy: false };
  if (weighed.weighing.decision === 'fail') return failed(facts, test);
  if (ceiling === undefined || !weighed.weighing.ceilingWasBroken) return unharmed(facts);
  // What was unhealthy itself is no measure: what remains is the ceiling.
  const alone = weighAlone(given);
  if (alone.decision === 'fail') return stillBroken({ ...facts, weighing: alone }, weighed.weighing, ceiling, test);
  return unharmed({ ...facts, weighing: alone, unhealthy: true });
};

const numbers = (weighing: Weighing): Pick<Verdict, 'value' | 'limit' | 'unit'> => ({
  value: rateOf(weighing),
  limit: weighing.limit,
  unit: 'share',
});

const failed = (facts: Facts, { provesChange, reason, next }: RateTest): Verdict => ({
  outcome: 'fail',
  settled: true,
  // What the control group lives through, too, is no difference: what is left belongs to the release.
  ...(facts.compared && (facts.from === 'control group' || provesChange) ? { introduced: true } : {}),
  reason: facts.compared ? reason : 'above_ceiling',
  because: failText(facts),
  next: facts.worst ? `look at instance ${facts.worst.name}: the others are better` : next.worse,
  ...numbers(facts.weighing),
});

const stillBroken = (facts: Facts, before: Weighing, ceiling: number, { next }: RateTest): Verdict => ({
  outcome: 'fail',
  settled: true,
  asks: 'block',
  // Of the control group nothing is known from before the deploy.
  ...(facts.from === 'baseline' ? { preexisting: true } : { introduced: false }),
  reason: 'above_ceiling',
  because: brokenCeilingText(facts, before, ceiling),
  next: next.before,
  ...numbers(facts.weighing),
});

/** Not proven bad. */
const unharmed = (facts: Facts): Verdict => ({ ...undecided(facts), ...numbers(facts.weighing) });

const undecided = (facts: Facts): Verdict => {
  const { weighing, compared, given } = facts;
  const { minRequests, require } = given.terms;
  if (weighing.requests < minRequests) return unproven(facts);
  if (weighing.capital.value >= harmless || rateOf(weighing) > weighing.limit)
    return waiting('unproven_harm', doubtText(facts));
  if (!compared && !given.plan.absolute) return waiting('no_baseline', unknownText(facts));
  if (weighing.decision === 'pass')
    return { outcome: 'pass', settled: true, reason: 'proven', because: provenText(facts) };
  if (require === 'proof') return unproven(facts);
  return { outcome: 'pass', settled: true, reason: 'no_sign_of_harm', because: harmlessText(facts) };
};

const unproven = (facts: Facts): Verdict => {
  const { requests, requestsNeeded } = facts.weighing;
  const verdict = waiting('insufficient_traffic', unprovenText(facts));
  if (requestsNeeded === undefined) return verdict;
  const perMs = facts.length > 0 ? requests / facts.length : 0;
  const seconds = perMs > 0 ? { seconds: requestsNeeded / perMs / 1000 } : {};
  return { ...verdict, needs: { requests: requestsNeeded, ...seconds } };
};
