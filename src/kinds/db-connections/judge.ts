// The verdict over all looks at all servers: exhaustion first (in any phase), then what is worse, then what is milder.
import {
  byGroup,
  confirmed,
  confirmedByWeight,
  type Fault,
  type History,
  judged,
  lastSeen,
  type Part,
  probeVerdict,
  type Sample,
  type Verdict,
} from '../../kit/index.ts';
import { slotFault } from './faults.ts';
import { fillingFault, fillingIn, projectedFault } from './filling.ts';
import { nextUnasked } from './next.ts';
import { churnFault, idleFault, lookBefore, refusedLoginsFault } from './pressure.ts';
import type { Tries } from './refused.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';
import { goodText, hiddenVerdict } from './state.ts';

type Samples = readonly Sample<Seen>[];
type FaultOf = (seen: Seen, sample: Sample<Seen>) => Fault | undefined;

/** Pure. Looks of the roll-out and the warm-up count only for what cannot wait: no slot is left, or will be. */
export const judge = (history: History<Seen>, spec: Spec): Verdict => {
  const servers = byGroup(judged(history));
  const verdict = judgeAll(history, spec);
  if (servers.size < 2) return verdict;
  return { ...verdict, parts: [...servers].map(([name, samples]) => partOf(name, { ...history, samples }, spec)) };
};

const partOf = (name: string, history: History<Seen>, spec: Spec): Part => {
  const { outcome, because } = judgeAll(history, spec);
  return { name, outcome, because: because.replace(`${name}: `, '') };
};

const judgeAll = (history: History<Seen>, spec: Spec): Verdict => {
  const faultOf = once(faultsOf(history, spec));
  const urgent = urgency(history, faultOf);
  if (urgent) return { outcome: 'fail', settled: true, ...urgent };
  const samples = judged(history);
  const { failAfter } = history.plan;
  const worst = confirmedByWeight(samples, failAfter, faultOf);
  const verdict = probeVerdict(worst, history.plan, goodText(samples, spec));
  if (verdict.outcome !== 'pass') return { ...nextUnasked(verdict.reason), ...verdict };
  const hidden = hiddenVerdict(samples, spec);
  if (hidden || spec.churn === undefined) return hidden ?? verdict;
  const churn = confirmed(samples, failAfter, (seen, sample) => churnFault(lookBefore(samples, sample), seen, spec));
  return churn.state === 'confirmed' ? probeVerdict(churn, history.plan, verdict) : verdict;
};

/** A failure is confirmed from at most so many looks; what older ones foretold has passed, and costs time to work out. */
const lookBack = 20;

/** What is wrong with one look, against the last look of the baseline at the same server: the graver of all faults. */
const faultsOf = (history: History<Seen>, spec: Spec): FaultOf => {
  const before = new Map([...byGroup(history.baseline.samples)].map(([group, all]) => [group, lastCounted(all)]));
  const looks = byGroup(judged(history));
  const lasting = (seen: Seen, baseline: Seen | undefined, first: Seen | undefined): Fault | undefined =>
    projectedFault(seen, baseline, spec) ?? refusedLoginsFault(first, seen) ?? idleFault(seen, spec);
  return (seen, { group = '', at }) => {
    const baseline = before.get(group);
    const slots = slotFault(seen, baseline, spec, () => triesOf(history, group, at));
    if (slots && slots.asks === undefined) return slots;
    const all = looks.get(group) ?? [];
    if ((all.at(-lookBack)?.at ?? at) > at) return slots ?? lasting(seen, baseline, firstSeen(all));
    const until = () => all.filter((sample) => sample.at <= at);
    const filling = fillingFault(seen, baseline, () => fillingIn(until(), spec), spec);
    if (filling && filling.asks === undefined) return filling;
    return slots ?? filling ?? lasting(seen, baseline, firstSeen(all));
  };
};

/** How many of the looks that would confirm it, this one the last, were refused. */
const triesOf = ({ samples, plan }: History<Seen>, group: string, at: number): Tries => {
  const all = samples.filter((one) => tellsOfTarget(one) && (one.group ?? '') === group && one.at <= at);
  const looks = all.slice(-plan.failAfter);
  return { refused: looks.filter(isRefused).length, of: looks.length };
};

const isRefused = (sample: Sample<Seen>): boolean => 'seen' in sample && 'refused' in sample.seen.attempt;

/** Each look is asked about several times within one judgement; its fault is found once. */
const once = (faultOf: FaultOf): FaultOf => {
  const found = new Map<Sample<Seen>, Fault | undefined>();
  return (seen, sample) => {
    if (!found.has(sample)) found.set(sample, faultOf(seen, sample));
    return found.get(sample);
  };
};

const firstSeen = (samples: Samples): Seen | undefined => {
  const first = samples.find((sample) => 'seen' in sample && sample.seen.pressure);
  return first && 'seen' in first ? first.seen : undefined;
};

const lastCounted = (samples: Samples): Seen | undefined =>
  lastSeen(samples.filter((sample) => 'seen' in sample && sample.seen.slots));

/** These need not wait for the hold: nothing is left to judge, or the rest of the roll-out would fill the server. */
const cannotWait = ['slots_exhausted', 'will_not_fit'];

/** The fault when the last `failAfter` looks at one server, of whatever phase after the deploy, found no slot left. */
const urgency = (history: History<Seen>, faultOf: FaultOf): Fault | undefined => {
  for (const [group, samples] of byGroup(history.samples.filter(tellsOfTarget))) {
    const fault = urgentIn(samples, history.plan.failAfter, faultOf);
    if (fault) return group === '' ? fault : { ...fault, because: `${group}: ${fault.because}` };
  }
  return undefined;
};

const urgentIn = (samples: Samples, failAfter: number, faultOf: FaultOf): Fault | undefined => {
  const last = samples.slice(-failAfter);
  if (last.length < failAfter) return undefined;
  const faults = last.map((sample) => ('seen' in sample ? faultOf(sample.seen, sample) : undefined));
  const reason = cannotWait.find((one) => faults.every((found) => found?.reason === one));
  return reason === undefined ? undefined : faults.at(-1);
};

const tellsOfTarget = (sample: Sample<Seen>): boolean => 'seen' in sample || sample.missed.by === 'target';
