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
import { aroundBurst, type Burst, longestBurst } from './bursts.ts';
import { finalFindings } from './course.ts';
import { decide } from './decide.ts';
import { derived, type Past } from './derive.ts';
import type { Finding } from './finding.ts';
import { remembered } from './remembered.ts';
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

/** A check with its history. */
interface Track {
  watched: Watched;
  past: Past;
  before: number;
}

/** Replays every window with units of one length. */
export const atUnit = async (watched: readonly Watched[], unit: number, input: WindowsInput): Promise<OverUnit> => {
  const tracks = watched.map((one) => trackOf(one, input.span));
  const { hold } = input.profile.timings;
  const result: OverUnit = { unit, windows: 0, busy: 0, empty: 0, rolledBack: [], blocked: [] };
  // A window that passes has been looked at for `hold.for`: the next one begins there, so that no moment is left out.
  const first = input.span.from + Math.max(...tracks.map(({ before }) => before));
  for (let from = first; from + hold.deadline <= input.span.to; from += hold.for) {
    const window = { from, to: from + hold.deadline };
    if (input.deploys.some((deploy) => deploy.from < window.to && deploy.to > window.from)) result.busy += 1;
    else await replayWindow(tracks, window, input, result);
  }
  return result;
};

const trackOf = (watched: Watched, { to }: Span): Track => {
  const { opened, check } = watched;
  const session = 'session' in opened ? opened.session : undefined;
  const past: Past = async (span, unit) => session?.past?.(span, unit) ?? [];
  return { watched, past: remembered(past, to), before: historyWindow(check.spec)?.before ?? usualBefore };
};

/** One pretended deploy at the beginning of the window: baseline before it, hold after it, judged as a run would. */
const replayWindow = async (
  tracks: readonly Track[],
  window: Span,
  { profile }: WindowsInput,
  result: OverUnit,
): Promise<void> => {
  const paired = await Promise.all(tracks.map((track) => pretendedAt(track, window)));
  if (paired.some(({ blind }) => blind)) {
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
  const burst = await burstOf(tracks, findings, walked.at);
  (decision.action === 'rollback' ? result.rolledBack : result.blocked).push({ ...ended, ...(burst ? { burst } : {}) });
};

/** A check at one pretended deploy. */
interface Pretended extends Paired {
  /** The history holds nothing of the hold, or less than half of the window before it. */
  blind: boolean;
}

/** The baseline is chosen as a run chooses it: a day where traffic is thin, the week before where it is asked for. */
const pretendedAt = async ({ watched, past, before }: Track, window: Span): Promise<Pretended> => {
  const { every } = watched.plan;
  const one: Watched = { ...watched, samples: [], confirmed: undefined, before: undefined };
  const found = await derived(one, window.from, past);
  setBaseline(one, found?.baseline ?? { from: 'derived', samples: [] });
  const [oldest] = await past({ from: window.from - before, to: window.from }, every);
  const held = await past(window, every);
  const samples = held.map((sample): Sample<Json> => ({ ...sample, phase: 'hold' }));
  return { watched: one, samples, blind: samples.length === 0 || (oldest?.at ?? Infinity) > window.from - before / 2 };
};

/** The burst around the decision, of the check that failed and counts its errors. */
const burstOf = async (
  tracks: readonly Track[],
  findings: readonly Finding[],
  at: number,
): Promise<Burst | undefined> => {
  for (const [index, { verdict }] of findings.entries()) {
    const track = tracks[index];
    if (verdict.outcome !== 'fail' || verdict.unit !== 'share' || verdict.limit === undefined || !track) continue;
    const { check, plan } = track.watched;
    const near = await track.past({ from: at - aroundBurst, to: at + aroundBurst }, plan.every);
    const burst = longestBurst(near, check.kind, verdict.limit, at);
    if (burst) return burst;
  }
  return undefined;
};
