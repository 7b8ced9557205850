// Everything after the hold: the decision, one last look, the rollback.
import {
  type Decision,
  duration,
  isoTime,
  type RollbackOrder,
  type RollbackReport,
  type Timings,
  type Verification,
} from '../kit/index.ts';
import { askControl } from './control.ts';
import { type Course, enterPhase, finalFindings, mark } from './course.ts';
import { decide } from './decide.ts';
import { diagnose } from './diagnose.ts';
import type { Finding, Stop } from './finding.ts';
import type { HoldEnd } from './hold.ts';
import { look } from './look.ts';
import { defined } from './record.ts';
import { verify } from './verify.ts';
import { withEscalation } from './watch.ts';

/** Milliseconds for the last look at everything before a rollback: evidence first, but not for long. */
const lastLook = 5000;

/** Decides, after one more look at everything when it is going to be a rollback. */
export const conclude = async (course: Course, end: HoldEnd | 'stopped'): Promise<Decision> => {
  const { input, stops } = course;
  if (end === 'rollback') await lookOnceMore(course);
  if (end !== 'stopped') course.findings = finalFindings(course.watched, input.io.clock.now(), whyEnded[end]);
  const undecided = (): Decision => decide(course.findings, stops, input.permission);
  if (end === 'interrupted')
    stops.push({ check: 'run', reason: 'interrupted', text: `interrupted by ${input.interruptedBy() ?? 'a signal'}` });
  if (end === 'deadline' && undecided().action === 'pass') stops.push(notTogether(input.profile.timings));
  if (undecided().action === 'pass') stops.push(...(await stillLive(course)));
  if (input.verb === 'check') return withoutWithheld(undecided());
  if (undecided().action !== 'rollback') return undecided();
  const control = await askControl(input.profile.rollback?.control, input.profile.root, input.io, input.signal);
  if (!control) return undecided();
  stops.push(control);
  return decide(course.findings, stops, { rollback: false, because: control.text });
};

/** By hand nothing is ever rolled back, so that nothing was withheld. */
export const withoutWithheld = ({ action, because }: Decision): Decision => ({ action, because });

/** Milliseconds between two tries to read the live revision before a pass. */
const rereadAfter = 500;

/** A pass is for the revision that was looked at: it must be the live one, still and readably. */
const stillLive = async ({ input, from }: Course): Promise<Stop[]> => {
  const { platform, verb, io, signal } = input;
  if (verb !== 'run' || !platform || from === undefined) return [];
  let text = '';
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const { revision, settled, detail } = await platform.live(signal);
      if (revision !== from) return [supersededBy(revision, from)];
      if (settled) return [];
      text = detail;
    } catch (error) {
      text = error instanceof Error ? error.message : String(error);
    }
    await io.clock.sleep(rereadAfter, signal);
  }
  return [
    { check: 'rollout', reason: 'rollout_unreadable', text: `what is live could not be confirmed at the end: ${text}` },
  ];
};

const supersededBy = (revision: string, from: string): Stop => ({
  check: 'rollout',
  reason: 'superseded',
  text: `${revision} is live now, not ${from}: somebody deployed during the run, so nothing was proven of it`,
});

/** Why a check that is not settled got no more samples, by the way in which the hold ended. */
export const whyEnded = {
  green: 'deadline',
  deadline: 'deadline',
  blocked: 'stopped_early',
  rollback: 'stopped_early',
  interrupted: 'interrupted',
} as const;

/** Nothing was red, and yet the checks were never green at the same time for long enough. */
export const notTogether = ({ hold }: Timings): Stop => {
  const text = `the checks were not all green together for ${duration(hold.for)} within ${duration(hold.deadline)}`;
  return { check: 'run', reason: 'deadline', text };
};

const lookOnceMore = async (course: Course): Promise<void> => {
  const { watched, input } = course;
  const { clock } = input.io;
  enterPhase(
    course,
    'last',
    lastLook,
    `one more look at all checks before the rollback, at most ${duration(lastLook)}`,
  );
  await Promise.all(
    watched.map(async (one) => {
      const samples = await look(one, { phase: 'last', n: 0, timeout: lastLook }, clock, input.signal);
      one.samples.push(...samples);
      input.emit({ type: 'sample', at: clock.now(), check: one.check.id, samples });
    }),
  );
};

/** Tells the decision, and carries a rollback out. Without permission it is withheld, with the command to type. */
export const act = async (course: Course, decision: Decision): Promise<RollbackReport | undefined> => {
  const { input, findings, stops } = course;
  mark(course, 'decision', decision.action);
  input.emit({
    type: 'decided',
    at: input.io.clock.now(),
    decision,
    diagnosis: withEscalation(diagnose({ decision, findings, stops }), course, decision),
  });
  if (decision.action === 'rollback') return rollBackNow(course, decision);
  return decision.withheld === undefined ? undefined : withheld(course, decision.withheld);
};

const rollBackNow = async (course: Course, decision: Decision): Promise<RollbackReport> => {
  const { input } = course;
  if (!input.rollBack) return withheld(course, 'no platform is named to roll back with');
  const report = await input.rollBack(orderOf(course, decision), (signal) => verifyFailed(course, signal));
  mark(course, 'rollback-finished', report.state);
  return report;
};

const orderOf = (course: Course, decision: Decision): RollbackOrder => {
  const { input, from, to, baselineTakenAt, migration } = course;
  const { service, environment } = input.profile;
  const release = input.identity.label ?? from ?? 'unnamed';
  return {
    id: `rb:${service}/${environment}:${release}:${baselineTakenAt ?? input.identity.runId}`,
    service,
    environment,
    from,
    to,
    ...defined({ deployedAt: deployedAt(course), migration }),
    causes: decision.because,
    actor: input.identity.actor,
    by: input.verb === 'rollback' ? 'person' : 'run',
  };
};

/** When the deploy command ended; without one, when the baseline before the deploy was taken. */
const deployedAt = ({ marks, baselineTakenAt }: Course): string | undefined => {
  const finished = marks.findLast(({ name }) => name === 'deploy-finished');
  return finished ? isoTime(finished.at) : baselineTakenAt;
};

/** By hand nothing was judged before: what the verification finds is what stands about the checks. */
const verifyFailed = async (course: Course, signal: AbortSignal): Promise<Verification> => {
  const { input, watched, findings } = course;
  const byHand = input.verb === 'rollback';
  const failed = byHand ? watched : watched.filter(({ check }) => hasFailed(findings, check.id));
  const plan = input.profile.rollback?.verify ?? { for: 0, deadline: 0 };
  const { warmup } = input.profile.timings.hold;
  const verified = await verify(failed, plan, { warmup, clock: input.io.clock, emit: input.emit, signal });
  if (byHand) course.findings = verified.findings;
  return verified;
};

/** Also what was bad at the end without being confirmed. What failed before this deploy, too, cannot become green. */
const hasFailed = (findings: readonly Finding[], id: string): boolean =>
  findings.some(
    ({ check, verdict, attribution, suspect }) =>
      check.id === id && (suspect === true || (verdict.outcome === 'fail' && attribution !== 'preexisting')),
  );

const withheld = ({ input, from, to }: Course, because: string): RollbackReport => ({
  state: 'WITHHELD',
  reason: 'rollback_withheld',
  because,
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  verified: false,
  guards: [],
  acts: [],
  ...(input.platform && from !== undefined && to !== undefined ? { manual: input.platform.manual({ from, to }) } : {}),
});
