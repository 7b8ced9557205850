// The windows of a replay over history: each is a pretended deploy, with a baseline before it and a hold after it, judged as a run would.
import {
  type Decision,
  historyWindow,
  isoTime,
  type Json,
  type Profile,
  type Sample,
  type Span,
} from '../kit/index.ts';
import { setBaseline } from './baseline.ts';
import { type Burst, longestBurst } from './bursts.ts';
import { finalFindings } from './course.ts';
import { decide } from './decide.ts';
import type { Finding } from './finding.ts';
import type { Paired } from './replay-checks.ts';
import { walk } from './replay-walk.ts';
import type { Watched } from './watched.ts';

/** What the windows are made from. */
export interface WindowsInput {
  profile: Profile;
  span: Span;
  /** Spans in which a release was verified: they are not quiet. */
  deploys: readonly Span[];
}

/** Milliseconds of history that are read at once. */
const chunk = 24 * 3_600_000;

/** Milliseconds of a baseline where the source says nothing of it. */
const usualBefore = 30 * 60_000;

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
interface Ended {
  /** Epoch milliseconds of the pretended deploy, and of the decision. */
  from: number;
  at: number;
  because: Decision['because'];
  burst?: Burst;
}

/** A check with all units of the span, oldest first. */
interface Track {
  watched: Watched;
  samples: Sample<Json>[];
  before: number;
}

/** Replays every window with units of one length. */
export const atUnit = async (watched: readonly Watched[], unit: number, input: WindowsInput): Promise<OverUnit> => {
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
const replayWindow = (tracks: readonly Track[], window: Span, { profile }: WindowsInput, result: OverUnit): void => {
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
