// What stands about one check when the run decides: its plan, its verdict, its attribution.
import type { Attribution, CheckPlan, Verdict } from '../kit/index.ts';

export interface Finding {
  check: CheckPlan;
  verdict: Verdict;
  attribution: Attribution;
  /** Bad at the end, but not often enough to be confirmed: a rollback must heal it, too. */
  suspect?: boolean;
}

/** Something about the run itself that forbids a pass: nothing was deployed, the deadline, an interruption. */
export interface Stop {
  check: 'rollout' | 'deploy' | 'run' | 'control';
  reason: string;
  text: string;
}
