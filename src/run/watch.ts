// `check --watch`: holds again and again with fresh histories until the service has recovered or the time is over.
import { type Decision, type Diagnosis, duration, isoTime } from '../kit/index.ts';
import { type Course, mark, note } from './course.ts';
import type { HoldEnd, HoldPlan } from './hold.ts';
import { judgeNow } from './judging.ts';
import { afresh } from './watched.ts';

/**
 * Holds once; with `watch` again while anything is red and another hold fits into the time. Sessions stay open, so that a
 * login is refused a wrong password once in all; each hold judges its own samples only, and the record has those of the last.
 */
export const watchHold = async (course: Course, holdOnce: () => Promise<HoldEnd>): Promise<HoldEnd> => {
  const { watch, profile, io } = course.input;
  if (watch !== undefined) course.watchedUntil = io.clock.now() + watch;
  while (true) {
    const end = await holdOnce();
    const left = (course.watchedUntil ?? 0) - io.clock.now();
    if (end === 'green' || end === 'interrupted' || left < profile.timings.hold.for) return end;
    tellRound(course);
    course.watched = course.watched.map(afresh);
  }
};

const tellRound = (course: Course): void => {
  const now = course.input.io.clock.now();
  const red = course.watched
    .map((one) => judgeNow(one, now, { sticky: true, ended: true }))
    .filter(({ verdict }) => verdict.outcome !== 'pass');
  mark(course, 'not-recovered');
  note(
    course,
    'warn',
    `not recovered yet: ${red.map(({ check }) => check.id).join(', ') || 'not all at the same time'}`,
  );
};

/** The hold of the profile; the last one of a watch ends with it. */
export const holdPlan = ({ input, watchedUntil }: Course, now: number): HoldPlan => {
  const { hold } = input.profile.timings;
  return watchedUntil === undefined ? hold : { ...hold, deadline: Math.min(hold.deadline, watchedUntil - now) };
};

const clockText = (at: number): string => `${isoTime(at).slice(11, 16)} UTC`;

/** `; if not recovered by 15:20 UTC, escalate`; empty without a watch. */
export const escalation = ({ watchedUntil }: Course): string =>
  watchedUntil === undefined ? '' : `; if not recovered by ${clockText(watchedUntil)}, escalate`;

/** After a watch that saw no recovery the first thing to do is to call for help. */
export const withEscalation = (diagnosis: Diagnosis, course: Course, decision: Decision): Diagnosis => {
  const { watchedUntil, input } = course;
  const gaveUp = watchedUntil !== undefined && decision.action !== 'pass' && input.interruptedBy() === undefined;
  if (!gaveUp) return diagnosis;
  const text = `escalate now: not recovered by ${clockText(watchedUntil)}, after ${duration(input.watch ?? 0)} of watching`;
  return { ...diagnosis, next: [text, ...diagnosis.next] };
};
