// The state of one run while it goes on, and the small steps that all phases share.
import { messageOf } from '../kit/errors.ts';
import type { JudgePlan, LastCounted, Mark, Phase, RunEvent, RunRecord } from '../kit/index.ts';
import { faultOf } from './fault.ts';
import type { Finding, Stop } from './finding.ts';
import type { RunInput } from './input.ts';
import { judgeNow } from './judging.ts';
import { openWatched, type Watched } from './watched.ts';
import { createTurns } from './turns.ts';
import { createWorlds } from './world.ts';

/** Chance of a false pass of a proof (`require: proof`). */
const beta = 0.05;

export interface Course {
  /** Its `signal` aborts with its `fault`, too. */
  input: RunInput;
  /** Aborts at the first SIGINT or SIGTERM alone: what is half done at a fault comes to its end. */
  interrupt: AbortSignal;
  watched: Watched[];
  marks: Mark[];
  stops: Stop[];
  /** Set once the run is decided. */
  findings: Finding[];
  /** The revision under test, and the captured one to return to. */
  from?: string;
  to?: string;
  /** ISO time of the baseline: makes the id of a rollback unique per deploy. */
  baselineTakenAt?: string;
  /** The newest migration then, where the profile asks for it. */
  migration?: string;
  /** By hand: the run whose samples are the baseline, and until when (epoch milliseconds) it keeps looking. */
  comparedWith?: NonNullable<RunRecord['comparedWith']>;
  watchedUntil?: number;
  /** By hand: who held the connections when a run of the last day counted last. */
  lastCounted?: LastCounted;
  /** The record of the run whose rollback is carried out here. */
  judged?: RunRecord;
  startedAt: number;
}

/** Opens every check of the profile, side by side. */
export const openCourse = async (given: RunInput): Promise<Course> => {
  const { signal: interrupt, fault } = given;
  const input = fault ? { ...given, signal: AbortSignal.any([interrupt, fault]) } : given;
  const { profile, io, emit, learn } = input;
  const marks: Mark[] = [];
  const onMark = (mark: Mark): void => {
    marks.push(mark);
    emit({ type: 'mark', ...mark });
  };
  const worlds = createWorlds({ io, root: profile.root, registry: profile.registry, learn, onMark });
  const plans = judgePlans(input);
  const turns = createTurns();
  const watched = await Promise.all(
    profile.checks.map((check, index) =>
      openWatched(check, plans[index] as JudgePlan, worlds(check.id, check.every), marks, turns),
    ),
  );
  const course: Course = { input, interrupt, watched, marks, stops: [], findings: [], startedAt: io.clock.now() };
  const onFault = (): void => tellFault(course);
  if (fault?.aborted) onFault();
  fault?.addEventListener('abort', onFault, { once: true });
  return course;
};

/** At once, also in the middle of a rollback that it does not end. */
const tellFault = (course: Course): void => {
  const text = faultOf(course.input)?.text ?? '';
  mark(course, 'internal-error', text);
  note(course, 'warn', text);
};

/** The numbers that each judge needs; alpha is split over all sequential tests of the profile. */
export const judgePlans = ({ profile, verb }: Pick<RunInput, 'profile' | 'verb'>): JudgePlan[] => {
  const tests = profile.checks.map(({ kind, spec, unavailable }) =>
    unavailable === undefined ? (kind.hypotheses?.(spec) ?? 0) : 0,
  );
  const all = Math.max(
    1,
    tests.reduce((sum, n) => sum + n, 0),
  );
  return profile.checks.map(({ every, failAfter, errorGrace }) => ({
    alpha: profile.alpha / all,
    beta,
    units: Math.max(1, Math.ceil(profile.timings.hold.deadline / every)),
    failAfter,
    every,
    errorGrace,
    absolute: verb === 'check',
  }));
};

/** Leaves a named moment in the record and on the timeline. */
export const mark = ({ input, marks }: Course, name: string, data?: Mark['data']): void => {
  const entry = { at: input.io.clock.now(), name, ...(data === undefined ? {} : { data }) };
  marks.push(entry);
  input.emit({ type: 'mark', ...entry });
};

/** Tells the reporters that a phase begins, and how long (milliseconds) it lasts at most. */
export const enterPhase = ({ input }: Course, phase: Phase, length: number, text: string): void =>
  input.emit({ type: 'phase', at: input.io.clock.now(), phase, length, text });

export const note = ({ input }: Course, level: Extract<RunEvent, { type: 'note' }>['level'], text: string): void =>
  input.emit({ type: 'note', at: input.io.clock.now(), level, text });

/** What a store that cannot be read would have told is not worth the run: it is said, and `otherwise` stands in. */
export const readable = async <T>(course: Course, otherwise: T, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    note(course, 'warn', `${course.input.store.where} cannot be read: ${messageOf(error)}`);
    return otherwise;
  }
};

/**
 * What stands at the end: everything judged once more with `ended`; what is still open becomes `inconclusive` with
 * the reason why no more samples came. Confirmed failures and errors stay what they are.
 */
export const finalFindings = (
  watched: readonly Watched[],
  now: number,
  reason: keyof typeof whyUnfinished,
): Finding[] =>
  watched
    .map((one) => judgeNow(one, now, { sticky: true, ended: true }))
    .map((finding) =>
      finding.verdict.settled || finding.verdict.outcome === 'error' ? finding : unfinished(finding, reason),
    );

const whyUnfinished = {
  deadline: 'not settled when the deadline of the hold was over',
  stopped_early: 'the run ended before this was settled',
  interrupted: 'the run was interrupted before this was settled',
  record_ends: 'the recorded samples end before this was settled',
};

const unfinished = (finding: Finding, reason: keyof typeof whyUnfinished): Finding => ({
  ...finding,
  suspect: finding.verdict.reason === 'wobble',
  attribution: 'none',
  verdict: {
    ...finding.verdict,
    outcome: 'inconclusive',
    settled: true,
    reason,
    because: `${whyUnfinished[reason]}; last seen: ${finding.verdict.because}`,
  },
});
