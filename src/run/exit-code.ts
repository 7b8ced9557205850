// The exit code of a run: a pure function of its decision, its findings and its rollback.
import type { Decision, RollbackReport, Verb } from '../kit/index.ts';
import type { Finding, Stop } from './finding.ts';
import { asksAmong } from './policy.ts';

export interface Ending {
  verb: Verb;
  decision: Decision;
  findings: readonly Finding[];
  stops: readonly Stop[];
  rollback?: RollbackReport;
  interrupted?: 'SIGINT' | 'SIGTERM';
  /** Something was thrown where nobody waits for it, and ended the run. */
  broken?: boolean;
  /** Everything was computed, nothing counts. */
  shadow: boolean;
}

/** Exit code of an ending. What broke it off is told as such, unless a rollback came to its end all the same. */
export const exitCode = (ending: Ending): number => {
  const { decision, rollback, interrupted, broken, shadow } = ending;
  const acted = decision.action === 'rollback' ? rollback : undefined;
  if (acted?.reason === 'drill') return 0;
  if (acted && acted.reason !== 'interrupted') return rollbackCode(acted);
  if (broken) return 1;
  if (interrupted) return interrupted === 'SIGINT' ? 130 : 143;
  if (shadow || decision.action === 'pass') return 0;
  return acted ? rollbackCode(acted) : blockCode(ending);
};

const rollbackCode = ({ state }: RollbackReport): number => {
  if (state === 'ROLLED_BACK') return 20;
  if (state === 'UNVERIFIED') return 21;
  // FAILED, and every state that is no end: what is live is not known for sure.
  return state === 'REFUSED' ? 22 : 23;
};

/** Among blocks: 10 before 13 before 12 before 11. By hand (`check`) an old failure is a failure all the same. */
const blockCode = ({ verb, findings, stops, decision }: Ending): number => {
  const codes = findings
    .filter((finding) => ['block', 'rollback'].includes(asksAmong(finding, findings)))
    .map((finding) => codeOf(finding, verb));
  const all = [...codes, ...stops.map(stopCode), ...(decision.withheld === undefined ? [] : [10])];
  return [10, 13, 12, 11].find((code) => all.includes(code)) ?? 11;
};

const codeOf = ({ verdict, attribution }: Finding, verb: Verb): number => {
  if (verdict.outcome === 'fail') return attribution === 'preexisting' && verb !== 'check' ? 13 : 10;
  return verdict.outcome === 'error' ? 12 : 11;
};

/** A failed deploy command and a failing control are failures; a platform that cannot be read is "could not measure". */
const stopCode = ({ reason }: Stop): number => {
  if (reason === 'deploy_failed' || reason === 'control_failing') return 10;
  return reason === 'rollout_unreadable' ? 12 : 11;
};
