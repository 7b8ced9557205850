// One step of a hold, pure: what the findings of this moment mean for it, and when it could end without a further sample.
import { decide } from './decide.ts';
import type { Finding } from './finding.ts';
import { asksAmong } from './policy.ts';

/** `rollback` and `blocked` for what was found; `interrupted` by a signal or a fault. */
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

/** The clock after a step, and how the hold ends with it, if it does. */
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
