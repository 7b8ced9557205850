// The hold: the release proves itself until all blocking checks were green together, or something ends it.
import type { Clock, Emit, Phase } from '../kit/index.ts';
import { decide } from './decide.ts';
import type { Finding } from './finding.ts';
import { announce, createJudging, judgeNow, type Judging, preview } from './judging.ts';
import { asksAmong } from './policy.ts';
import { startSampler } from './sampler.ts';
import type { Watched } from './watched.ts';

export type HoldEnd = 'green' | 'rollback' | 'blocked' | 'deadline' | 'interrupted';

/** Milliseconds. */
export interface HoldPlan {
  for: number;
  deadline: number;
}

/** Since when (epoch milliseconds) everything is green, or something is blocked for good. */
export interface HoldClock {
  greenSince?: number;
  blockedSince?: number;
}

export interface HoldStep {
  clock: HoldClock;
  end?: HoldEnd;
}

const isRed = (finding: Finding, all: readonly Finding[]): boolean => {
  const action = asksAmong(finding, all);
  return action === 'block' || action === 'rollback';
};

/**
 * One step of the hold, pure: green together for `for` and everything settled → green; a justified rollback → rollback;
 * a settled red check → blocked, `for` later (it may still become a rollback); else go on until the deadline.
 */
export const holdStep = (
  clock: HoldClock,
  findings: readonly Finding[],
  now: number,
  started: number,
  plan: HoldPlan,
): HoldStep => {
  const next = ticked(clock, findings, now);
  const wanted = decide(
    findings.filter(({ verdict }) => verdict.settled),
    [],
    { rollback: true },
  );
  if (wanted.action === 'rollback') return { clock: next, end: 'rollback' };
  if (isGreen(next, findings, now, plan)) return { clock: next, end: 'green' };
  if (findings.every(isHopeless)) return { clock: next, end: 'blocked' };
  if (next.blockedSince !== undefined && now - next.blockedSince >= plan.for) return { clock: next, end: 'blocked' };
  return now - started >= plan.deadline ? { clock: next, end: 'deadline' } : { clock: next };
};

/** What lacks a value cannot look, however long one waits (`check` alone begins without it). */
const isHopeless = ({ check, verdict }: Finding): boolean =>
  check.unavailable !== undefined && verdict.outcome === 'error';

/** One step of a verification: nothing is decided any more, so only green and the deadline end it. */
export const verifyStep: typeof holdStep = (clock, findings, now, started, plan) => {
  const next = ticked(clock, findings, now);
  if (isGreen(next, findings, now, plan)) return { clock: next, end: 'green' };
  return now - started >= plan.deadline ? { clock: next, end: 'deadline' } : { clock: next };
};

const ticked = (clock: HoldClock, findings: readonly Finding[], now: number): HoldClock => {
  const red = findings.filter((finding) => isRed(finding, findings));
  return {
    ...(red.length === 0 ? { greenSince: clock.greenSince ?? now } : {}),
    ...(red.some(({ verdict }) => verdict.settled) ? { blockedSince: clock.blockedSince ?? now } : {}),
  };
};

const isGreen = ({ greenSince }: HoldClock, findings: readonly Finding[], now: number, plan: HoldPlan): boolean =>
  greenSince !== undefined &&
  now - greenSince >= plan.for &&
  findings.every(({ verdict, check }) => verdict.settled || check.onFail === 'warn');

/** The next moment (epoch milliseconds) at which the hold could end without a further sample. */
export const nextMoment = (
  { greenSince, blockedSince }: HoldClock,
  now: number,
  started: number,
  plan: HoldPlan,
): number => {
  const moments = [greenSince, blockedSince].flatMap((since) => (since === undefined ? [] : [since + plan.for]));
  return Math.min(started + plan.deadline, ...moments.filter((moment) => moment > now));
};

export interface HoldOptions {
  phase: Phase;
  plan: HoldPlan;
  /** `hold`: confirmed failures stay and may end it; `verify`: only green or the deadline ends it. */
  sticky: boolean;
  clock: Clock;
  emit: Emit;
  signal: AbortSignal;
  /** Recorded, not judged, before the hold; ends early when nothing is left to judge. Milliseconds. */
  warmup: number;
  onWarm?: () => void;
}

/** Warms up, then samples and judges until the hold ends. */
export const hold = async (
  watched: readonly Watched[],
  options: HoldOptions,
): Promise<{ end: HoldEnd; findings: Finding[] }> => {
  const { clock, emit, signal } = options;
  const news = createNews();
  const judging = createJudging(options);
  const tell = (one: Watched): void =>
    isJudged(one.samples.at(-1)?.phase)
      ? announce(emit, judging(one, clock.now()), one, clock.now())
      : preview(emit, one, one.samples, clock.now());
  const sampler = startSampler(watched, {
    phase: options.warmup > 0 ? 'warmup' : options.phase,
    clock,
    signal,
    onSamples: (one, added) => {
      emit({ type: 'sample', at: clock.now(), check: one.check.id, samples: one.samples.slice(-added) });
      tell(one);
      news.tell();
    },
  });
  try {
    if (options.warmup > 0) {
      await warmUp(watched, news, options);
      options.onWarm?.();
      sampler.enter(options.phase);
    }
    return await untilEnd(watched, news, judging, options);
  } finally {
    await sampler.stop();
  }
};

/** Samples of the warm-up that began there are shown, not judged. */
const isJudged = (phase: Phase | undefined): boolean => phase !== 'warmup';

const warmUp = async (
  watched: readonly Watched[],
  news: News,
  { clock, warmup, signal, sticky }: HoldOptions,
): Promise<void> => {
  const over = clock.now() + warmup;
  while (clock.now() < over && !signal.aborted) {
    await news.wait(clock, over - clock.now(), signal);
    if (watched.some((one) => isConfirmedFailure(judgeNow(one, clock.now(), { sticky })))) return;
  }
};

const isConfirmedFailure = ({ verdict }: Finding): boolean => verdict.outcome === 'fail' && verdict.settled;

const untilEnd = async (
  watched: readonly Watched[],
  news: News,
  judging: Judging,
  options: HoldOptions,
): Promise<{ end: HoldEnd; findings: Finding[] }> => {
  const { clock, plan, signal, sticky } = options;
  const started = clock.now();
  const stepAt = sticky ? holdStep : verifyStep;
  let since: HoldClock = {};
  while (true) {
    const now = clock.now();
    const findings = watched.map((one) => judging(one, now));
    const step = stepAt(since, findings, now, started, plan);
    if (signal.aborted) return { end: 'interrupted', findings };
    if (step.end) {
      // What ends a hold is judged by this moment's clock, not by findings that may be a second old.
      const fresh = watched.map((one) => judgeNow(one, now, { sticky }));
      const { end } = stepAt(since, fresh, now, started, plan);
      if (end) return { end, findings: fresh };
    }
    since = step.clock;
    await news.wait(clock, Math.max(1, nextMoment(since, now, started, plan) - now), signal);
    await clock.sleep(pace(watched.length), signal);
  }
};

/** Few checks are judged at each sample; of many the samples of some milliseconds together, because each round costs by their number. */
const pace = (checks: number): number => (checks <= 50 ? 0 : checks / 20);

/** Lets the loop sleep until something was seen. */
interface News {
  tell(): void;
  wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void>;
}

const createNews = (): News => {
  let arrived = new AbortController();
  return {
    tell: () => arrived.abort('news'),
    wait: async (clock, ms, signal) => {
      await clock.sleep(ms, AbortSignal.any([arrived.signal, signal]));
      arrived = new AbortController();
    },
  };
};
