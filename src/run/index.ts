// Runs a profile from the baseline to the record: the engine's only entry.
import {
  type Decision,
  duration,
  type RollbackReport,
  type RunRecord,
  type StoredBaseline,
  messageOf,
} from '../kit/index.ts';
import { conclude } from './after.ts';
import { bringOut } from './bring-out.ts';
import { act } from './carry-out.ts';
import { adoptJudged, confirmed } from './judged.ts';
import { recallLastRuns } from './recall.ts';
import { captureBaseline, takeBaseline } from './take-baseline.ts';
import { compose } from './compose.ts';
import { type Course, enterPhase, mark, note, openCourse, readable } from './course.ts';
import { hold } from './hold.ts';
import type { HoldEnd } from './hold-step.ts';
import type { RunInput } from './input.ts';
import { recordPlan } from './record.ts';
import { resumed, toldAgain } from './resume.ts';
import { watchHold } from './watch.ts';
import { stimulate } from './stimulate.ts';
import { closeAll } from './watched.ts';

export { askControl } from './control.ts';
export type { Permission } from './decide.ts';
export type { Identity, RunInput } from './input.ts';
export { engineReasons } from './reasons.ts';
export { replay } from './replay.ts';
export { type Over, replayOver } from './replay-over.ts';
export type { OverUnit } from './replay-windows.ts';

/** Verifies a release (`run`) or asks how the service is (`check`); returns the record. Never throws for what the world does. */
export const run = async (input: RunInput): Promise<RunRecord> => {
  const course = await openCourse(input);
  announceRun(course);
  try {
    if (input.verb === 'run') await takeBaseline(course);
    const decision = (await resumed(course)) ?? (await judged(course));
    const rollback = await act(course, decision);
    return await finish(course, decision, rollback);
  } finally {
    await closeAll(course.watched, input.io.clock);
  }
};

/** Goes back by hand: the order is carried out, and all checks are held again. */
export const goBack = async (
  input: RunInput,
  target: Pick<Course, 'migration'> & { from: string; to: string },
): Promise<RunRecord> => {
  const course = await openCourse(input);
  Object.assign(course, target);
  try {
    announceRun(course);
    const decision: Decision = {
      action: 'rollback',
      because: [{ check: 'run', reason: 'by_hand', text: 'asked for by hand' }],
    };
    return await finish(course, decision, await act(course, decision));
  } finally {
    await closeAll(course.watched, input.io.clock);
  }
};

/** Carries out the rollback that another run has asked for and was not allowed: the control is asked again. */
export const carryOutJudged = async (input: RunInput, judged: RunRecord): Promise<RunRecord> => {
  const course = await openCourse(input);
  const { service, environment } = input.profile;
  try {
    announceRun(course);
    const baseline = await readable(course, undefined, () =>
      input.store.baseline(service, environment, judged.release.label),
    );
    adoptJudged(course, judged, baseline);
    const decision = await confirmed(course, judged);
    return await finish(course, decision, await act(course, decision));
  } finally {
    await closeAll(course.watched, input.io.clock);
  }
};

/** Only the part before a deploy: what `holdpoint baseline` stores. */
export const baseline = async (input: RunInput): Promise<StoredBaseline> => {
  const course = await openCourse(input);
  try {
    return await captureBaseline(course);
  } finally {
    await closeAll(course.watched, input.io.clock);
  }
};

const announceRun = ({ input, watched, startedAt }: Course): void => {
  const { profile, identity } = input;
  const checks = watched.map(({ check }) => ({
    id: check.id,
    title: check.title,
    kind: check.kind.name,
    layer: check.kind.layer,
    onFail: check.onFail,
  }));
  input.emit({
    type: 'started',
    at: startedAt,
    verb: input.verb,
    runId: identity.runId,
    service: profile.service,
    environment: profile.environment,
    release: identity.label ?? '',
    shadow: input.shadow,
    checks,
    plan: recordPlan(profile.timings),
  });
};

const judged = async (course: Course): Promise<Decision> => {
  const end = await (course.input.verb === 'run' ? verifyRelease(course) : lookNow(course));
  return (await toldAgain(course)) ?? conclude(course, end);
};

const verifyRelease = async (course: Course): Promise<HoldEnd | 'stopped'> => {
  await bringOut(course);
  if (course.input.signal.aborted) return 'interrupted';
  if (course.stops.some(({ reason }) => reason !== 'rollout_stuck')) return 'stopped';
  const end = await holdNow(course, course.input.profile.timings.hold.warmup);
  if (end === 'green') await stimulate(course);
  return course.input.signal.aborted ? 'interrupted' : end;
};

const lookNow = async (course: Course): Promise<HoldEnd> => {
  await recallLastRuns(course);
  const { watch } = course.input;
  const end = await (watch === undefined ? holdNow(course, 0) : watchHold(course, watch));
  // By hand nothing acts: there is no evidence to keep before a rollback.
  return end === 'rollback' ? 'blocked' : end;
};

const holdNow = async (course: Course, warmup: number): Promise<HoldEnd> => {
  const { input, watched } = course;
  const { clock } = input.io;
  const plan = input.profile.timings.hold;
  const holdText = `hold: all checks green together for ${duration(plan.for)}, at most ${duration(plan.deadline)}`;
  const onWarm = (): void => {
    enterPhase(course, 'hold', plan.deadline, holdText);
    mark(course, 'hold-started');
  };
  if (warmup > 0) enterPhase(course, 'warmup', warmup, `warm-up: watching without judging for ${duration(warmup)}`);
  else onWarm();
  const { end } = await hold(watched, {
    phase: 'hold',
    plan,
    sticky: true,
    clock,
    emit: input.emit,
    signal: input.signal,
    warmup,
    onWarm,
  });
  return end;
};

const finish = async (course: Course, decision: Decision, rollback: RollbackReport | undefined): Promise<RunRecord> => {
  const { usage } = course.input;
  if (usage) mark(course, 'process', usage());
  const record = await compose(course, decision, rollback);
  await save(course, record);
  course.input.emit({ type: 'finished', at: course.input.io.clock.now(), record });
  return record;
};

/** A full disk must not cost the verdict: the record still reaches the reporters. */
const save = async (course: Course, record: RunRecord): Promise<void> => {
  try {
    await course.input.store.saveRecord(record);
  } catch (error) {
    note(course, 'warn', `the record could not be stored: ${messageOf(error)}`);
  }
};
