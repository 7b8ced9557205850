// The hold: the release proves itself until all blocking checks were green together, or something ends it.
import type { Clock, Emit, Phase } from '../kit/index.ts';
import type { Finding } from './finding.ts';
import { type HoldClock, type HoldEnd, type HoldPlan, holdStep, nextMoment, verifyStep } from './hold-step.ts';
import { announce, createJudging, judgeNow, type Judging, preview } from './judging.ts';
import { createNews, type News } from './news.ts';
import { startSampler } from './sampler.ts';
import type { Watched } from './watched.ts';

/** One hold: how long, and what it needs of the run. */
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
  const round = firstRound(watched);
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
      round.saw(one);
      news.tell();
    },
  });
  try {
    if (options.warmup > 0) {
      await warmUp(watched, news, options);
      options.onWarm?.();
      sampler.enter(options.phase);
    }
    return await untilEnd(watched, news, judging, round.over, options);
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
  seen: AbortSignal,
  options: HoldOptions,
): Promise<{ end: HoldEnd; findings: Finding[] }> => {
  const { clock, plan, signal, sticky } = options;
  // With one look each, the last one ends it: nothing more is worth waiting for.
  const rest = plan.for === 0 ? AbortSignal.any([seen, signal]) : signal;
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
    await clock.sleep(pace(watched.length), rest);
  }
};

/** Few checks are judged at each sample; of many the samples of some milliseconds together, because each round costs by their number. */
const pace = (checks: number): number => (checks <= 50 ? 0 : checks / 20);

/** Aborts once each check has been looked at. */
const firstRound = (watched: readonly Watched[]): { over: AbortSignal; saw(one: Watched): void } => {
  const [unseen, over] = [new Set(watched), new AbortController()];
  return {
    over: over.signal,
    saw: (one) => {
      unseen.delete(one);
      if (unseen.size === 0) over.abort('each was seen');
    },
  };
};
