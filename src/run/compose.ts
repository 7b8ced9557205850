// Composes the whole record of a run out of its course, its decision and its rollback.
import { type Decision, isoTime, type RollbackReport, type RunRecord } from '../kit/index.ts';
import type { Course } from './course.ts';
import { diagnose } from './diagnose.ts';
import { exitCode } from './exit-code.ts';
import { isCounted } from './last-counted.ts';
import { defined, recordCheck, recordMarks, recordPlan } from './record.ts';
import { withEscalation } from './watch.ts';

/** The record as every report reads it. */
export const compose = async (
  course: Course,
  decision: Decision,
  rollback: RollbackReport | undefined,
): Promise<RunRecord> => {
  const { input, findings, stops } = course;
  const { profile, identity } = input;
  const checks = recordChecks(course);
  const ending = { decision, findings, stops, ...defined({ rollback, interrupted: input.interruptedBy() }) };
  return {
    format: 'holdpoint.record/1',
    runId: identity.runId,
    verb: input.verb,
    service: profile.service,
    environment: profile.environment,
    profile: profile.name,
    actor: identity.actor,
    release: await releaseOf(course),
    startedAt: isoTime(course.startedAt),
    finishedAt: isoTime(input.io.clock.now()),
    decision,
    diagnosis: withEscalation(diagnose({ ...ending, byHand: input.verb === 'check' }), course, decision),
    checks,
    ...defined({
      rollback,
      comparedWith: course.comparedWith,
      lastCounted: isCounted(checks, course.startedAt) ? undefined : course.lastCounted,
      watchedUntil: untilText(course),
    }),
    plan: recordPlan(profile.timings),
    marks: recordMarks(course.marks),
    overrides: input.overrides,
    shadow: input.shadow,
    ...defined({ interrupted: input.interruptedBy() }),
    exitCode: exitCode({ ...ending, broken: isBroken(course), verb: input.verb, shadow: input.shadow }),
    tool: { version: identity.version, profileHash: profile.hash },
  };
};

/** What was thrown after the decision changes nothing any more. */
const isBroken = ({ stops }: Course): boolean => stops.some(({ reason }) => reason === 'internal_error');

const untilText = ({ watchedUntil }: Course): string | undefined =>
  watchedUntil === undefined ? undefined : isoTime(watchedUntil);

const recordChecks = ({ watched, findings, stops, input }: Course): RunRecord['checks'] => {
  const skipped = { reason: stops[0]?.reason ?? 'no_samples', because: stops[0]?.text ?? 'not looked at' };
  return watched.map((one) => {
    const finding = findings.find(({ check }) => check === one.check);
    return recordCheck(one, finding, findings, skipped, input.io.clock.now());
  });
};

const releaseOf = async (course: Course): Promise<RunRecord['release']> => {
  const { input, from, to } = course;
  const label = input.identity.label ?? from ?? 'unnamed';
  return { label, ...defined({ from, to, liveAtEnd: await liveAtTheEnd(course) }) };
};

const liveAtTheEnd = async ({ input, from }: Course): Promise<string | undefined> => {
  if (input.verb === 'check' || !input.platform) return from;
  try {
    return (await input.platform.live()).revision;
  } catch {
    // The record leaves it out: "not known" is not the same as a revision.
    return undefined;
  }
};
