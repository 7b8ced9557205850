// Carries a decision out: tells it, and hands a rollback over with its order, its evidence and its proof.
import { type Decision, isoTime, type RollbackOrder, type RollbackReport, type Verification } from '../kit/index.ts';
import { type Course, mark } from './course.ts';
import { diagnose } from './diagnose.ts';
import type { Finding } from './finding.ts';
import { deployedAtOf, failedIn } from './judged.ts';
import { snapshot } from './last-look.ts';
import { defined } from './record.ts';
import { verify } from './verify.ts';
import { withEscalation } from './watch.ts';

/** Tells the decision, and carries a rollback out. Without permission it is withheld, with the command to type. */
export const act = async (course: Course, decision: Decision): Promise<RollbackReport | undefined> => {
  const { input, findings, stops } = course;
  mark(course, 'decision', decision.action);
  input.emit({
    type: 'decided',
    at: input.io.clock.now(),
    decision,
    diagnosis: withEscalation(
      diagnose({ decision, findings, stops, byHand: course.input.verb === 'check' }),
      course,
      decision,
    ),
  });
  if (decision.action === 'rollback') return rollBackNow(course, decision);
  return decision.withheld === undefined ? undefined : withheld(course, decision.withheld);
};

const rollBackNow = async (course: Course, decision: Decision): Promise<RollbackReport> => {
  const { input } = course;
  if (!input.rollBack) return withheld(course, 'no platform is named to roll back with');
  const verifyAgain = (signal: AbortSignal): Promise<Verification> => verifyFailed(course, signal);
  const report = await input.rollBack(orderOf(course, decision), verifyAgain, () => snapshot(course));
  mark(course, 'rollback-finished', report.state);
  return report;
};

const orderOf = (course: Course, decision: Decision): RollbackOrder => {
  const { input, from, to, baselineTakenAt, migration, judged } = course;
  const { service, environment } = input.profile;
  const release = input.identity.label ?? from ?? 'unnamed';
  return {
    id: `rb:${service}/${environment}:${release}:${judged?.runId ?? baselineTakenAt ?? input.identity.runId}`,
    service,
    environment,
    from,
    to,
    ...defined({ deployedAt: deployedAt(course), migration }),
    causes: decision.because,
    actor: input.identity.actor,
    by: isByHand(course) ? 'person' : 'run',
  };
};

/** When the deploy command ended; without one, when the baseline before the deploy was taken. */
const deployedAt = ({ marks, baselineTakenAt, judged }: Course): string | undefined => {
  if (judged) return deployedAtOf(judged);
  const finished = marks.findLast(({ name }) => name === 'deploy-finished');
  return finished ? isoTime(finished.at) : baselineTakenAt;
};

/** A person asks for it, and no run has judged before. */
const isByHand = ({ input, judged }: Course): boolean => input.verb === 'rollback' && judged === undefined;

/** After a failed deploy no check was judged: all of them are the proof. */
const isUnjudged = ({ findings, judged }: Course): boolean => findings.length === 0 && judged === undefined;

/** Without findings of its own (by hand, or judged elsewhere) what the verification finds is what stands about the checks. */
const verifyFailed = async (course: Course, signal: AbortSignal): Promise<Verification> => {
  const { input, watched, findings, judged } = course;
  const ids = judged && failedIn(judged);
  const hasFailedHere = (id: string): boolean => (ids ? ids.has(id) : hasFailed(findings, id));
  const failed =
    isByHand(course) || isUnjudged(course) ? watched : watched.filter(({ check }) => hasFailedHere(check.id));
  const plan = input.profile.rollback?.verify ?? { for: 0, deadline: 0 };
  const { warmup } = input.profile.timings.hold;
  const verified = await verify(failed, plan, { warmup, clock: input.io.clock, emit: input.emit, signal });
  if (input.verb === 'rollback' || isUnjudged(course)) course.findings = verified.findings;
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
