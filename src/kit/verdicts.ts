// Small steps that keep a judge to a few lines: confirmation over samples, pass, fail and waiting verdicts.
import type { Missed } from './outcomes.ts';
import type { History, JudgePlan, Phase, Sample, Verdict } from './samples.ts';
import { plural } from './text.ts';

/** Why one sample counts as bad, in the form of a failing verdict without its policy. */
export type Fault = Omit<Verdict, 'outcome' | 'settled'>;

/** Where the samples of one group stand. */
export type Confirmation =
  /** `failAfter` bad ones in a row, or 4 of the last 20. */
  | { state: 'confirmed'; fault: Fault; bad: number; of: number; group?: string }
  /** A bad one that is neither confirmed nor followed by `failAfter` good ones. */
  | { state: 'wobbling'; fault: Fault; bad: number; of: number; group?: string }
  | { state: 'good'; bad: number; of: number }
  /** Fewer than `failAfter` samples so far, all good. */
  | { state: 'few'; bad: number; of: number };

/** A bad replica behind a balancer shows as every n-th sample: so many of the last `window` confirm, too. */
const recurring = { bad: 4, window: 20 };

const judgedPhases: readonly Phase[] = ['hold', 'last', 'verify'];

/** The samples on which the release is judged: hold, last, verify; not the roll-out and the warm-up. */
export const judged = <Seen>(history: History<Seen>): Sample<Seen>[] =>
  history.samples.filter((sample) => judgedPhases.includes(sample.phase));

/** Samples by group, in time order; a check without groups has the one group ''. */
export const byGroup = <Seen>(samples: readonly Sample<Seen>[]): Map<string, Sample<Seen>[]> => {
  const groups = new Map<string, Sample<Seen>[]>();
  for (const sample of samples) {
    const name = sample.group ?? '';
    const group = groups.get(name);
    if (group) group.push(sample);
    else groups.set(name, [sample]);
  }
  return groups;
};

/** What was really seen, in time order. */
export const seenOf = <Seen>(samples: readonly Sample<Seen>[]): Seen[] =>
  samples.flatMap((sample) => ('seen' in sample ? [sample.seen] : []));

/** The last thing that was really seen. */
export const lastSeen = <Seen>(samples: readonly Sample<Seen>[]): Seen | undefined => seenOf(samples).at(-1);

/** What a target that could not be reached says in place of a sample. */
export const missedFault = (missed: Missed): Fault => ({ reason: missed.reason, because: missed.because });

type FaultOf<Seen> = (seen: Seen, sample: Sample<Seen>) => Fault | undefined;

const countable = <Seen>(sample: Sample<Seen>): boolean => 'seen' in sample || sample.missed.by === 'target';

const faultIn = <Seen>(sample: Sample<Seen>, faultOf: FaultOf<Seen>): Fault | undefined =>
  'seen' in sample ? faultOf(sample.seen, sample) : missedFault(sample.missed);

const trailing = (faults: readonly (Fault | undefined)[], bad: boolean): number => {
  const index = faults.findLastIndex((fault) => (fault !== undefined) !== bad);
  return faults.length - 1 - index;
};

const isRecurring = (faults: readonly (Fault | undefined)[]): boolean =>
  faults.slice(-recurring.window).filter(Boolean).length >= recurring.bad;

const confirmGroup = (faults: (Fault | undefined)[], failAfter: number, group: string): Confirmation => {
  const bad = faults.filter(Boolean).length;
  const tally = { bad, of: faults.length, ...(group === '' ? {} : { group }) };
  const fault = faults.findLast((found) => found !== undefined);
  if (fault && (trailing(faults, true) >= failAfter || isRecurring(faults)))
    return { state: 'confirmed', fault, ...tally };
  if (fault && trailing(faults, false) < failAfter) return { state: 'wobbling', fault, ...tally };
  return { state: faults.length >= failAfter ? 'good' : 'few', bad, of: faults.length };
};

const rank: Record<Confirmation['state'], number> = { confirmed: 3, wobbling: 2, few: 1, good: 0 };

/**
 * The worst of all groups over the given samples. `faultOf` says why a sample is bad. Samples that our instrument
 * missed do not count; samples that the target refused are bad.
 */
export const confirmed = <Seen>(
  samples: readonly Sample<Seen>[],
  failAfter: number,
  faultOf: FaultOf<Seen>,
): Confirmation => {
  const groups = [...byGroup(samples.filter(countable))].map(([group, all]) =>
    confirmGroup(
      all.map((sample) => faultIn(sample, faultOf)),
      failAfter,
      group,
    ),
  );
  return groups.reduce<Confirmation>((worst, next) => (rank[next.state] > rank[worst.state] ? next : worst), {
    state: groups.length === 0 ? 'few' : 'good',
    bad: groups.reduce((sum, { bad }) => sum + bad, 0),
    of: groups.reduce((sum, { of }) => sum + of, 0),
  });
};

/**
 * As `confirmed`, for faults of two weights: those that ask for nothing less are counted by themselves first; only when
 * they are not confirmed do all faults count together, and then they ask no more than to block.
 */
export const confirmedByWeight = <Seen>(
  samples: readonly Sample<Seen>[],
  failAfter: number,
  faultOf: FaultOf<Seen>,
): Confirmation => {
  const grave = confirmed(samples, failAfter, (seen, sample) => {
    const fault = faultOf(seen, sample);
    return fault?.asks === undefined ? fault : undefined;
  });
  if (grave.state === 'confirmed') return grave;
  const any = confirmed(samples, failAfter, faultOf);
  return any.state === 'confirmed' ? { ...any, fault: { asks: 'block', ...any.fault } } : any;
};

/**
 * The verdict of a probe: confirmed bad → fail; too few → inconclusive for now; else pass, settled once `failAfter`
 * good ones stand at the end. `good` is the sentence of a pass. A wobble is shown, never hidden.
 */
export const probeVerdict = (confirmation: Confirmation, plan: JudgePlan, good: Omit<Fault, 'reason'>): Verdict => {
  const { state, bad, of } = confirmation;
  switch (state) {
    case 'confirmed':
      return { outcome: 'fail', settled: true, ...inGroup(confirmation.fault, confirmation.group) };
    case 'wobbling':
      return {
        outcome: 'pass',
        settled: false,
        ...good,
        reason: 'wobble',
        because: `not a failure yet, ${wobble(bad, of)} (${plan.failAfter} in a row are one): ${confirmation.fault.because}`,
      };
    case 'few':
      return of === 0
        ? { outcome: 'inconclusive', settled: false, reason: 'no_samples', because: 'nothing has been looked at yet' }
        : {
            outcome: 'pass',
            settled: false,
            ...good,
            reason: 'ok',
            because: `${good.because} (${of} of ${plan.failAfter} good samples so far)`,
          };
    case 'good':
      return {
        outcome: 'pass',
        settled: true,
        ...good,
        reason: 'ok',
        because: bad === 0 ? good.because : `${good.because}; ${wobble(bad, of)}`,
      };
    default:
      return state satisfies never;
  }
};

const wobble = (bad: number, of: number): string => `${bad} bad of ${plural(of, 'sample')}`;

const inGroup = (fault: Fault, group: string | undefined): Fault =>
  group === undefined ? fault : { ...fault, because: `${group}: ${fault.because}` };
