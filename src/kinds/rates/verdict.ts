// What a sequential test says of a rate that is not proven bad: the same ladder for every kind that counts bad requests.
import type { Verdict } from '../../kit/index.ts';
import type { Weighing } from '../../stats/weigh.ts';
import { rateOf } from './words.ts';

/** Proof needs so many units: slow faults need time. */
export const unitsForProof = 24;

/** Evidence below this is no sign of harm. */
const harmless = 2;

/** Not judged yet. */
export const waiting = (reason: string, because: string): Verdict => ({
  outcome: 'inconclusive',
  settled: false,
  reason,
  because,
});

/** What the ladder asks of a test beside its weighing. */
export interface Undecided {
  weighing: Weighing;
  hasBaseline: boolean;
  minRequests: number;
  require: 'evidence' | 'proof';
  /** Judged in absolute terms: nothing to compare with is wanted. */
  absolute: boolean;
  /** Milliseconds that were counted. */
  length: number;
}

/** The sentences of a kind; `worse`: `slower`, in its own word. */
export interface UndecidedWords {
  doubt(): string;
  harmless(): string;
  proven(): string;
  unproven(): string;
  worse: string;
}

/** Not proven bad: good, good with a caveat, or too little to say. */
export const undecided = (test: Undecided, words: UndecidedWords): Verdict => {
  const { weighing } = test;
  if (weighing.requests < test.minRequests) return unproven(test, words);
  if (weighing.capital.value >= harmless || rateOf(weighing) > weighing.limit)
    return waiting('unproven_harm', words.doubt());
  if (!test.hasBaseline && !test.absolute)
    return waiting(
      'no_baseline',
      `${words.harmless()}; whether that is ${words.worse} than before cannot be told without a baseline`,
    );
  if (weighing.decision === 'pass')
    return { outcome: 'pass', settled: true, reason: 'proven', because: words.proven() };
  if (test.require === 'proof') return unproven(test, words);
  return { outcome: 'pass', settled: true, reason: 'no_sign_of_harm', because: words.harmless() };
};

const unproven = ({ weighing: { requests, requestsNeeded }, length }: Undecided, words: UndecidedWords): Verdict => {
  const verdict = waiting('insufficient_traffic', words.unproven());
  if (requestsNeeded === undefined) return verdict;
  const perMs = length > 0 ? requests / length : 0;
  const seconds = perMs > 0 ? { seconds: requestsNeeded / perMs / 1000 } : {};
  return { ...verdict, needs: { requests: requestsNeeded, ...seconds } };
};
