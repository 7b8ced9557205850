// Replays the exact rule over windows of the sources' own history: how often would a deploy that changed nothing have been rolled back?
import {
  type Decision,
  historyWindow,
  type Io,
  isoTime,
  type Json,
  type JudgePlan,
  type Profile,
  type Sample,
  type Span,
} from '../kit/index.ts';
import { setBaseline } from './baseline.ts';
import { longestBurst, type Burst } from './bursts.ts';
import { finalFindings, judgePlans } from './course.ts';
import { decide } from './decide.ts';
import type { Finding } from './finding.ts';
import type { Paired } from './replay-checks.ts';
import { walk } from './replay-walk.ts';
import { createTurns } from './turns.ts';
import { closeAll, openWatched, type Watched } from './watched.ts';
import { createWorlds } from './world.ts';

export interface OverInput {
  profile: Profile;
  io: Io;
  learn(secret: string, name: string): void;
  span: Span;
  /** Spans in which a release was verified: they are not quiet. */
  deploys: readonly Span[];
}

/** What the windows at one length of a unit came to. */
export interface OverUnit {
  /** Milliseconds; the shortest `every` of the checks. */
  unit: number;
  windows: number;
  /** Windows that overlap a recorded run, and those in which the sources have no unit. */
  busy: number;
  empty: number;
  rolledBack: Ended[];
  blocked: Ended[];
}

/** A window that did not pass. */
export interface Ended {
  /** Epoch milliseconds of the pretended deploy, and of the decision. */
  from: number;
  at: number;
  because: Decision['because'];
  burst?: Burst;
}

export interface Over {
  /** Ids of the checks that were replayed, and of those without a history. */
  checks: string[];
  without: string[];
  units: OverUnit[];
}

/** Milliseconds of history that are read at once. */
const chunk = 24 * 3_600_000;

/** Longer units are tried where the profile's own gave a false alarm; up to this many milliseconds. */
const multiples = [1, 2, 3, 4, 6];
const longestUnit = 60_000;

/** Milliseconds of a baseline where the source says nothing of it. */
const usualBefore = 30 * 60_000;

/** Replays; throws what a source throws that cannot tell its history. */
export const replayOver = async (input: OverInput): Promise<Over> => {
  const { profile, io, learn } = input;
  const worlds = createWorlds({ io, root: profile.root, registry: profile.registry, learn, onMark: () => undefined });
  const plans = judgePlans({ profile, verb: 'run' });
  const turns = createTurns();
  const rates = profile.checks.flatMap((check, index) => (check.kind.baseline === 'window' ? [{ check, index }] : []));
  const watched = await Promise.all(
    rates.map(({ check, index }) => {
      const plan = plans[index] as JudgePlan;
      return openWatched(check, plan, worlds(check.id, check.every), [], turns);
    }),
  );
  try {
    const kept = watched.filter(hasPast);
    const checks = kept.map(({ check }) => check.id);
    const without = profile.checks.map(({ id }) => id).filter((id) => !checks.includes(id));
    return { checks, without, units: kept.length === 0 ? [] : await atEachUnit(kept, input) };
  } finally {
    await closeAll(watched, io.clock);
  }
};

const hasPast = ({ opened }: Watched): boolean => 'session' in opened && opened.session.past !== undefined;

const atEachUnit = async (watched: readonly Watched[], input: OverInput): Promise<OverUnit[]> => {
  const done: OverUnit[] = [];
  for (const multiple of multiples) {
    const longer = watched.map((one) => withUnit(one, multiple, input.profile));
    const unit = Math.min(...longer.map(({ plan }) => plan.every));
    if (multiple > 1 && unit > longestUnit) break;
    done.push(await atUnit(longer, unit, input));
    if (done.at(-1)?.rolledBack.length === 0) break;
  }
  return done;
};

const withUnit = (watched: Watched, multiple: number, { timings }: Profile): Watched => {
  const every = watched.plan.every * multiple;
  const units = Math.max(1, Math.ceil(timings.hold.deadline / every));
  return { ...watched, plan: { ...watched.plan, every, units } };
};

/** A check with all units of the span, oldest first. */
interface Track {
  watched: Watched;
  samples: Sample<Json>[];
  before: number;
}

