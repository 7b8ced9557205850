// What is kept: so many runs per service and environment, and none that is too old; but always what guards still need.
import type { Retention, RunRecord } from '../kit/index.ts';

/** The runs that may go, of all of one service and environment, newest first. The newest one always stays. */
export const tooMany = <Run extends { startedAt: number }>(
  runs: readonly Run[],
  { runs: most, before }: Pick<Retention, 'runs' | 'before'>,
): Run[] => runs.filter(({ startedAt }, place) => place > 0 && (place >= most || startedAt < before));

/** The newest run that passed is what the next one is compared with: it stays, too. */
export const isGood = ({ verb, decision }: Pick<RunRecord, 'verb' | 'decision'>): boolean =>
  verb === 'run' && decision.action === 'pass';
