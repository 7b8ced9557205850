// From a history to a verdict: the one place where missed looks become outcomes, around the kind's own judge.
import {
  type AnyKind,
  type Fault,
  type History,
  type Json,
  judged,
  type Missed,
  type Sample,
  type Verdict,
  messageOf,
} from '../kit/index.ts';
import { checkedVerdict } from './checked-verdict.ts';

type AnyHistory = History<Json>;
type MissedSample = Sample<Json> & { missed: Missed };

/**
 * Judges one check. Missed looks come first: our own fault and a lasting failure of the instrument are `error`,
 * a throttle is `inconclusive`, a target that refuses `failAfter` times is `fail`. Then the kind speaks; what it says
 * is validated, and a judge that throws is an `error`, never a pass.
 */
export const assess = (kind: AnyKind, spec: unknown, history: AnyHistory): Verdict => {
  const groups = timelines(judged(history));
  return (
    first(groups, ourFault) ??
    first(groups, (group) => brokenInstrument(group, history)) ??
    first(groups, throttled) ??
    withNext(
      first(groups, (group) => refusingTarget(group, history.plan.failAfter)),
      () => spoken(kind, spec, history),
    ) ??
    unsettledWhileBlind(groups, spoken(kind, spec, history))
  );
};

/** Where to look first when a target refuses, which the kind knows if it comes to the same reason. */
const withNext = (verdict: Verdict | undefined, ofKind: () => Verdict): Verdict | undefined => {
  if (!verdict) return undefined;
  const { outcome, reason, next } = ofKind();
  return outcome === 'fail' && reason === verdict.reason && next !== undefined ? { ...verdict, next } : verdict;
};

/**
 * The samples of each group of the newest look, in time order, with the looks that were missed as a whole: those concern
 * every group, and are over with the next look at it. A group that is gone (a replica of the release before) is over, too.
 */
const timelines = (samples: readonly Sample<Json>[]): Sample<Json>[][] => {
  const isWhole = (sample: Sample<Json>): boolean => 'missed' in sample && sample.group === undefined;
  const newest = samples.findLast((sample) => !isWhole(sample))?.at;
  const present = samples.filter((sample) => sample.at === newest && !isWhole(sample)).map(({ group }) => group);
  const groups = present.length === 0 ? [undefined] : [...new Set(present)];
  return groups.map((group) => samples.filter((sample) => sample.group === group || isWhole(sample)));
};

const first = (
  groups: Sample<Json>[][],
  verdictOf: (group: Sample<Json>[]) => Verdict | undefined,
): Verdict | undefined => {
  for (const group of groups) {
    const verdict = verdictOf(group);
    if (verdict) return verdict;
  }
  return undefined;
};

const isMissed = (sample: Sample<Json>, by: Missed['by']): sample is MissedSample =>
  'missed' in sample && sample.missed.by === by;

/** The missed samples at the end of a group, all by the same party. */
const trailingMisses = (group: Sample<Json>[], by: Missed['by']): MissedSample[] => {
  const lastOther = group.findLastIndex((sample) => !isMissed(sample, by));
  return group.slice(lastOther + 1) as MissedSample[];
};

const faultOf = ({ missed, group }: MissedSample): Fault => ({
  reason: missed.reason,
  because: group === undefined ? missed.because : `${group}: ${missed.because}`,
});

const ourFault = (group: Sample<Json>[]): Verdict | undefined => {
  const last = group.at(-1);
  return last && isMissed(last, 'ours') ? { outcome: 'error', settled: true, ...faultOf(last) } : undefined;
};

const brokenInstrument = (group: Sample<Json>[], { plan, now }: AnyHistory): Verdict | undefined => {
  const misses = trailingMisses(group, 'instrument');
  const [firstMiss] = misses;
  const lastMiss = misses.at(-1);
  if (!firstMiss || !lastMiss || now - firstMiss.at < plan.errorGrace) return undefined;
  return { outcome: 'error', settled: true, ...faultOf(lastMiss) };
};

const throttled = (group: Sample<Json>[]): Verdict | undefined => {
  const last = group.at(-1);
  return last && isMissed(last, 'throttle') ? { outcome: 'inconclusive', settled: true, ...faultOf(last) } : undefined;
};

const refusingTarget = (group: Sample<Json>[], failAfter: number): Verdict | undefined => {
  const misses = trailingMisses(group, 'target');
  const last = misses.at(-1);
  return last && misses.length >= failAfter ? { outcome: 'fail', settled: true, ...faultOf(last) } : undefined;
};

/** While the instrument is failing within its grace, nothing new is known: no pass may end the hold. */
const unsettledWhileBlind = (groups: Sample<Json>[][], verdict: Verdict): Verdict => {
  const blind = groups.some((group) => trailingMisses(group, 'instrument').length > 0);
  return blind && verdict.outcome === 'pass' ? { ...verdict, settled: false } : verdict;
};

/** A kind that is content without having seen anything proves nothing: no samples are never a pass. */
const provenBySight = (verdict: Verdict, history: AnyHistory): Verdict => {
  const isBlind = judged(history).every((sample) => 'missed' in sample);
  if (!isBlind || verdict.outcome !== 'pass' || !verdict.settled) return verdict;
  const because = `nothing has been seen yet; without a sample the kind says: ${verdict.because}`;
  return { outcome: 'inconclusive', settled: false, reason: 'no_samples', because };
};

const spoken = (kind: AnyKind, spec: unknown, history: AnyHistory): Verdict => {
  try {
    return provenBySight(checkedVerdict(kind.name, kind.judge(history, spec)), history);
  } catch (error) {
    const because = `the judge of kind ${kind.name} failed: ${messageOf(error)}`;
    return { outcome: 'error', settled: true, reason: 'bug', because };
  }
};
