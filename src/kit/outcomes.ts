// The vocabulary of the verdict model: outcomes, attributions, actions, layers, and which action is worse.

/** What became of one check. */
export type Outcome = 'pass' | 'fail' | 'inconclusive' | 'error' | 'skipped';

/** Whether a failure belongs to this release. `none`: there is no failure to attribute. */
export type Attribution = 'introduced' | 'preexisting' | 'unknown' | 'none';

/** What a check's result asks of the run. */
export type Action = 'rollback' | 'block' | 'warn' | 'none';

/** The layers of the diagnosis, root cause first. */
export type Layer = 'database' | 'pool' | 'service' | 'user';

/** All layers in the order in which a cause explains the ones after it. */
export const layers: readonly Layer[] = ['database', 'pool', 'service', 'user'];

const severity: Record<Action, number> = { none: 0, warn: 1, block: 2, rollback: 3 };

/** The worse of two actions. Outcomes are never ranked, only actions are. */
export const worseAction = (a: Action, b: Action): Action => (severity[a] >= severity[b] ? a : b);

/** The milder of two actions: a verdict may ask for less than its check's `onFail`, never for more. */
export const milderAction = (a: Action, b: Action): Action => (severity[a] <= severity[b] ? a : b);

/** Who is to blame for a look that could not be taken. */
export type MissedBy = 'target' | 'instrument' | 'throttle' | 'ours';

/** Why a look was missed: `reason` is a code, `because` a sentence for people. */
export type Missed = { by: MissedBy; reason: string; because: string };
