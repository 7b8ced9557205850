// Walks through the moments of a record as the hold did, with virtual time: judge, step, go on to the next moment.
import { duration, type RunRecord, type Timings } from '../kit/index.ts';
import type { Stop } from './finding.ts';
import { type HoldClock, type HoldEnd, type HoldPlan, holdStep, nextMoment, verifyStep } from './hold-step.ts';
import { judgeNow } from './judging.ts';
import type { Paired } from './replay-checks.ts';

export interface Walked {
  /** `stopped`: the recorded run never came to its hold; `record_ends`: no more samples, and nothing was decided. */
  end: HoldEnd | 'stopped' | 'record_ends';
  /** Epoch milliseconds of the end. */
  at: number;
  /** Milliseconds of hold that were walked through. */
  held: number;
}

/** What a walk has to know of a run: when its hold began, and when it was over. */
export type Walkable = Pick<RunRecord, 'marks' | 'finishedAt' | 'watchedUntil'>;

/** Milliseconds by which times of a record may be off: they are rounded, and the hold woke up a little later. */
const slack = 250;

/** Walks from the start of the hold until it would have ended. Hands every sample to its check on the way. */
export const walk = (recorded: Walkable, paired: readonly Paired[], plan: HoldPlan): Walked => {
  const all = arrivalsOf(paired);
  // A watch kept the samples of its end only, and only a recovery ended it.
  const watched = recorded.watchedUntil !== undefined;
  const started = watched ? all[0] : momentOf(recorded, 'hold-started');
  const over = momentOf(recorded, 'decision') ?? Date.parse(recorded.finishedAt);
  if (started === undefined) return { end: 'stopped', at: over, held: 0 };
  const arrivals = all.filter((at) => at > started);
  const ended = (end: Walked['end'], at: number): Walked => ({ end, at, held: at - started });
  let since: HoldClock = {};
  let now = started;
  while (true) {
    const step = stepAt(now, since, paired, { started, plan, watched });
    since = step.clock;
    if (step.end) return finished(ended(step.end, now), paired);
    const arrival = arrivals.find((at) => at > now) ?? Number.POSITIVE_INFINITY;
    const next = Math.min(arrival, Math.max(now + 1, nextMoment(since, now, started, plan)));
    if (next > Math.max(over, arrivals.at(-1) ?? over) + slack) return ended('record_ends', now);
    now = next;
  }
};

const momentOf = ({ marks }: Pick<RunRecord, 'marks'>, name: string): number | undefined => {
  const found = marks.findLast((mark) => mark.name === name);
  return found && Date.parse(found.at);
};

const arrivalsOf = (paired: readonly Paired[]): number[] =>
  [...new Set(paired.flatMap(({ samples }) => samples.map(({ at, ms }) => at + ms)))].sort((a, b) => a - b);

/** Hands over the samples that had arrived by then. */
const feed = (paired: readonly Paired[], now: number): void => {
  for (const { watched, samples } of paired)
    for (const sample of samples.slice(watched.samples.length))
      if (sample.at + sample.ms <= now) watched.samples.push(sample);
};

const stepAt = (
  now: number,
  since: HoldClock,
  paired: readonly Paired[],
  { started, plan, watched: isWatch }: { started: number; plan: HoldPlan; watched: boolean },
) => {
  feed(paired, now);
  const findings = paired.map(({ watched }) => judgeNow(watched, now, { sticky: !isWatch }));
  return (isWatch ? verifyStep : holdStep)(since, findings, now, started, plan);
};

/** Before a rollback there was one more look at everything: it is the evidence now, too. */
const finished = (walked: Walked, paired: readonly Paired[]): Walked => {
  if (walked.end === 'rollback')
    for (const { watched, samples } of paired)
      watched.samples.push(...samples.slice(watched.samples.length).filter(({ phase }) => phase === 'last'));
  return walked;
};

/** Nothing was red, and the samples end before everything was green for long enough. `held` in milliseconds. */
export const recordEnds = (held: number, { hold }: Timings): Stop => ({
  check: 'run',
  reason: 'record_ends',
  text: `the record ends after ${duration(Math.round(held / 100) * 100)} of hold, before the checks were green together for ${duration(hold.for)}`,
});
