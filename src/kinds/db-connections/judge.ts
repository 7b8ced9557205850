// The verdict over all looks: exhaustion first (in any phase), then the rollback limit, then the milder ones.
import {
  type Chart,
  confirmedByWeight,
  type Fault,
  type History,
  judged,
  lastSeen,
  probeVerdict,
  type Sample,
  type Verdict,
} from '../../kit/index.ts';
import { faultOf } from './faults.ts';
import { limitOf, usesOf, useText } from './limits.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';

/** Pure. Looks of the roll-out and the warm-up count only when nothing was left to judge: slots exhausted. */
export const judge = (history: History<Seen>, spec: Spec): Verdict => {
  const before = history.baseline.samples.findLast((sample) => 'seen' in sample && sample.seen.slots);
  const baseline = before && 'seen' in before ? before.seen : undefined;
  const fault = (seen: Seen): Fault | undefined => faultOf(seen, baseline, spec);
  const exhausted = exhaustion(history, fault);
  if (exhausted) return { outcome: 'fail', settled: true, ...exhausted };
  const samples = judged(history);
  const worst = confirmedByWeight(samples, history.plan.failAfter, fault);
  const latest = lastSeen(samples);
  const verdict = probeVerdict(worst, history.plan, goodText(latest, spec));
  return verdict.outcome === 'pass' ? (hiddenVerdict(latest, spec) ?? verdict) : verdict;
};

/** The fault when the last `failAfter` looks after the deploy, of whatever phase, found no slot left. */
const exhaustion = (history: History<Seen>, fault: (seen: Seen) => Fault | undefined): Fault | undefined => {
  const { failAfter } = history.plan;
  const last = history.samples.filter(tellsOfTarget).slice(-failAfter);
  if (last.length < failAfter) return undefined;
  const faults = last.map((sample) => ('seen' in sample ? fault(sample.seen) : undefined));
  return faults.every((found) => found?.reason === 'slots_exhausted') ? faults.at(-1) : undefined;
};

const tellsOfTarget = (sample: Sample<Seen>): boolean => 'seen' in sample || sample.missed.by === 'target';

const goodText = (seen: Seen | undefined, spec: Spec): Omit<Fault, 'reason'> => {
  if (!seen?.slots) return { because: 'nothing could be counted' };
  const [use] = usesOf(seen.slots, spec, 'atMost');
  const limit = limitOf({ ...use, level: 'rollback', fewFree: false }, spec);
  const hidden = use.hidden > 0 ? ` (at most: ${use.hidden} of them are hidden from the probe's role)` : '';
  return {
    because: `${useText(use, spec)} (${limit.text})${hidden}`,
    value: use.used,
    limit: limit.count,
    unit: 'connections',
  };
};

/** Hidden rows may be parallel workers, so that over a limit with them is neither good nor proven bad. */
const hiddenVerdict = (seen: Seen | undefined, spec: Spec): Verdict | undefined => {
  if (!seen?.slots) return undefined;
  const [use] = usesOf(seen.slots, spec, 'atMost');
  if (use.hidden === 0 || use.level === 'none') return undefined;
  const limit = limitOf(use, spec);
  return {
    outcome: 'inconclusive',
    settled: false,
    reason: 'needs_pg_monitor',
    because: `at most ${useText(use, spec)} (${limit.text}), but ${use.hidden} of them are hidden from the probe's role`,
    next: 'GRANT pg_monitor TO the role of the probe; without it parallel workers look like connections',
    value: use.used,
    limit: limit.count,
    unit: 'connections',
  };
};

/** Connections in use over time, against the limit that asks for a rollback. */
export const charts = (history: History<Seen>, spec: Spec): Chart[] => {
  const points = history.samples.flatMap(({ at, ...look }) =>
    'seen' in look && look.seen.slots ? [{ at, use: usesOf(look.seen.slots, spec)[0] }] : [],
  );
  const last = points.at(-1)?.use;
  const before = lastSeen(history.baseline.samples)?.slots;
  if (!last) return [];
  return [
    {
      title: 'connections in use',
      unit: 'connections',
      limit: limitOf({ ...last, level: 'rollback', fewFree: false }, spec).count,
      ...(before ? { baseline: usesOf(before, spec)[0].used } : {}),
      series: [{ name: last.name, points: points.map(({ at, use }) => ({ at, value: use.used + use.own })) }],
    },
  ];
};
