// Judges the looks of a `login` check.
import type { History, Part, Sample, Verdict } from '../../kit/samples.ts';
import { plural } from '../../kit/text.ts';
import { byGroup, confirmed, type Fault, judged, lastSeen, probeVerdict, seenOf } from '../../kit/verdicts.ts';
import { burstFault, burstParts, burstText } from './burst/burst-verdict.ts';
import {
  brokenNegative,
  goodSentence,
  grantedFault,
  skippedParts,
  slowFault,
  stepFault,
  stepPart,
  weakParts,
} from './messages.ts';
import { observedParts, raisedFault } from './observe/levels.ts';
import { loginTimes, overBudget, spread, withSpread } from './observe/times.ts';
import type { LoginSeen, StepSeen } from './seen.ts';
import type { LoginSpec } from './spec.ts';

const isNegative = ({ role }: StepSeen): boolean => role === 'negative';

/** The limit of a login's time, where one is set. */
export const limitOf = ({ budgets }: LoginSpec): { limit?: number } =>
  budgets.login === undefined ? {} : { limit: budgets.login };

/** Why one look is bad: the first step that was not granted, a negative that met an error, the time. */
export const faultOf =
  (spec: LoginSpec) =>
  (seen: LoginSeen): Fault | undefined => {
    const steps = seen.steps.filter((step) => !isNegative(step));
    const failed = steps.findIndex(({ outcome }) => outcome !== 'granted');
    const step = steps[failed];
    if (step) return { ...stepFault(step, step.at ?? failed + 1, spec), parts: seen.steps.map(stepPart) };
    const negative = seen.steps.find((one) => isNegative(one) && one.outcome === 'broken');
    if (negative) return { ...brokenNegative(negative), parts: seen.steps.map(stepPart) };
    const slow = overBudget(seen, spec.budgets);
    return slow && { ...slowFault(slow), parts: seen.steps.map(stepPart) };
  };

/** One look is enough, too: it is the only one that observes. */
const raised = (
  samples: readonly Sample<LoginSeen>[],
  spec: LoginSpec,
  parts: Part[] | undefined,
): Verdict | undefined => {
  const fault = seenOf(samples).flatMap((seen) => raisedFault(seen, spec) ?? [])[0];
  return fault && { outcome: 'fail', settled: true, ...fault, ...(parts ? { parts } : {}) };
};

/** One look is enough: what lets a stranger in is not a matter of how often. */
const openDoor = (samples: readonly Sample<LoginSeen>[]): Verdict | undefined => {
  for (const seen of seenOf(samples)) {
    const step = seen.steps.find((one) => isNegative(one) && one.outcome === 'granted');
    if (step) return { outcome: 'fail', settled: true, ...grantedFault(step), parts: seen.steps.map(stepPart) };
  }
  return undefined;
};

/** Refused before the deploy as well: the password that we were given is wrong, which says nothing of the release. */
const wrongAccount = (verdict: Verdict, history: History<LoginSeen>, spec: LoginSpec): Verdict | undefined => {
  const before = lastSeen(history.baseline.samples);
  if (verdict.reason !== 'login_refused' || !before || faultOf(spec)(before)?.reason !== 'login_refused')
    return undefined;
  const { parts } = verdict;
  return {
    outcome: 'error',
    settled: true,
    reason: 'account_refused',
    because: `${verdict.because}; it was refused before the deploy, too: the password of ${spec.account.username} in the profile is probably wrong`,
    next: 'sign in by hand with the account of the profile',
    ...(parts ? { parts } : {}),
  };
};

const groupPart = (spec: LoginSpec, name: string, samples: Sample<LoginSeen>[]): Part => {
  const seen = lastSeen(samples);
  if (!seen) return { name, outcome: 'inconclusive', because: 'not seen yet' };
  const because = faultOf(spec)(seen)?.because;
  return {
    name,
    outcome: because === undefined ? 'pass' : 'fail',
    because: because ?? goodSentence(seen, [], spec),
    ms: seen.ms,
  };
};

const partsOf = (spec: LoginSpec, samples: Sample<LoginSeen>[], negatives: readonly StepSeen[]): Part[] => {
  const all = seenOf(samples);
  const observed = all.flatMap((seen) => observedParts(seen.observed ?? [], spec));
  const refused = [...negatives.map(stepPart), ...skippedParts(spec, all), ...weakParts(spec), ...observed];
  if (spec.instances !== undefined)
    return [...[...byGroup(samples)].map(([name, own]) => groupPart(spec, name, own)), ...refused];
  const steps = lastSeen(samples)?.steps.filter((step) => !isNegative(step)) ?? [];
  return [...steps.map((step) => withSpread(stepPart(step), all)), ...refused];
};

const goodOf = (spec: LoginSpec, samples: Sample<LoginSeen>[]): Omit<Fault, 'reason'> => {
  const seen = lastSeen(samples);
  if (!seen) return { because: 'nothing was seen yet' };
  const negatives = seenOf(samples).flatMap(({ steps }) => steps.filter(isNegative));
  const refused = negatives.filter(({ outcome }) => outcome === 'refused');
  const parts = partsOf(spec, samples, negatives);
  const warned = parts.filter(({ outcome }) => outcome === 'warn').length;
  const times = spread(loginTimes(seenOf(samples)));
  const because = [
    goodSentence(seen, refused, spec),
    ...(times === '' ? [] : [times]),
    ...(warned === 0 ? [] : [plural(warned, 'warning')]),
  ].join('; ');
  return { because, value: seen.ms, unit: 'ms', ...limitOf(spec), parts };
};

/** A login that passes alone and fails in company. */
const withBurst = (verdict: Verdict, { samples, marks }: History<LoginSeen>, spec: LoginSpec): Verdict => {
  const seen = seenOf(samples).findLast(({ burst }) => burst)?.burst;
  if (!seen) return verdict;
  const own = burstParts(seen, spec.burst, marks);
  const parts = [...(verdict.parts ?? []), ...own];
  const fault = burstFault(seen, spec.burst);
  if (fault) return { outcome: 'fail', settled: true, ...fault, parts };
  return { ...verdict, because: `${verdict.because}; ${burstText(own)}`, parts };
};

/** Pure: the same history gives the same verdict. */
export const judge = (history: History<LoginSeen>, spec: LoginSpec): Verdict => {
  const samples = judged(history);
  const door = openDoor(samples);
  if (door) return door;
  const confirmation = confirmed(samples, history.plan.failAfter, faultOf(spec));
  const verdict = probeVerdict(confirmation, history.plan, goodOf(spec, samples));
  if (verdict.outcome === 'pass') return raised(samples, spec, verdict.parts) ?? withBurst(verdict, history, spec);
  return wrongAccount(verdict, history, spec) ?? verdict;
};
