// Pairs the checks of a profile with those of a record: what a replay can judge, and what it cannot.
import {
  type CheckPlan,
  duration,
  type Json,
  type JudgePlan,
  type Profile,
  type RecordedCheck,
  type RunRecord,
  type Sample,
  type Verdict,
} from '../kit/index.ts';
import { setBaseline } from './baseline.ts';
import { judgePlans } from './course.ts';
import { defined } from './record.ts';
import { fromRecorded } from './samples.ts';
import type { Watched } from './watched.ts';

/** A check that stands in both, with the samples that are still to come. */
export interface Paired {
  watched: Watched;
  samples: readonly Sample<Json>[];
}

/** Phases whose samples show the release; those of a verification show the one before. */
const replayed: readonly string[] = ['deploy', 'rollout', 'warmup', 'hold', 'last'];

/** Pairs by id and kind; the rest is told as sentences. */
export const pairUp = (recorded: RunRecord, profile: Profile): { paired: Paired[]; notes: string[] } => {
  const plans = judgePlans({ profile, verb: recorded.verb });
  const notes: string[] = [];
  const paired = profile.checks.flatMap((check, index): Paired[] => {
    const known = recorded.checks.find(({ id }) => id === check.id);
    if (known?.kind !== check.kind.name) {
      notes.push(`${check.id} is left out: ${missing(check, known)}`);
      return [];
    }
    notes.push(...differences(check, known));
    return [pairOf(check, known, plans[index] as JudgePlan, recorded)];
  });
  const ids = profile.checks.map(({ id }) => id);
  const gone = recorded.checks.filter(({ id }) => !ids.includes(id));
  return { paired, notes: [...notes, ...gone.map(({ id }) => `${id} is left out: the profile has no such check`)] };
};

const missing = ({ kind }: CheckPlan, known: RecordedCheck | undefined): string =>
  known === undefined
    ? 'the record has no samples of it'
    : `it is of kind ${kind.name} now, and the record has samples of kind ${known.kind}`;

/** How often was looked cannot be changed afterwards. */
const differences = ({ id, every }: CheckPlan, { samples }: RecordedCheck): string[] => {
  const times = [...new Set(samples.filter(({ phase }) => phase === 'hold').map(({ at }) => Date.parse(at)))];
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || times.length < 3) return [];
  const was = (last - first) / (times.length - 1);
  if (was > every / 2 && was < every * 2) return [];
  const looked = duration(Math.round(was / 100) * 100);
  return [
    `${id} was looked at about every ${looked}, not every ${duration(every)}: the samples stand as they were taken`,
  ];
};

const pairOf = (check: CheckPlan, known: RecordedCheck, plan: JudgePlan, recorded: RunRecord): Paired => {
  const watched: Watched = {
    check,
    opened: { missed: { by: 'ours', reason: 'unavailable', because: 'a replay looks at nothing' } },
    plan,
    marks: recorded.marks.map(({ at, ...mark }) => ({ ...mark, at: Date.parse(at) })),
    baseline: { from: 'none', samples: [] },
    before: undefined,
    samples: [],
    pending: undefined,
    confirmed: undefined,
  };
  const { from, samples } = known.baseline;
  if (samples.length > 0) setBaseline(watched, { from, samples: fromRecorded(samples) });
  if (recorded.verb === 'check' && known.attribution === 'preexisting') watched.before = failedBefore(known);
  const shown = fromRecorded(known.samples).filter(({ phase }) => replayed.includes(phase));
  return { watched, samples: shown.sort((a, b) => a.at + a.ms - (b.at + b.ms)) };
};

/** By hand a failure is an old one when the newest run had it, too; of that run only the number is known. */
const failedBefore = ({ reason, because, baseline, limit }: RecordedCheck): Verdict => ({
  outcome: 'fail',
  settled: true,
  reason,
  because,
  ...defined({ value: baseline.value, limit }),
});