const atUnit = async (watched: readonly Watched[], unit: number, input: OverInput): Promise<OverUnit> => {
  const tracks = await Promise.all(watched.map((one) => trackOf(one, input.span)));
  const { hold } = input.profile.timings;
  const result: OverUnit = { unit, windows: 0, busy: 0, empty: 0, rolledBack: [], blocked: [] };
  // A window that passes has been looked at for `hold.for`: the next one begins there, so that no moment is left out.
  const first = input.span.from + Math.max(...tracks.map(({ before }) => before));
  for (let from = first; from + hold.deadline <= input.span.to; from += hold.for) {
    const window = { from, to: from + hold.deadline };
    if (input.deploys.some((deploy) => deploy.from < window.to && deploy.to > window.from)) result.busy += 1;
    else replayWindow(tracks, window, input, result);
  }
  return result;
};

const trackOf = async (watched: Watched, { from, to }: Span): Promise<Track> => {
  const { opened, plan, check } = watched;
  const samples: Sample<Json>[] = [];
  const length = Math.max(1, Math.floor(chunk / plan.every)) * plan.every;
  if ('session' in opened && opened.session.past)
    for (let at = from; at < to; at += length)
      samples.push(...(await opened.session.past({ from: at, to: Math.min(to, at + length) }, plan.every)));
  return { watched, samples, before: historyWindow(check.spec)?.before ?? usualBefore };
};

/** Samples after `from`, up to `to`; found by halving, because there are thousands of windows. */
const within = (samples: readonly Sample<Json>[], { from, to }: Span): Sample<Json>[] =>
  samples.slice(countUpTo(samples, from), countUpTo(samples, to));

const countUpTo = (samples: readonly Sample<Json>[], at: number): number => {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** One pretended deploy at the beginning of the window: baseline before it, hold after it, judged as a run would. */
const replayWindow = (tracks: readonly Track[], window: Span, { profile }: OverInput, result: OverUnit): void => {
  const paired = tracks.map((track) => pairOf(track, window));
  if (paired.some((pair, index) => isBlind(pair, tracks[index]?.before ?? 0, window))) {
    result.empty += 1;
    return;
  }
  result.windows += 1;
  const { hold } = profile.timings;
  const marks = [
    { name: 'hold-started', at: isoTime(window.from) },
    { name: 'decision', at: isoTime(window.to) },
  ];
  const walked = walk({ marks, finishedAt: isoTime(window.to) }, paired, hold);
  if (walked.end === 'green') return;
  const findings = finalFindings(
    paired.map(({ watched }) => watched),
    walked.at,
    'record_ends',
  );
  const decision = decide(findings, [], { rollback: true });
  if (decision.action === 'pass') return;
  const ended: Ended = { from: window.from, at: walked.at, because: decision.because };
  const burst = burstOf(tracks, findings, walked.at);
  (decision.action === 'rollback' ? result.rolledBack : result.blocked).push({ ...ended, ...(burst ? { burst } : {}) });
};

/** Nothing after it, or less than half of the baseline before it. */
const isBlind = ({ watched, samples }: Paired, before: number, { from }: Span): boolean =>
  samples.length === 0 || (watched.baseline.samples[0]?.at ?? Infinity) > from - before / 2;

const pairOf = ({ watched, samples, before }: Track, window: Span): Paired => {
  const one: Watched = { ...watched, samples: [], confirmed: undefined, before: undefined };
  setBaseline(one, { from: 'derived', samples: within(samples, { from: window.from - before, to: window.from }) });
  const held = within(samples, window).map((sample): Sample<Json> => ({ ...sample, phase: 'hold' }));
  return { watched: one, samples: held };
};

/** The burst around the decision, of the check that failed and counts its errors. */
const burstOf = (tracks: readonly Track[], findings: readonly Finding[], at: number): Burst | undefined => {
  for (const [index, { verdict }] of findings.entries()) {
    const track = tracks[index];
    if (verdict.outcome !== 'fail' || verdict.unit !== 'share' || verdict.limit === undefined || !track) continue;
    const burst = longestBurst(track.samples, track.watched.check.kind, verdict.limit, at);
    if (burst) return burst;
  }
  return undefined;
};
