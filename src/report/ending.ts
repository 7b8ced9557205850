// How a run ended in words that pipelines branch on: a verdict per exit code, and the reason code that explains it.
import { type Cause, layers, type Outcome, type RecordedCheck, type RunRecord } from '../kit/index.ts';

/** One word per exit code that leaves a record; fixed for good, because pipelines branch on them. */
const verdicts: Readonly<Record<number, string>> = {
  0: 'passed',
  1: 'internal_error',
  10: 'blocked',
  11: 'blocked_inconclusive',
  12: 'blocked_error',
  13: 'blocked_preexisting',
  20: 'rolled_back',
  21: 'rollback_unverified',
  22: 'rollback_refused',
  23: 'rollback_failed',
  130: 'interrupted',
  143: 'interrupted',
};

/** The verdict of a run as one word; a shadow run and a drill prove nothing and are never `passed`. */
export const verdictWord = ({ exitCode, shadow, rollback }: RunRecord): string => {
  if (exitCode === 0 && rollback?.reason === 'drill') return 'drill';
  if (exitCode === 0 && shadow) return 'shadow';
  return verdicts[exitCode] ?? 'unknown';
};

/** The reason code behind the verdict (`holdpoint explain CODE` tells more); `ok` when nothing was wrong. */
export const exitReason = (record: RunRecord): string => {
  if (record.interrupted) return 'interrupted';
  if (record.exitCode === 1) return 'internal_error';
  if (record.rollback?.reason) return record.rollback.reason;
  if (record.decision.action === 'pass') return 'ok';
  return byUrgency(record)[0]?.reason ?? 'unknown';
};

const urgency: readonly (Outcome | 'stop')[] = ['fail', 'error', 'stop', 'inconclusive'];

/** The causes, what explains the others first: failures by layer, errors, what stopped the run, what could not be told. */
const byUrgency = ({ decision, checks }: RunRecord): Cause[] => {
  const place = (cause: Cause): number => {
    const check = checks.find(({ id }) => id === cause.check);
    return urgency.indexOf(check?.outcome ?? 'stop') * layers.length + (check ? layers.indexOf(check.layer) : 0);
  };
  return [...decision.because].sort((a, b) => place(a) - place(b));
};

/** What the run itself was stopped by: causes that are no check's. An order by hand is no fault. */
export const stopsOf = ({ decision, checks }: RunRecord): Cause[] =>
  decision.because.filter(({ check, reason }) => reason !== 'by_hand' && !checks.some(({ id }) => id === check));

const outcomeOrder: readonly Outcome[] = ['fail', 'error', 'inconclusive', 'pass', 'skipped'];

/** The checks, the worst first; within an outcome the layer that explains the others first. */
export const worstFirst = (checks: readonly RecordedCheck[]): RecordedCheck[] => {
  const place = ({ outcome, layer }: RecordedCheck): number =>
    outcomeOrder.indexOf(outcome) * layers.length + layers.indexOf(layer);
  return [...checks].sort((a, b) => place(a) - place(b));
};

/** Whether a check found something wrong, or could not say that nothing is. */
export const isUnwell = ({ outcome }: RecordedCheck): boolean => outcome !== 'pass' && outcome !== 'skipped';

/** Milliseconds from the start of a run to its end. */
export const lengthOf = ({ startedAt, finishedAt }: RunRecord): number =>
  Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt));

/** The revision that is live again, also when going back did not help. */
export const rolledBackTo = ({ rollback }: RunRecord): string | undefined =>
  rollback?.state === 'ROLLED_BACK' || rollback?.state === 'UNVERIFIED' ? rollback.to : undefined;
