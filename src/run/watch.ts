// `check --watch`: one long hold that only a recovery or the end of the time ends, and that forgets the outage.
import { type Decision, type Diagnosis, duration, isoTime } from '../kit/index.ts';
import { type Course, enterPhase, mark } from './course.ts';
import { hold } from './hold.ts';
import type { HoldEnd } from './hold-step.ts';
import { judgeNow } from './judging.ts';
import type { Watched } from './watched.ts';

/**
 * Holds until everything was green together for `hold.for`, at most for `watch`. The sessions stay open, so that a login
 * meets one wrong password in all. What is red is forgotten again and again: rates and sums over the outage would stay
 * bad long after it.
 */
export const watchHold = async (course: Course, watch: number): Promise<HoldEnd> => {
  const { input, watched } = course;
  const { clock } = input.io;
  const plan = { for: input.profile.timings.hold.for, deadline: watch };
  course.watchedUntil = clock.now() + watch;
  const text = `hold: all checks green together for ${duration(plan.for)}; if not recovered by ${clockText(course.watchedUntil)}, escalate`;
  enterPhase(course, 'hold', watch, text);
  mark(course, 'hold-started');
  const over = new AbortController();
  const forgetting = forgetOutage(course, AbortSignal.any([over.signal, input.signal]));
  const options = {
    phase: 'hold',
    plan,
    sticky: false,
    warmup: 0,
    clock,
    emit: input.emit,
    signal: input.signal,
  } as const;
  const { end } = await hold(watched, options);
  over.abort();
  await forgetting;
  return end;
};

const forgetOutage = async ({ watched, input }: Course, signal: AbortSignal): Promise<void> => {
  const { clock } = input.io;
  while (!signal.aborted) {
    await clock.sleep(input.profile.timings.hold.for, signal);
    for (const one of watched) forgetRed(one, clock.now());
  }
};

/** A red check keeps what still confirms its failure: as many moments as `failAfter`. */
const forgetRed = (one: Watched, now: number): void => {
  if (judgeNow(one, now, { sticky: false }).verdict.outcome === 'pass') return;
  const times = [...new Set(one.samples.map(({ at }) => at))].slice(-one.plan.failAfter);
  const first = one.samples.findIndex(({ at }) => at === times[0]);
  one.samples.splice(0, Math.max(0, first));
};

const clockText = (at: number): string => `${isoTime(at).slice(11, 16)} UTC`;

/** After a watch that saw no recovery the first thing to do is to call for help. */
export const withEscalation = (diagnosis: Diagnosis, course: Course, decision: Decision): Diagnosis => {
  const { watchedUntil, input } = course;
  const gaveUp = watchedUntil !== undefined && decision.action !== 'pass' && input.interruptedBy() === undefined;
  if (!gaveUp) return diagnosis;
  const text = `escalate now: not recovered by ${clockText(watchedUntil)}, after ${duration(input.watch ?? 0)} of watching`;
  return { ...diagnosis, next: [text, ...diagnosis.next] };
};
