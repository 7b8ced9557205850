// Judges the samples of a record again under another profile: the same judges and rules, at the moments of the record.
import { type Decision, isoTime, type Profile, type RunRecord } from '../kit/index.ts';
import { notTogether, whyEnded, withoutWithheld } from './after.ts';
import { finalFindings } from './course.ts';
import { decide } from './decide.ts';
import { diagnose } from './diagnose.ts';
import { exitCode } from './exit-code.ts';
import type { Finding, Stop } from './finding.ts';
import { defined, recordCheck, recordPlan } from './record.ts';
import { pairUp, type Paired } from './replay-checks.ts';
import { recordEnds, walk, type Walked } from './replay-walk.ts';

export interface Replayed {
  /** The run as it would have been decided; without a rollback, because a replay acts on nothing. */
  record: RunRecord;
  /** What could not be taken over from the record, as sentences. */
  notes: string[];
}

/**
 * Replays a record of `run` or `check`. Facts stand as they were recorded (samples, what the roll-out said, the control);
 * thresholds, confirmation, the hold and the policy are those of the profile. Looks at nothing, waits for nothing.
 */
export const replay = (recorded: RunRecord, profile: Profile): Replayed => {
  const { paired, notes } = pairUp(recorded, profile);
  const walked = walk(recorded, paired, profile.timings.hold);
  const now = walked.at;
  const findings = walked.end === 'stopped' ? [] : findingsOf(paired, walked);
  const stops = stopsOf(recorded, profile, findings, walked);
  const decision = decisionOf(recorded, profile, findings, stops);
  const skipped = { reason: stops[0]?.reason ?? 'no_samples', because: stops[0]?.text ?? 'not looked at' };
  const checks = paired.map(({ watched }) => {
    const finding = findings.find(({ check }) => check === watched.check);
    return recordCheck(watched, finding, findings, skipped, now);
  });
  const { rollback: _rollback, interrupted: _interrupted, ...facts } = recorded;
  const record: RunRecord = {
    ...facts,
    profile: profile.name,
    finishedAt: isoTime(now),
    decision,
    diagnosis: diagnose({ decision, findings, stops, byHand: recorded.verb === 'check' }),
    checks,
    plan: recordPlan(profile.timings),
    shadow: false,
    exitCode: exitCode({ verb: recorded.verb, decision, findings, stops, shadow: false }),
    tool: { ...recorded.tool, profileHash: profile.hash },
  };
  return { record, notes };
};

const findingsOf = (paired: readonly Paired[], { end, at }: Walked): Finding[] => {
  const reason = end === 'stopped' || end === 'record_ends' ? 'record_ends' : whyEnded[end];
  return finalFindings(
    paired.map(({ watched }) => watched),
    at,
    reason,
  );
};

const isOfCheck = ({ checks }: RunRecord, id: string): boolean => checks.some((check) => check.id === id);

/** What stopped the recorded run from outside of its checks; the engine's own stops are worked out anew. */
const stopsOf = (
  recorded: RunRecord,
  profile: Profile,
  findings: readonly Finding[],
  { end, held }: Walked,
): Stop[] => {
  const facts = recorded.decision.because
    .filter(({ check }) => !isOfCheck(recorded, check) && (check === 'rollout' || check === 'deploy'))
    .map(({ check, reason, text }): Stop => ({ check: check as Stop['check'], reason, text }));
  const passes = decide(findings, facts, { rollback: true }).action === 'pass';
  if (passes && end === 'deadline') return [...facts, notTogether(profile.timings)];
  return passes && end === 'record_ends' ? [...facts, recordEnds(held, profile.timings)] : facts;
};

/** A rollback that was not allowed then is not allowed now; a control that failed then fails now. */
const decisionOf = (recorded: RunRecord, profile: Profile, findings: readonly Finding[], stops: Stop[]): Decision => {
  const control = recorded.decision.because.find(({ check }) => check === 'control' && !isOfCheck(recorded, check));
  const because =
    recorded.decision.withheld ?? (profile.rollback ? undefined : `${profile.name} has no rollback section`);
  const allowed = recorded.verb === 'run' && because === undefined;
  const decision = decide(findings, stops, { rollback: allowed, ...defined({ because }) });
  if (decision.action !== 'rollback' || !control)
    return recorded.verb === 'check' ? withoutWithheld(decision) : decision;
  stops.push({ check: 'control', reason: control.reason, text: control.text });
  return decide(findings, stops, { rollback: false, because: control.text });
};
